import ArgumentParser
import Foundation
import Kernel
import Methods
import Plans
import Reports
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
    @Flag(name: [.customShort("J"), .long], help: "Print one JSON object on stdout.") var json = false
    @OptionGroup var report: ReportOption
    @Flag(name: .shortAndLong, help: "No progress.") var quiet = false
    @Flag(name: .shortAndLong, help: "Tell more about what happens.") var verbose = false

    func run() throws {
        Diagnostics.start(isVerbose: verbose)
        let draft = try Exit.usage { try plan.draft().withShortTrials }
        try Exit.usage { try checkEnd(draft) }
        let interrupts = try Exit.failure { try Interrupts() }
        RestoreCommand.clearUp()
        let outcome = try measure(draft, interrupts)
        let style = Terminal.style
        let isReported = Publication.write(report.writer { ReportPage(outcome) })
        try Terminal.print(json ? JSONReport.text(outcome) : BakeoffReport.text(outcome, style: style), terminator: "")
        if !isReported { throw ExitCode(Exit.failed) }
        if !outcome.trusted { throw ExitCode(Exit.untrusted) }
    }

    private func checkEnd(_ draft: PlanDraft) throws(FlagDraft.Problems) {
        guard draft.load.durationNanoseconds == 0, (draft.load.frameCount ?? 0) == 0 else { return }
        throw FlagDraft.Problems(sentences: [
            "--time is 0 but must be above it in a bakeoff, whose trials have to end; leave it out for 1 s"
        ])
    }

    private func measure(_ draft: PlanDraft, _ interrupts: Interrupts) throws -> Bakeoff.Outcome {
        let progress = ProgressPrinter(isTerminal: ProcessFacts.isTerminal(2)) { Terminal.write(progress: $0) }
        defer { progress.finish() }
        let bakeoff = Bakeoff(draft: draft, rounds: rounds ?? 3, isInterrupted: { interrupts.hasHeard }) { plan in
            if !quiet { progress.note("\(plan.transmit.engine.rawValue) → \(plan.receive.receiver.rawValue)") }
            try LinkSetup.acquirePrivilege(for: plan)
            return try Session.run(plan, interrupts: interrupts, identity: .ofThisProcess)
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
        return try Exit.failure { try bakeoff.measure() }
    }
}
