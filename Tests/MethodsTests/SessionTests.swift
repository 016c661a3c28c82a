import Metrics
import Testing

@testable import Methods
@testable import Plans
@testable import Results
@testable import Trials

/// Runs over the null pair, which needs neither privilege nor link.
@Suite struct SessionTests {
    private static let identity = Session.Identity(version: "test", startedAt: "now", command: ["vethmark", "run"])

    private func run(_ change: (inout PlanDraft) -> Void) throws -> RunResult {
        var draft = PlanDraft()
        draft.transmit.engine = .null
        draft.load.warmupNanoseconds = 0
        draft.load.frameCount = 100_000
        change(&draft)
        return try Session.run(TrialPlan(draft), interrupts: Interrupts(listening: false), identity: Self.identity)
    }

    @Test func theNullPairClosesItsBook() throws {
        let result = try run { _ in }
        #expect(result.trusted)
        #expect(result.trials[0].ledger == Ledger(offered: 100_000, sent: 100_000, received: 100_000))
        #expect(result.trials[0].endedBecause == .count)
        #expect(result.conditions.transmitLink.kind == "null")
    }

    @Test func repeatsAreSummedUp() throws {
        let result = try run { $0.run.repeats = 4 }
        #expect(result.trials.map(\.index) == [0, 1, 2, 3])
        #expect(result.summary.rxPps.count == 4)
        #expect(result.summary.rxPps.confidenceLow != nil)
        #expect(result.summary.lossRatio.median == 0)
    }

    /// The second plan differs in its frames only, the third in its link.
    @Test func plansShareALinkForAsLongAsTheyAskForTheSame() throws {
        let session = Session(interrupts: try Interrupts(listening: false), identity: Self.identity)
        func links(_ change: (inout PlanDraft) -> Void) throws -> Int {
            var draft = PlanDraft()
            draft.load.warmupNanoseconds = 0
            draft.load.frameCount = 1_000
            draft.load.rate = .packets(PacketRate(packetsPerSecond: 20_000))
            change(&draft)
            let result = try session.run(TrialPlan(draft))
            #expect(result.trusted && result.trials[0].ledger.received == 1_000, "\(result.warnings)")
            #expect(result.command == ["vethmark", "run"])
            return session.linkCount
        }
        #expect(try links { _ in } == 1)
        #expect(try links { $0.transmit.workers = 2 } == 1)
        #expect(try links { $0.link.mtuBytes = 4000 } == 2)
        #expect(session.close().isEmpty)
    }

    @Test func eachTrialIsKeptAsItEnds() throws {
        var draft = PlanDraft()
        draft.transmit.engine = .null
        draft.load.warmupNanoseconds = 0
        draft.load.frameCount = 1_000
        draft.run.repeats = 4
        var kept: [Int] = []
        let result = try Session.run(
            TrialPlan(draft), interrupts: Interrupts(listening: false), identity: Self.identity, keep: { kept.append($0.trials.count) })
        // The last is in the result that is returned.
        #expect(kept == [1, 2, 3] && result.trials.count == 4 && result.failure == nil)
    }

    @Test func aPacedRunOwesExactlyItsFrames() throws {
        let result = try run {
            $0.load.frameCount = nil
            $0.load.durationNanoseconds = 300_000_000
            $0.load.rate = .packets(PacketRate(packetsPerSecond: 20_000))
            $0.transmit.workers = 3
        }
        #expect(result.trials[0].ledger.offered == 6000)
        #expect(result.trials[0].ledger.residual == 0)
        #expect(result.trials[0].latency.sendLag.count == result.trials[0].ledger.sent)
    }

    @Test func warningsOfRepeatsAreSaidOnce() {
        let warning = Warning(code: "a", message: "b", remedy: "c")
        #expect([warning, warning].unique == [warning])
    }
}
