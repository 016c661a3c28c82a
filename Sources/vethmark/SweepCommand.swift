import ArgumentParser
import Kernel
import Methods
import Metrics
import Plans
import Profiles
import Reports
import Trials

struct SweepCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sweep", abstract: "Settings side by side: a grid of trials, round after round.",
        discussion: """
            Every cell has its turn in each round, every second round runs backwards, and a trial of the plan without changes begins each: so \
            drift hits all cells alike, and the machine's own noise is seen. Trials last 1 s unless --time says otherwise. Each is saved as it \
            ends, and --resume goes on after Ctrl-C, SIGKILL or a full disk. What a cell can't do is named with its reason. Exit codes are those \
            of `vethmark run`. With --shard or --per-host many hosts measure one sweep, each started by an engine of yours; run again, each goes on \
            where it stopped, and `vethmark results merge` makes one result of all.
            """)

    @Argument(
        help: "A profile, which may lay out a sweep: a YAML file, or the name of one in profiles/. Flags override its values.",
        completion: Completion.profile)
    var profile: String?

    @Option(
        name: .customLong("vary"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            """
            A setting and its values: mtu=1500,9000, or 'size=64;imix' where values hold commas. Any option of vethmark run without its dashes, \
            queues for both numbers of them, or a profile's path. Give it again for another setting.
            """, valueName: "setting=values"), completion: Completion.variation)
    var varied: [String] = []
    @Flag(inversion: .prefixedNo, help: "First values go with first values, second with second, instead of all with all.") var zip: Bool?
    @Option(
        parsing: .unconditional, help: "How often each cell has its turn, 1 to 1000 (default: 6, or at most 30 with --precision).",
        transform: number(1...1000))
    var rounds: Int?
    @Option(
        parsing: .unconditional,
        help: "Go on until half the interval of each cell's median is no wider: 2%. Looks behind 6, 12, 20, 30, 40 … rounds.",
        transform: share)
    var precision: Double?
    @Option(
        parsing: .unconditional, help: ArgumentHelp("Go on with the sweep that was saved in this folder.", valueName: "folder"),
        completion: .directory)
    var resume: String?

    @OptionGroup(title: "Fleet") var fleet: FleetOptions
    @OptionGroup var plan: SweepOptions
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Output") var screen: LiveOption

    func validate() throws {
        try screen.check(isQuiet: output.quiet)
        try output.check(resume: resume)
        try fleet.check(output, resume: resume)
    }

    func run() throws {
        Diagnostics.start(isVerbose: output.verbose)
        guard let (design, records, begun) = try Exit.usage({ try opened() }) else { return }
        var folder = begun
        if output.dryRun {
            return try Terminal.print(output.json ? JSONReport.text(design) : SweepDesignReport.text(design), terminator: "")
        }
        try SweepBench.acquirePrivilege(for: design)
        let interrupts = try Exit.failure { try Interrupts() }
        RestoreCommand.clearUp()
        let store = output.store
        if folder == nil, let store { folder = try Exit.failure { try SweepFolder(design, in: store) } }
        if let folder, !output.quiet { Exit.say("saving each trial in \(folder.path)") }
        let bench = SweepBench(
            method: .sweep, design: design, records: records, folder: folder, isQuiet: output.quiet, screen: screen,
            stream: output.stream)
        let result = try bench.measure(interrupts)
        let code = try bench.publish(
            result, trusted: result.trusted, failure: result.failure, interrupted: result.interrupted, asJSON: output.json,
            to: output.report, page: { ReportPage(result) }, text: { SweepReport(result, style: Terminal.style).text }
        ) { folder throws(ResultStore.SaveError) in try folder.save(result) }
        if code != Exit.done { throw ExitCode(code) }
    }

    // MARK: what to do

    /// Nil if this shard has nothing to do.
    private func opened() throws -> (SweepDesign, [SweepRecord], SweepFolder?)? {
        guard !fleet.isAsked else { return try ownPart(of: asked()) }
        guard let resume else { return (try asked(), [], nil) }
        let isAlone = try varied.isEmpty && profile == nil && zip == nil && plan.draft() == PlanDraft()
        var (folder, design, records) = try SweepFolder.resume(resume, design: isAlone ? nil : asked())
        guard rounds != nil || precision != nil else { return (design, records, folder) }
        design.rounds = rounds ?? max(design.rounds, Self.mostRounds)
        design.precision = precision ?? design.precision
        if !output.dryRun { try folder.change(design) }
        return (design, records, folder)
    }

    /// What this process has to do of a fleet's sweep. A part that is finished is shown again.
    private func ownPart(of design: SweepDesign) throws -> (SweepDesign, [SweepRecord], SweepFolder?)? {
        let share = try fleet.share(of: design)
        if let share, share.cells.isEmpty {
            let cells = FigureText.count(design.cells.count, "cell")
            Exit.say("shard \(share.shard) has nothing to measure: there are more shards than cells, of which there are \(cells)")
            return nil
        }
        if output.dryRun { return (share?.part(of: design) ?? design, [], nil) }
        switch try Exit.failure({ try SweepFolder.part(of: design, share, on: fleet.hostName, in: output.output[0]) }) {
        case .open(let folder, let part, let records):
            if let share, !output.quiet {
                Exit.say("shard \(share.shard): \(share.cells.count) of \(FigureText.count(design.cells.count, "cell"))")
            }
            return (part, records, folder)
        case .finished(let path, let result):
            Exit.say("nothing is left to measure: what is in \(path) is finished")
            try Publication.show { try output.json ? JSONReport.text(result) : SweepReport(result, style: Terminal.style).text }
            guard result.trusted else { throw ExitCode(Exit.untrusted) }
            return nil
        }
    }

    private static let mostRounds = SweepRequest.mostRounds

    /// What the profile and the flags ask for, checked.
    ///
    /// - Throws: `FlagDraft.Problems`, `ProfileSentences`.
    func asked() throws -> SweepDesign {
        var problems: [String] = []
        var variations: [SettingVariation] = []
        do throws(ProfileError) {
            variations = try SettingVariation.parse(varied)
        } catch {
            problems += error.problems.map(\.sentence)
        }
        let flags = try plan.draft()
        let loaded = try PlanResolution.profile(profile)
        var asked = loaded?.sweep ?? SweepRequest()
        let isVariedByProfile = !asked.variations.isEmpty
        asked = asked.applying(variations, settings: flags)
        asked.zip = zip ?? asked.zip
        if asked.cellCount == 0, problems.isEmpty {
            problems.append(
                isVariedByProfile
                    ? "--vary is missing, as flags fix all that the profile varies; leave out one of them, or give --vary"
                    : "--vary is missing, and a sweep needs a setting to vary; write it as in --vary mtu=1500,9000")
        }
        if let counts = asked.unequalCounts {
            let remedy = zip == true ? "leave it out for all with all" : "give --no-zip for all with all"
            problems.append("--zip needs as many values of each setting, and \(counts); \(remedy)")
        }
        if asked.cellCount > Self.mostCells {
            problems.append("--vary makes more than \(Int(Self.mostCells)) cells, which is the most there can be; vary fewer values")
        }
        guard problems.isEmpty else { throw FlagDraft.Problems(sentences: problems) }
        let design: SweepDesign
        let base = (loaded?.draft.applying(flags) ?? flags).forTurns
        do throws(PlanError) {
            design = try asked.design(base: base, rounds: rounds, precision: precision)
        } catch {
            throw FlagDraft.Problems(sentences: ["\(error.flag) \(error.predicate)"])
        }
        guard ([design.plan] + design.cells.compactMap(\.plan)).allSatisfy(\.ends) else {
            throw FlagDraft.Problems(sentences: [
                "--time is 0 but must be above it in a sweep, whose trials have to end; leave it out for 1 s"
            ])
        }
        return design
    }

    private static let mostCells = 1000.0
}

extension TrialPlan {
    /// Whether its trials come to an end by themselves.
    var ends: Bool { load.durationNanoseconds != nil || load.frameCount != nil }
}

/// `2%` or `0.02`.
private let share: @Sendable (String) throws -> Double = { text in
    let isPercent = text.hasSuffix("%")
    guard let number = Double(isPercent ? String(text.dropLast()) : text) else {
        throw ValidationError("is '\(text.visible)' but must be a share, as in 2%")
    }
    let share = isPercent ? number / 100 : number
    guard share >= 0.0001, share <= 0.5 else { throw ValidationError("is '\(text.visible)' but must be 0.01% to 50%") }
    return share
}
