import ArgumentParser
import Kernel
import Methods
import Metrics
import Plans
import Reports
import Trials

struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare", abstract: "Two results side by side: faster, slower, the same, or undecided.",
        discussion: """
            Figures are medians over trials, with intervals of 95 %; below 6 trials a side nothing is decided. Of two sweeps or bakeoffs the cells that both \
            have are compared, each for itself. With --ab both sides are measured in turns, \
            trials of 1 s unless --time says otherwise, so that what drifts on the machine meets both alike; Ctrl-C ends it and compares what there is. \
            Exit codes: 0 done; 1 failed; 3 a figure is worse by more than --threshold, or a result can't be trusted; 64 wrong usage; 130 stopped by a \
            second Ctrl-C.
            """)

    @Argument(
        help:
            "Two saved results of one kind, before and after: of `vethmark run --repeats`, sweep or bakeoff; their folders, or result.json. One with --by.",
        completion: Completion.result
    ) var results: [String] = []
    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Measure two sets of flags of `vethmark run` in turns, each in quotes: --ab '-s 64' '-s 128'.", valueName: "flags"))
    var ab: [String] = []
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Compare two values of a setting within one sweep or bakeoff: mtu=1500,9000; of merged ones host, kernel or cpu-model.",
            valueName: "setting"))
    var by: String?
    @Option(
        parsing: .unconditional, help: "Rounds of --ab, each with a trial of both sides, 1 to 1000 (default: 12).",
        transform: number(1...1000))
    var rounds: Int?
    @Option(
        parsing: .unconditional,
        help:
            "What counts as a regression, as in 5%: so much fewer frames or more time, or points of loss. Less is the same (default: 2 % is).",
        transform: { try Percentage.parse($0) })
    var threshold: Double?
    @Flag(help: "Exit 0 also if a result can't be trusted.") var allowUntrusted = false
    @OptionGroup(title: "Output") var output: CompareOutput

    func validate() throws {
        if by != nil {
            guard ab.isEmpty else { throw ValidationError("--by and --ab compare different things; leave out one of them") }
            guard results.count == 1 else {
                throw ValidationError("--by compares within one result, not \(results.count); name one sweep or bakeoff")
            }
            guard rounds == nil else { throw ValidationError("--rounds belongs to --ab; leave it out") }
        } else if ab.isEmpty {
            guard results.count == 2 else {
                throw ValidationError("two results make a comparison, not \(results.count); name base and new, or use --ab 'FLAGS' 'FLAGS'")
            }
            guard rounds == nil else { throw ValidationError("--rounds belongs to --ab; leave it out") }
        } else {
            try checkTurns()
        }
        guard !ab.isEmpty || output.folder == nil && !output.noSave else {
            throw ValidationError("only what --ab measures is saved; leave out \(output.noSave ? "--no-save" : "-o")")
        }
    }

    private func checkTurns() throws {
        guard ab.count == 2 else { throw ValidationError("--ab takes two sets of flags, not \(ab.count); put each in quotes") }
        guard results.isEmpty else {
            throw ValidationError("there is no place for '\(results[0].visible)' beside --ab; leave it out")
        }
    }

    /// `--ab A B` as the parser takes it, which knows no option with two values: `--ab A --ab B`.
    static func unfolded(_ arguments: [String]) -> [String] {
        guard arguments.first == "compare", let place = arguments.firstIndex(of: "--ab"), place + 2 < arguments.count,
            arguments[place + 2] != "--ab"
        else { return arguments }
        return arguments[...(place + 1)] + ["--ab"] + arguments[(place + 2)...]
    }

    func run() throws {
        Diagnostics.start(isVerbose: output.verbose)
        // One for the whole comparison: another would take a folder beside it.
        let store = ab.isEmpty ? nil : output.store
        let outcome = try ab.isEmpty ? nil : measured(store)
        let comparison = try outcome.map(compared) ?? saved()
        let passes = comparison.passes && (comparison.trusted || allowUntrusted)
        let code = try Publication.publish(
            passes ? Exit.done : comparison.failure == nil ? Exit.untrusted : Exit.failed,
            saved: store.flatMap { store in outcome.map { outcome in { try save(comparison, outcome, in: store) } } },
            report: output.report.writer { ReportPage(comparison) },
            notes: passes ? [] : ComparisonReport.failure(comparison).map { ["vethmark: \($0)"] } ?? [],
            text: { try output.text(comparison) })
        if code != Exit.done { throw ExitCode(code) }
    }

    private func saved() throws -> ResultComparison {
        try Exit.failure {
            if let by {
                return try SavedResult.comparison(of: results[0], by: by, threshold: threshold, command: CommandLine.arguments)
            }
            return try SavedResult.comparison(of: results[0], and: results[1], threshold: threshold, command: CommandLine.arguments)
        }
    }

    // MARK: in turns

    private func measured(_ store: ResultStore?) throws -> AlternatingRun.Outcome {
        let plans = try Exit.usage {
            (base: try ComparedFlags(name: "A", text: ab[0]).plan(), new: try ComparedFlags(name: "B", text: ab[1]).plan())
        }
        // Before anything starts a thread: a user namespace takes only processes that have one. Programs can't be had in it, and have their say first.
        try Exit.failure {
            for plan in [plans.base, plans.new].sorted(by: { $0.needsProgram && !$1.needsProgram }) {
                try LinkSetup.acquirePrivilege(for: plan)
            }
        }
        let interrupts = try Exit.failure { try Interrupts() }
        RestoreCommand.clearUp()
        let progress = TurnProgress(rounds: rounds ?? 12, isQuiet: output.quiet)
        defer { progress.finish() }
        return try Exit.failure {
            try measure(plans.base, plans.new, interrupts, progress) { outcome in
                // What can't be saved now is told at the end, when it is tried again.
                if let store { _ = try? save(compared(outcome), outcome, in: store) }
            }
        }
    }

    private func measure(
        _ base: TrialPlan, _ new: TrialPlan, _ interrupts: Interrupts, _ progress: TurnProgress, keep: (AlternatingRun.Outcome) -> Void
    ) throws -> AlternatingRun.Outcome {
        let session = Session(interrupts: interrupts, identity: .ofThisProcess, placements: .ofThisUser)
        // Private links of both kinds stay open side by side. The user's own are laid over again for each turn.
        let other =
            Session.shareLink(base, new) || !base.link.isPrivate || !new.link.isPrivate
            ? session : Session(interrupts: interrupts, identity: .ofThisProcess, placements: .ofThisUser)
        let turns = AlternatingRun(base: base, new: new, rounds: rounds ?? 12, isInterrupted: { interrupts.hasHeard }) { side, plan in
            try (side == .base ? session : other).run(plan)
        }
        do {
            var outcome = try turns.measure(begin: progress.begin, keep: keep)
            outcome.add(session.close() + (other === session ? [] : other.close()))
            return outcome
        } catch {
            _ = session.close()
            _ = other.close()
            throw error
        }
    }

    private func compared(_ outcome: AlternatingRun.Outcome) -> ResultComparison {
        ResultComparison(
            base: outcome.base, called: ab[0], new: outcome.new, called: ab[1], design: .paired, threshold: threshold,
            interrupted: outcome.interrupted, command: CommandLine.arguments)
    }

    /// Both sides as runs of their own, to be compared with others later, and what came of them.
    private func save(_ comparison: ResultComparison, _ outcome: AlternatingRun.Outcome, in store: ResultStore) throws -> String {
        try store.save {
            [
                ("base.json", try JSONReport.text(outcome.base)), ("new.json", try JSONReport.text(outcome.new)),
                ("report.txt", ComparisonReport(comparison, style: .plain).text), ("result.json", try JSONReport.text(comparison))
            ]
        }
    }
}

/// A share of the whole, as in 5% or 0.1%.
enum Percentage {
    /// 0 to 1; 0 and 100 % are shares too.
    ///
    /// - Throws: `ValidationError`, a sentence behind the option's name.
    static func parse(_ text: String) throws -> Double {
        let number = text.hasSuffix("%") ? String(text.dropLast()) : text
        guard text.hasSuffix("%"), number.first?.isNumber == true, let value = Double(number), (0...100).contains(value) else {
            throw ValidationError("is '\(text.visible)' but must be 0% to 100%, with its sign, as in 5%")
        }
        return value / 100
    }
}
