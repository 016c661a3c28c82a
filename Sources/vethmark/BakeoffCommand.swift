import ArgumentParser
import Foundation
import Kernel
import Methods
import Reports
import Trials

struct BakeoffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bakeoff", abstract: "Every engine and receiver that fits, interleaved, side by side.",
        discussion: """
            Takes the flags of `vethmark run` but --engine and --receiver. Each trial has a private pair of its own and lasts 1 s unless --time says \
            otherwise. What this user or kernel can't do is named with its reason.
            """)

    @OptionGroup var plan: PlanOptions
    @Option(help: "How often each pair has its turn.") var rounds = 3
    @Flag(name: [.customShort("J"), .long], help: "Print one JSON object on stdout.") var json = false
    @Flag(name: .shortAndLong, help: "No progress.") var quiet = false

    func validate() throws {
        guard (1...100).contains(rounds) else { throw ValidationError("\(rounds) rounds are not possible; allowed: 1 to 100") }
        guard plan.workers.engine == nil, plan.workers.receiver == nil else {
            throw ValidationError("a bakeoff tries all engines and receivers; leave out --engine and --receiver, or use vethmark run")
        }
        guard plan.link.tx == nil, plan.link.rx == nil else {
            throw ValidationError("a bakeoff makes its own pairs; leave out --tx and --rx, or use vethmark run")
        }
    }

    func run() throws {
        var draft = try Exit.usage { try plan.draft() }
        draft.load.durationNanoseconds = draft.load.durationNanoseconds ?? 1_000_000_000
        draft.load.warmupNanoseconds = draft.load.warmupNanoseconds ?? 200_000_000
        let standard = try Exit.usage { try TrialPlan(draft) }
        try Exit.failure { try LinkSetup.acquirePrivilege(for: standard) }
        let interrupts = try Interrupts()
        RestoreCommand.clearUp()
        let progress = ProgressPrinter(isTerminal: ProcessFacts.isTerminal(2))
        let bakeoff = Bakeoff(draft: draft, rounds: rounds) { plan in
            if interrupts.isInterrupted { throw ExitCode(Exit.interrupted) }
            if !quiet { progress.note("\(plan.transmit.engine.rawValue) → \(plan.receive.receiver.rawValue)") }
            try LinkSetup.acquirePrivilege(for: plan)
            return try Repetition(
                plan: plan, interrupts: interrupts, version: vethmarkVersion, startedAt: Date.now.formatted(.iso8601), observe: { _ in }
            ).run()
        }
        let outcome = try Exit.failure {
            defer { progress.finish() }
            return try bakeoff.measure()
        }
        let style = TextStyle(isTerminal: ProcessFacts.isTerminal(1))
        print(json ? try JSONReport.text(outcome) : BakeoffReport.text(outcome, style: style), terminator: "")
        if !outcome.trusted { throw ExitCode(Exit.untrusted) }
    }
}
