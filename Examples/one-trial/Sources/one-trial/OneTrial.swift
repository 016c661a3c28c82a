import Kernel
import Methods
import Plans
import Trials

/// A second of the smallest frames over a private veth pair, and its book.
@main
enum OneTrial {
    static func main() throws {
        var draft = PlanDraft()
        draft.load.durationNanoseconds = 1_000_000_000
        draft.load.warmupNanoseconds = 200_000_000
        let plan = try TrialPlan(draft)

        // Without root: a user namespace, which a process can enter only while it has one thread.
        try LinkSetup.acquirePrivilege(for: plan)
        let session = Session(
            interrupts: try Interrupts(),
            identity: .init(version: "one-trial", startedAt: "today", command: CommandLine.arguments))
        let result = try session.run(plan)
        for warning in result.warnings + session.close() { print("! \(warning.message)") }

        let trial = result.trials[0]
        print("offered \(trial.ledger.offered), not offered in time \(trial.ledger.notOffered), refused \(trial.ledger.refused)")
        print("sent \(trial.ledger.sent), received \(trial.ledger.received), lost \(trial.ledger.lost)")
        print("residual \(trial.ledger.residual), \(result.trusted ? "trusted" : "untrusted")")
        print("received a second \(UInt64(trial.rates.rxPps))")
    }
}
