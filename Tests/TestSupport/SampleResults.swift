import Frames
import Metrics
import Plans
import Results

/// A run that nobody measured, with round figures, to be changed by the tests that look at it.
///
/// - Parameter plan: by default what no flag at all makes, on a machine of two CPUs.
public func sampleRun(
    trials: Int = 1, plan: TrialPlan? = nil, _ change: (inout RunResult) -> Void = { _ in }
) throws -> RunResult {
    let plan = try plan ?? TrialPlan(PlanDraft(), limits: PlanLimits(cpuCount: 2))
    let results = (0..<trials).map { index in
        sampleTrial {
            $0.index = index
            $0.rates.rxPps += Double(index) * 1000
        }
    }
    var run = RunResult(
        plan: plan,
        placement: Placement(
            transmit: [.init(cpu: 0, node: 0)], receive: [.init(cpu: 1, node: 0)], reason: "a CPU for each worker"),
        conditions: sampleConditions, trials: results, summary: sampleSummary(results), warnings: [], trusted: true)
    change(&run)
    return run
}

/// A trial of a million frames, all of which came; its book is closed, and its warnings are none.
public func sampleTrial(_ change: (inout TrialResult) -> Void = { _ in }) -> TrialResult {
    let path = LatencySummary(
        count: 1_000_000, min: 1000, p50: 2000, p90: 3000, p99: 4000, p999: 5000, p9999: 6000, max: 70_000, mean: 2100.5)
    var trial = TrialResult(
        index: 0, startedAtNanoseconds: 1_700_000_000_000_000_000, engine: .ring, receiver: .ring,
        endedBecause: .duration, ledger: Ledger(offered: 1_000_000, sent: 1_000_000, received: 1_000_000),
        rates: .init(
            txPps: 750_000, rxPps: 750_000, txL2Bps: 384e6, rxL2Bps: 384e6, rxL1Bps: 504e6,
            durationNanoseconds: 1_333_333_333, receiveDurationNanoseconds: 1_333_333_333),
        latency: .init(
            path: path,
            pathHistogram: [
                HistogramBar(lower: 1024, upper: 2048, count: 600_000), HistogramBar(lower: 2048, upper: 4096, count: 399_999),
                HistogramBar(lower: 65_536, upper: 131_072, count: 1)
            ]),
        workers: [
            WorkerResult(role: .transmit, index: 0, cpu: 0, node: 0, ringNode: 0, histogramNode: 0, ringBytes: 32_768, frames: 1_000_000),
            WorkerResult(role: .receive, index: 0, cpu: 1, node: 0, ringNode: nil, histogramNode: 0, ringBytes: 8 << 20, frames: 1_000_000)
        ], intervals: [], evidence: Evidence(), trusted: true)
    change(&trial)
    return trial
}

/// As if each trial counted.
public func sampleSummary(_ trials: [TrialResult]) -> RunResult.Summary {
    RunResult.Summary(
        txPps: SampleSummary(trials.map(\.rates.txPps)), rxPps: SampleSummary(trials.map(\.rates.rxPps)),
        rxL2Bps: SampleSummary(trials.map(\.rates.rxL2Bps)), lossRatio: SampleSummary(trials.map(\.ledger.lossRatio)),
        pathP50Nanoseconds: SampleSummary(trials.compactMap { $0.latency.path.p50.map { Double($0) } }),
        pathP99Nanoseconds: SampleSummary(trials.compactMap { $0.latency.path.p99.map { Double($0) } }))
}

private var sampleConditions: Conditions {
    let link = LinkConditions(
        name: "vethmark-a", namespace: "private-a", kind: "veth", index: 2, peerIndex: 2, address: "02:76:6d:00:00:0a",
        mtuBytes: 1500, queueingDiscipline: "noqueue", transmitQueues: 1, receiveQueues: 1, features: [:])
    return Conditions(
        vethmarkVersion: "0.0.0", gitCommit: nil, startedAt: "2026-01-01T00:00:00Z", kernelRelease: "6.1.0",
        architecture: "x86_64", cpuModel: "Test CPU", onlineCPUs: 2, allowedCPUs: [0, 1], numaNodes: 1,
        memoryBytes: 1 << 30, governor: nil, clocksource: "tsc", mitigations: [:], virtualization: nil,
        privilege: "root", transmitLink: link, receiveLink: link)
}
