import ArgumentParser
import Kernel
import Methods
import Plans
import Profiles
import Reports
import Trials

struct TuneCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tune", abstract: "The settings that serve a plan best on this machine.",
        discussion: """
            Tries engines and placements, then batch, rings, segments and queues, by successive halving: all have a few rounds, the better half has \
            more. What was asked for stays as it was asked for, and so does the receiver. The best meets the default in rounds of its own; if it is not \
            certainly better, the default stays. Takes some minutes with trials of 1 s. Exit codes are those of `vethmark run`.
            """)

    @Argument(
        help: "A profile: a YAML file, or the name of one in profiles/. Flags override its values.", completion: Completion.profile)
    var profile: String?

    @Option(
        name: .customLong("for"), parsing: .unconditional,
        help: ArgumentHelp("throughput, latency (p99 of the response, at a --rate) or loss (default: throughput).", valueName: "goal"),
        transform: tuneGoal)
    var goal: TuneGoal?
    @Option(
        parsing: .unconditional, help: "How often the best meets the default at the end, 6 to 100 (default: 12).",
        transform: number(6...100))
    var rounds: Int?
    @Option(
        parsing: .unconditional, help: ArgumentHelp("Write the winner as a profile into this file too.", valueName: "file"),
        completion: .file(extensions: ["yaml"]))
    var profileOut: String?

    @OptionGroup var plan: SweepOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    func run() throws {
        Diagnostics.start(isVerbose: output.verbose)
        let (asked, draft) = try Exit.usage {
            let asked = try plan.asked(profile)
            return (asked, try base(asked))
        }
        let interrupts = output.dryRun ? nil : try Exit.failure { try Interrupts() }
        let progress = ProgressPrinter(isTerminal: ProcessFacts.isTerminal(2)) { Terminal.write(progress: $0) }
        let stream = output.stream
        let session = Session(
            interrupts: try Exit.failure { try interrupts ?? Interrupts(listening: false) }, identity: .ofThisProcess,
            placements: .ofThisUser
        ) { stream?.observe($0) }
        let tune = try Exit.usage { () throws -> Tune in
            do throws(PlanError) {
                return try Tune(
                    base: draft, goal: goal ?? .throughput, finalRounds: rounds ?? 12, command: CommandLine.arguments,
                    conditions: session.conditions, isInterrupted: { interrupts?.hasHeard ?? false },
                    observe: { if !output.quiet { progress.note(SweepProgress.line($0, of: $1)) } }
                ) { plan in
                    try LinkSetup.acquirePrivilege(for: plan)
                    return try stream?.follow(plan) { try session.run(plan) } ?? session.run(plan)
                }
            } catch {
                throw FlagDraft.Problems(sentences: ["\(error.flag) \(error.predicate)"])
            }
        }
        if output.dryRun { return try Terminal.print(JSONReport.text(tune.plans), terminator: "") }
        // Before anything starts a thread: a user namespace takes only processes that have one.
        if let plan = tune.plans.first(where: { $0.transmit.engine.abilities.needsLink && !$0.needsProgram }) {
            try Exit.failure { try LinkSetup.acquirePrivilege(for: plan) }
        }
        RestoreCommand.clearUp()
        let result = try measure(tune, session, progress)
        let code = try publish(result, asked, stream)
        if code != Exit.done { throw ExitCode(code) }
    }

    private func base(_ asked: PlanDraft) throws -> PlanDraft {
        let draft = asked.forTurns
        if goal == .latency, draft.load.rate ?? .max == .max {
            throw FlagDraft.Problems(sentences: [
                "--rate is missing, and latency at full speed is the length of a queue; use --for latency with a rate, as in -b 100kpps"
            ])
        }
        guard draft.load.durationNanoseconds != 0 || (draft.load.frameCount ?? 0) > 0 else {
            throw FlagDraft.Problems(sentences: ["--time is 0 but must be above it, for trials have to end; leave it out for 1 s"])
        }
        return draft
    }

    private func measure(_ tune: Tune, _ session: Session, _ progress: ProgressPrinter) throws -> TuneResult {
        defer { progress.finish() }
        do throws(Interrupted) {
            return try tune.measure().adding(session.close())
        } catch {
            _ = session.close()
            throw ExitCode(Exit.interrupted)
        }
    }

    /// Saves the result and the winner's profile, says where, prints it.
    private func publish(_ result: TuneResult, _ draft: PlanDraft, _ stream: EventStream?) throws -> Int32 {
        var path: String?
        var code = result.failure != nil ? Exit.failed : result.trusted ? Exit.done : Exit.untrusted
        let profile = try Exit.failure { try Self.tuned(result, draft) }
        do {
            if let profileOut, let profile {
                try SafeFile.write(profile, to: profileOut)
                Exit.say("the profile is in \(profileOut)")
            }
            if let store = output.store {
                let folder = try store.save {
                    [("report.txt", TuneReport.text(result, style: .plain))] + (profile.map { [("tuned.yaml", $0)] } ?? [])
                        + [("result.json", try JSONReport.text(result))]
                }
                path = folder
                Exit.say("saved in \(folder)")
            }
        } catch let error as SystemError {
            Exit.say("vethmark: \(profileOut ?? "") can't be written: \(error.reason); choose another file")
            code = Exit.failed
        } catch {
            Exit.say("vethmark: \(error)")
            code = Exit.failed
        }
        if !Publication.write(output.report.writer { ReportPage(result) }) { code = Exit.failed }
        if let stream {
            stream.end(result, path: path, code: code)
            return code
        }
        try Publication.show { try output.json ? JSONReport.text(result) : TuneReport.text(result, style: Terminal.style) }
        return code
    }

    /// What was asked for, and the winner's settings over it; nil without a winner.
    static func tuned(_ result: TuneResult, _ draft: PlanDraft) throws -> String? {
        guard let winner = result.winner else { return nil }
        let settings = try winner.settings.sorted { $0.key < $1.key }.map { try SettingVariation.draft($0.key, $0.value) }
        return ProfileText.text(
            settings.reduce(draft) { $0.applying($1) },
            description: "Tuned for \(result.goal.rawValue) on \(result.conditions.cpuModel): \(winner.words)")
    }
}

private let tuneGoal: @Sendable (String) throws -> TuneGoal = { text in
    guard let goal = TuneGoal(rawValue: text.lowercased()) else {
        throw ValidationError("is '\(text.visible)' but must be \(TuneGoal.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return goal
}
