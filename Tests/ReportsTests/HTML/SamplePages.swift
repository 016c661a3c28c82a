import Foundation
import Metrics
import Profiles
import TestSupport

@testable import Methods
@testable import Reports
@testable import Trials
@testable import Plans
@testable import Results

/// Results with something in every place that a page shows.
enum SamplePages {
    static func fullRun(trials: Int = 1, _ change: (inout RunResult) -> Void = { _ in }) throws -> RunResult {
        try sampleRun(trials: trials) { run in
            run.command = ["vethmark", "run", "--name", "a b"]
            run.warnings = [
                Warning(code: "cpu-shared", message: "a worker was kept from its CPU", remedy: "stop what else runs there"),
                Warning(code: "residual", message: "the book does not close", remedy: "report it", voidsResult: true)
            ]
            run.gates = [GateResult(name: "max-loss", bound: 0.01, value: 0, passed: true, words: "loss must be at most 1 % and is 0 %")]
            run.placement.softirqCPUs = [1]
            for index in run.trials.indices { fill(&run.trials[index]) }
            change(&run)
        }
    }

    private static func fill(_ trial: inout TrialResult) {
        trial.ledger = Ledger(
            offered: 1_001_111, notOffered: 1_000, refused: 111, sent: 1_000_000, linkDropped: 300, receiverDropped: 20, received: 999_677,
            altered: 1, inFlightAtEnd: 2, duplicates: 4, reordered: 5, foreign: 6)
        var tally = ReorderTally()
        for extent in [1, 2, 3, 40, 7] as [UInt64] { tally.note(extent: extent, following: extent, isCut: extent == 40) }
        var density = ReorderDensityRecorder()
        density.jump(to: 1, arrivals: 0)
        density.late(0, expected: 2, arrivals: 1)
        trial.reordering = ReorderingResult(tally, density.finish(arrivals: 999_678), received: 999_678)
        trial.intervals = (0..<10).map { place in
            IntervalResult(
                startNanoseconds: UInt64(place) * 100_000_000, endNanoseconds: UInt64(place + 1) * 100_000_000, sent: 75_000,
                received: 74_900,
                txPps: 750_000 + Double(place), rxPps: 749_000 - Double(place))
        }
        trial.latency.pathOverTime = overTime(intervals: 10)
        trial.latency.response = trial.latency.path
        trial.latency.sendLag = trial.latency.path
        trial.latency.responseHistogram = trial.latency.pathHistogram
        trial.pacing = PacingResult(
            interDeparture: trial.latency.path, interArrival: trial.latency.path, bursts: .init(gapNanoseconds: 5),
            sendLag: trial.latency.path,
            interDepartureHistogram: trial.latency.pathHistogram, interArrivalHistogram: trial.latency.pathHistogram)
        trial.sizes = [
            SizeResult(sizeBytes: 64, sent: 500_000, received: 499_900), SizeResult(sizeBytes: 1518, sent: 500_000, received: nil)
        ]
        let (book, rates) = (StreamResult.Book(sent: 500_000), StreamResult.Rates(txPps: 375_000, txL2Bps: 192e6))
        var stream = StreamResult(name: "voice", share: 1, ledger: book, rates: rates, latency: .init(path: trial.latency.path))
        (stream.ledger.received, stream.ledger.lost, stream.ledger.lossRatio) = (499_900, 100, 0.0002)
        trial.streams = [stream, StreamResult(name: "bulk", share: 1, ledger: book, rates: rates)]
        trial.evidence.cpus = [
            CPUEvidence(cpu: 0, user: 0.5, system: 0.3, softirq: 0.1, steal: 0.05), CPUEvidence(cpu: 1, user: 0.2, idle: 0.8)
        ]
    }

    /// Slower in each third interval, and nothing at all in the fifth.
    static func overTime(intervals: Int, classes: Int = 12) -> LatencyOverTime {
        let bounds = (0...classes).map { UInt64(1_024 * pow(2, Double($0) / 4)) }
        return LatencyOverTime(
            bounds: bounds,
            intervals: (0..<intervals).map { place in
                let reach = place % 3 == 2 ? classes - 1 : classes / 2
                let counts = (0..<classes).map { index in
                    place == 4 || index > reach ? 0 : UInt64(1 + (place * 7 + index * index * 31) % 900)
                }
                return LatencyOverTime.Interval(
                    startNanoseconds: UInt64(place) * 100_000_000, endNanoseconds: UInt64(place + 1) * 100_000_000,
                    p50: place == 4 ? nil : bounds[classes / 3], p99: place == 4 ? nil : bounds[reach],
                    counts: counts)
            })
    }

    /// A grid of `sizes` by `sizes` cells, six rounds, one cell with an obstacle.
    static func sweep(sizes: Int, first: Int = 0, factor: Double = 1) throws -> SweepResult {
        let mtus = (first..<first + sizes).map { "\(1500 + 100 * $0)" }.joined(separator: ",")
        let frames = (0..<sizes).map { "\(64 + 64 * $0)" }.joined(separator: ",")
        let design = try SweepDesign(
            base: PlanDraft(), varying: SettingVariation.parse(["mtu=\(mtus)", "size=\(frames)"]), rounds: 6)
        var count = 0
        return try Sweep(
            design, command: ["vethmark", "sweep"], conditions: sampleRun().conditions, isInterrupted: { false }, keep: { _ in }
        ) { plan in
            count += 1
            if plan.link.mtuBytes == 1500, plan.frame.sizes.maximumBytes == 64, count > 4 {
                throw SavedResult.ReadError(sentence: "can't be had", remedy: nil)
            }
            return try sampleRun(plan: plan) { run in
                run.trials[0].rates.rxPps = factor * (Double(plan.link.mtuBytes ?? 0) * 1_000 + Double(count % 7) * 50)
                if plan.link.mtuBytes == 1600 { run.trials[0].ledger = Ledger(offered: 100, sent: 100, linkDropped: 5, received: 95) }
            }
        }.measure(goingOnFrom: [])
    }

    static func comparison(_ factor: Double = 0.9) throws -> ResultComparison {
        let new = try sampleRun(trials: 12) { run in
            for index in run.trials.indices { run.trials[index].rates.rxPps *= factor }
            run.plan.link.mtuBytes = 9000
        }
        return ResultComparison(
            base: try sampleRun(trials: 12), called: "before", new: new, called: "after", design: .paired, threshold: 0.05,
            command: ["vethmark", "compare"])
    }
}
