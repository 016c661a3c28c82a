import ArgumentParser
import Kernel
import Methods
import Plans
import Reports
import Results
import Trials

struct BakeoffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bakeoff", abstract: "Every engine and receiver that fits, interleaved, side by side.",
        discussion: """
            A sweep over all pairs of them: each has its turn in each round, every second round runs backwards, and a trial of what `vethmark run` would \
            choose begins each. Trials last 1 s unless --time says otherwise, on private pairs. What a pair of engine and receiver, this user or \
            this kernel can't do is named with its reason. Each trial is saved as it ends, Ctrl-C ends it with what was measured so far, and --resume goes \
            on. Exit codes are those of `vethmark run`.
            """)

    @OptionGroup var plan: BakeoffOptions
    @Option(
        parsing: .unconditional, help: "How often each pair has its turn, 1 to 100 (default: 3).",
        transform: number(1...100))
    var rounds: Int?
    @Option(parsing: .unconditional, help: ArgumentHelp("Go on with the bakeoff that was saved in this folder.", valueName: "folder"))
    var resume: String?
    @OptionGroup(title: "Output") var output: ResultOptions
    @OptionGroup(title: "Output") var screen: LiveOption

    func validate() throws {
        try screen.check(isQuiet: output.quiet)
        try output.check(resume: resume)
    }

    func run() throws {
        Diagnostics.start(isVerbose: output.verbose)
        var (design, records, folder) = try Exit.usage { try opened() }
        try SweepBench.acquirePrivilege(for: design)
        let interrupts = try Exit.failure { try Interrupts() }
        RestoreCommand.clearUp()
        if folder == nil, let store = output.store { folder = try Exit.failure { try SweepFolder(design, for: .bakeoff, in: store) } }
        if let folder, !output.quiet { Exit.say("saving each trial in \(folder.path)") }
        let bench = SweepBench(
            method: .bakeoff, design: design, records: records, folder: folder, isQuiet: output.quiet, screen: screen,
            stream: output.stream)
        let result = BakeoffResult(try bench.measure(interrupts))
        let code = try bench.publish(
            result, trusted: result.trusted, failure: result.failure, interrupted: result.interrupted, asJSON: output.json,
            to: output.report, page: { ReportPage(result) }, text: { BakeoffReport.text(result, style: Terminal.style) }
        ) { folder throws(ResultStore.SaveError) in try folder.save(result) }
        if code != Exit.done { throw ExitCode(code) }
    }

    // MARK: what to do

    private func opened() throws -> (SweepDesign, [SweepRecord], SweepFolder?) {
        guard let resume else { return (try asked(), [], nil) }
        let isAlone = try plan.draft() == PlanDraft()
        var (folder, design, records) = try SweepFolder.resume(resume, for: .bakeoff, design: isAlone ? nil : asked())
        if let rounds {
            design.rounds = rounds
            try folder.change(design)
        }
        return (design, records, folder)
    }

    private func asked() throws -> SweepDesign {
        let draft = try plan.draft().forTurns
        if draft.load.durationNanoseconds == 0, (draft.load.frameCount ?? 0) == 0 {
            throw FlagDraft.Problems(sentences: [
                "--time is 0 but must be above it in a bakeoff, whose trials have to end; leave it out for 1 s"
            ])
        }
        do throws(PlanError) {
            return try Bakeoff.design(draft, rounds: rounds ?? 3)
        } catch {
            throw FlagDraft.Problems(sentences: ["\(error.flag) \(error.predicate)"])
        }
    }
}
