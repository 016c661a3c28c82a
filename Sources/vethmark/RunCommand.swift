import ArgumentParser
import Foundation
import Kernel
import Methods
import Plans
import Profiles
import Reports
import Results
import Trials

struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "One benchmark: frames in at one end, counted at the other.",
        discussion: """
            Exit codes: 0 done; 1 failed; 3 finished, but the result can't be trusted or breaks a bound; 64 wrong usage; 130 stopped by a \
            second Ctrl-C. The first Ctrl-C ends the run in order, with its report, as does every other signal that \
            would end a program.
            """)

    @Argument(help: "A profile: a YAML file, or the name of one in profiles/. Flags override its values.")
    var profile: String?

    @OptionGroup var plan: PlanOptions
    @OptionGroup(title: "Bounds") var bounds: GateOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    func run() throws {
        Diagnostics.start(isVerbose: output.verbose)
        let (plan, draft) = try Exit.usage { try PlanResolution.resolve(profile, self.plan.draft()) }
        if output.dryRun { return try Exit.failure { try DryRun(plan: plan, draft: draft).show(asJSON: output.json) } }
        // Before anything starts a thread: a user namespace takes only processes that have one.
        try Exit.failure { try LinkSetup.acquirePrivilege(for: plan) }
        let interrupts = try Exit.failure { try Interrupts() }
        interrupts.expectsReader(plan.load.durationNanoseconds == nil && plan.load.frameCount == nil)
        RestoreCommand.clearUp()
        let store = output.store
        var result = try Exit.failure { try measure(plan, interrupts, store) }
        let gates = bounds.gates.judge(result)
        if !gates.isEmpty { result.gates = gates }
        let code = try output.publish(result, in: store)
        if code != Exit.done { throw ExitCode(code) }
    }

    private func measure(_ plan: TrialPlan, _ interrupts: Interrupts, _ store: ResultStore?) throws -> RunResult {
        let progress = ProgressPrinter(isTerminal: ProcessFacts.isTerminal(2)) { Terminal.write(progress: $0) }
        defer { progress.finish() }
        var place: String?
        do {
            return try Session.run(
                plan, interrupts: interrupts, identity: .ofThisProcess,
                // What can't be saved now is told at the end, when it is tried again.
                keep: { result in place = (try? store?.save(result)) ?? place }, observe: { if !output.quiet { progress.show($0) } })
        } catch {
            progress.finish()
            if let place { Exit.say("the trials before are saved in \(place)") }
            throw error
        }
    }
}
