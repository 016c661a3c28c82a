import ArgumentParser
import Foundation
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
            Each trial has a private pair of its own and lasts 1 s unless --time says otherwise. What a pair of engine and receiver, this user or this \
            kernel can't do is named with its reason. Ctrl-C ends it with what was measured so far. Exit codes are those of `vethmark run`.
            """)

    @OptionGroup var plan: BakeoffOptions
    @Option(
        parsing: .unconditional, help: "How often each pair has its turn, 1 to 100 (default: 3).",
        transform: number(1...100))
    var rounds: Int?
    @OptionGroup(title: "Output") var output: ResultOptions

    func run() throws {
        Diagnostics.start(isVerbose: output.verbose)
        let draft = try Exit.usage { try plan.draft().withShortTrials }
        try Exit.usage { try checkEnd(draft) }
        let interrupts = try Exit.failure { try Interrupts() }
        RestoreCommand.clearUp()
        let stream = output.stream
        let result = try measure(draft, interrupts, stream)
        let code = try output.publish(
            result, report: { BakeoffReport.text(result.outcome, style: $0) }, page: { ReportPage(result.outcome) },
            code: result.trusted ? Exit.done : Exit.untrusted, stream)
        if code != Exit.done { throw ExitCode(code) }
    }

    private func checkEnd(_ draft: PlanDraft) throws(FlagDraft.Problems) {
        guard draft.load.durationNanoseconds == 0, (draft.load.frameCount ?? 0) == 0 else { return }
        throw FlagDraft.Problems(sentences: [
            "--time is 0 but must be above it in a bakeoff, whose trials have to end; leave it out for 1 s"
        ])
    }

    private func measure(_ draft: PlanDraft, _ interrupts: Interrupts, _ stream: EventStream?) throws -> BakeoffResult {
        let progress = ProgressPrinter(isTerminal: ProcessFacts.isTerminal(2)) { Terminal.write(progress: $0) }
        defer { progress.finish() }
        var conditions: Conditions?
        let bakeoff = Bakeoff(draft: draft, rounds: rounds ?? 3, isInterrupted: { interrupts.hasHeard }) { plan in
            if !output.quiet { progress.note("\(plan.transmit.engine.rawValue) → \(plan.receive.receiver.rawValue)") }
            try LinkSetup.acquirePrivilege(for: plan)
            func run() throws -> RunResult {
                try Session.run(plan, interrupts: interrupts, identity: .ofThisProcess, observe: { stream?.observe($0) })
            }
            let result = try stream?.follow(plan, run) ?? run()
            conditions = conditions ?? result.conditions
            return result
        }
        let plans = try Exit.usage { () throws -> [TrialPlan] in
            do throws(PlanError) {
                return try bakeoff.plans()
            } catch {
                throw FlagDraft.Problems(sentences: ["\(error.flag) \(error.predicate)"])
            }
        }
        // Before anything starts a thread: a user namespace takes only processes that have one. Programs need none, and have their say later.
        let needsNoProgram = plans.first { !$0.needsProgram }
        if let plan = needsNoProgram { try Exit.failure { try LinkSetup.acquirePrivilege(for: plan) } }
        let outcome = try Exit.failure { try bakeoff.measure() }
        return BakeoffResult(outcome, plan: plans[0], conditions: conditions, command: CommandLine.arguments)
    }
}
