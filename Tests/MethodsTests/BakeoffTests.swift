import Metrics
import Testing

@testable import Methods
@testable import Trials

/// A bakeoff over played results.
@Suite struct BakeoffTests {
    private func outcome(_ pps: @escaping (EngineName, ReceiverName, Int) throws -> Double) throws -> (Bakeoff.Outcome, order: [String]) {
        var order: [String] = []
        var draft = PlanDraft()
        draft.load.durationNanoseconds = 1_000_000_000
        let bakeoff = Bakeoff(draft: draft, rounds: 3) { plan in
            let (engine, receiver) = (plan.transmit.engine, plan.receive.receiver)
            let round = order.filter { $0 == "\(engine) \(receiver)" }.count
            order.append("\(engine) \(receiver)")
            return try Played.result(plan, pps: try pps(engine, receiver, round))
        }
        return (try bakeoff.measure(), order)
    }

    @Test func everyPairHasItsTurnInEveryRound() throws {
        let (outcome, order) = try outcome { _, _, _ in 1_000 }
        #expect(order.count == 3 * Bakeoff.pairs.count)
        let round = Bakeoff.pairs.map { "\($0) \($1)" }
        #expect(order == round + round + round)
        #expect(outcome.entries.count == Bakeoff.pairs.count && outcome.trusted)
    }

    @Test func theMedianDecidesAndNotTheBestRound() throws {
        let (outcome, _) = try outcome { engine, receiver, round in
            if engine == .gso, receiver == .ring { return [900, 1_000, 1_100][round] }
            return engine == .ring && receiver == .ring ? [100, 100, 9_000][round] : 10
        }
        #expect(outcome.winners["throughput"] == "gso → ring")
        let entry = try #require(outcome.entries.first { $0.engine == .gso && $0.receiver == .ring })
        #expect(entry.rxPps.median == 1_000 && entry.rxPps.min == 900 && entry.rxPps.max == 1_100)
        #expect(entry.pathP50Nanoseconds.median == 21_487 && entry.pathP99Nanoseconds.median == 44_543)
    }

    @Test func aRunsSummaryHasItsTrialsLatency() throws {
        let result = try Played.result(try TrialPlan(PlanDraft()), pps: 1)
        #expect(result.summary.pathP50Nanoseconds.median == 21_487 && result.summary.pathP99Nanoseconds.median == 44_543)
    }

    @Test func whatCantBeDoneIsToldAndNotTriedAgain() throws {
        let (outcome, order) = try outcome { engine, _, _ in
            if engine == .xdp { throw TrialError.programsNotPermitted(needs: [.netAdmin]) }
            return 1_000
        }
        #expect(order.filter { $0 == "xdp xdp" }.count == 1)
        let entry = try #require(outcome.entries.first { $0.engine == .xdp && $0.receiver == .xdp })
        #expect(entry.obstacle?.contains("CAP_NET_ADMIN") == true)
        #expect(outcome.trusted && outcome.winners["throughput"]?.contains("xdp → xdp") == false)
    }
}

/// Results that nobody measured.
private enum Played {
    static func result(_ plan: TrialPlan, pps: Double) throws -> RunResult {
        let path = LatencySummary(
            count: 1_000, min: 1_000, p50: 21_487, p90: 30_000, p99: 44_543, p999: 50_000, p9999: 60_000, max: 70_000, mean: 22_000)
        var ledger = Ledger()
        (ledger.offered, ledger.sent, ledger.received) = (1_000, 1_000, 1_000)
        let trial = TrialResult(
            index: 0, startedAtNanoseconds: 0, engine: plan.transmit.engine, receiver: plan.receive.receiver, endedBecause: .duration,
            ledger: ledger,
            rates: .init(
                txPps: pps, rxPps: pps, txL2Bps: 0, rxL2Bps: 0, rxL1Bps: 0, durationNanoseconds: 1_000_000_000,
                receiveDurationNanoseconds: 1_000_000_000),
            latency: .init(
                path: path, unbatched: .notMeasured, response: .notMeasured, sendLag: .notMeasured, pathHistogram: [],
                responseHistogram: []),
            workers: [], intervals: [], evidence: Evidence(), trusted: true)
        return RunResult(
            plan: plan, placement: Placement(transmit: [], receive: [], reason: ""), conditions: .played, trials: [trial],
            summary: .init([trial]), warnings: [], trusted: true)
    }
}

extension Conditions {
    fileprivate static var played: Conditions {
        let link = LinkConditions(
            name: "a", namespace: "n", kind: "veth", index: 1, peerIndex: 2, address: "02:00:00:00:00:01", mtuBytes: 1_500,
            queueingDiscipline: "noqueue", transmitQueues: 1, receiveQueues: 1, features: [:])
        return Conditions(
            vethmarkVersion: "0", gitCommit: nil, startedAt: "", kernelRelease: "", architecture: "", cpuModel: "", onlineCPUs: 1,
            allowedCPUs: [0], numaNodes: 1, memoryBytes: 1, governor: nil, clocksource: "", mitigations: [:], virtualization: nil,
            privilege: "", transmitLink: link, receiveLink: link)
    }
}
