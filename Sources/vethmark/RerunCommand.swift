import ArgumentParser
import Jobs
import Kernel
import Methods
import Plans
import Reports
import Results

struct RerunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rerun", abstract: "The plan of a saved run once more, and what is different this time.",
        discussion: """
            The plan is taken from the result, seed included, and not from its command line. Flags are laid over it, and what follows from them \
            follows anew: the number of receivers from --threads, the engine from --rate if vethmark chose it. The report ends with what differs in \
            plan, placement and conditions; `vethmark compare` judges the figures. Exit codes are those of `vethmark run`.
            """)

    @Argument(help: "The folder of a saved run, or its result.json.", completion: .file(extensions: ["json"]))
    var result: String

    @OptionGroup var plan: PlanOptions
    @OptionGroup var telling: RunOptions

    func run() throws {
        Diagnostics.start(isVerbose: telling.output.verbose)
        let saved = try Exit.usage { try savedRun() }
        let (plan, draft) = try Exit.usage { try resolved(saved.plan, self.plan.draft()) }
        if telling.output.dryRun { return try telling.show(plan, draft) }
        try RunBench("rerun", telling).run(plan, of: draft) { now in
            now.rerunOf = Repetition(
                source: result, startedAt: saved.conditions.startedAt,
                rxPps: saved.summary.rxPps.count > 0 ? saved.summary.rxPps.median : nil,
                differences: ResultDifference.between(saved, now))
        }
    }

    private func resolved(_ plan: TrialPlan, _ flags: PlanDraft) throws -> (TrialPlan, PlanDraft) {
        // Without flags every field is named, so that nothing is chosen anew.
        let draft = flags == PlanDraft() ? PlanDraft(naming: plan) : PlanDraft(repeating: plan).fitted(below: flags)
        do {
            return (try TrialPlan(flags: draft), draft)
        } catch let problems {
            // Nobody gave the flags that it speaks of.
            guard flags == PlanDraft() else { throw problems }
            throw FlagDraft.Problems(sentences: problems.sentences.map { "the plan of \(result.visible) can't be had here: \($0)" })
        }
    }

    private func savedRun() throws -> RunResult {
        let any = try SavedResult.loadAny(result)
        guard case .run(let run) = any else { throw Refusal(any, path: result) }
        guard run.conditions.receiveHost == nil else { throw Refusal(across: run, path: result) }
        return run
    }

    /// Other kinds are made of many plans.
    private struct Refusal: ExplainedError {
        let sentence: String
        let remedy: String?

        /// A rerun has both ends here.
        init(across run: RunResult, path: String) {
            sentence = "\(path.visible) was measured across two hosts, and only the ranks of both can measure it again"
            let command = run.command.map { ShellWords.joined(["vethmark"] + $0.dropFirst()).visible }
            remedy = "start on both hosts: \(command ?? "vethmark across")"
        }

        init(_ any: AnyResult, path: String) {
            sentence = "\(path.visible) is \(any.kind.noun), and only a run has one plan to run again"
            let command = any.command.map { ShellWords.joined(["vethmark"] + $0.dropFirst()).visible }
            remedy =
                switch any.kind {
                case .compare: "name one of the runs beside it, base.json or new.json"
                default: command.map { "repeat it with: \($0)" } ?? "repeat it with `vethmark \(any.kind.command)`"
                }
        }
    }
}
