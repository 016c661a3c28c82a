import Metrics
import TestSupport
import Testing

@testable import Methods
@testable import Plans
@testable import Results

/// The suites over a played link: a queue of so many frames that drains at a rate, behind a sender of another.
@Suite struct SuiteTests {
    private struct PlayedQueue {
        var depth = 500.0
        var drainPps = 10_000.0
        var senderPps = 400_000.0
        var isTrusted: (TrialPlan) -> Bool = { _ in true }

        func run(_ plan: TrialPlan) throws -> RunResult {
            let asked = min(plan.load.packetRate?.packetsPerSecond ?? senderPps, senderPps)
            let seconds = plan.load.durationNanoseconds.map { Double($0) / 1e9 }
            let sent = plan.load.frameCount ?? UInt64(asked * (seconds ?? 0))
            let offered = plan.load.frameCount ?? UInt64((plan.load.packetRate?.packetsPerSecond ?? 0) * (seconds ?? 0))
            let duration = Double(sent) / asked
            let received = min(sent, UInt64(depth + drainPps * duration))
            return try sampleRun(plan: plan) {
                $0.trials[0].ledger = Ledger(
                    offered: offered, notOffered: offered - sent, sent: sent, linkDropped: sent - received, received: received)
                $0.trials[0].rates.txPps = asked
                $0.trusted = isTrusted(plan)
            }
        }
    }

    private func request(_ kind: BenchmarkSuite.Kind, sizes: [Int] = [64], maximum: Double? = 100_000) -> BenchmarkSuite.Request {
        BenchmarkSuite.Request(
            kind: kind, sizes: sizes, minimumPps: 1_000, maximumPps: maximum, relativeWidth: 0.01, trialSeconds: 10, latencySeconds: 10,
            latencyRepeats: 2, burstRepeats: 3, burstSeconds: 0.2, pauseSeconds: 0)
    }

    private func measure(
        _ queue: PlayedQueue, _ request: BenchmarkSuite.Request, isInterrupted: @escaping () -> Bool = { false }
    ) throws -> BenchmarkSuite.Outcome {
        try BenchmarkSuite(request, draft: PlanDraft(), isInterrupted: isInterrupted) { try queue.run($0) }.measure()
    }

    /// N frames at M a second fill N · (1 − T/M) of a buffer that drains at T.
    @Test func theBuffersDepthComesOut() throws {
        let outcome = try measure(PlayedQueue(), request(.rfc9004, sizes: [64, 128]))
        #expect(outcome.trusted && outcome.rows.map(\.frameBytes) == [64, 128])
        for row in outcome.rows {
            let bursts = try #require(row.backToBack)
            #expect(
                row.throughput?.limitedBy == .link && bursts.bounded && bursts.frames.count == 3 && bursts.frames.standardDeviation == 0)
            // Of 512 frames the first 12 have left when the last comes.
            #expect((511...514).contains(bursts.frames.mean) && bursts.burstPps == 400_000)
            let throughput = try #require(row.throughputPps)
            let implied = try #require(bursts.impliedBufferNanoseconds)
            #expect(abs(implied - bursts.frames.mean / 400_000 * 1e9) < 1)
            #expect(bursts.correctedBufferNanoseconds == implied * (1 - throughput / 400_000))
            #expect(abs(try #require(bursts.bufferFrames) - 500) < 2)
        }
        #expect(outcome.trials.map(\.index) == Array(outcome.trials.indices))
        #expect(outcome.trials.filter { $0.purpose == .burst }.allSatisfy { $0.loadPps == nil && $0.engine == .ring })
    }

    @Test func whereTheLinkCarriesAllNoBufferIsToldOf() throws {
        let queue = PlayedQueue(drainPps: 1e9)
        let strict = try measure(queue, request(.rfc9004)).rows[0]
        #expect(strict.backToBack == nil && strict.notApplicable?.contains("no buffer") == true && strict.throughputPps == 100_000)
        let old = try #require(try measure(queue, request(.rfc2544)).rows[0].backToBack)
        #expect(!old.bounded && old.frames.mean == 20_000 && old.impliedBufferNanoseconds == nil && old.bufferFrames == nil)
        // A sender that is too slow tells nothing of the link.
        let slow = try measure(PlayedQueue(drainPps: 1e9, senderPps: 20_000), request(.rfc9004)).rows[0]
        #expect(slow.throughput?.limitedBy == .generator && slow.notApplicable != nil)
    }

    @Test func theLossCurveEndsBehindTwoLosslessTrials() throws {
        let row = try measure(PlayedQueue(depth: 0, drainPps: 75_000), request(.rfc2544)).rows[0]
        #expect(row.lossCurve.map(\.percent) == [100, 90, 80, 70, 60])
        #expect(row.lossCurve.map { ($0.lossRatio * 1000).rounded() } == [250, 167, 63, 0, 0])
        #expect(row.latency.count == 2 && row.latency[0].p99 == 4000)
        let throughput = try #require(row.throughput?.relevantLowerBound)
        #expect(throughput <= 75_000 && throughput > 74_000)
    }

    @Test func burstsThatCantBeTrustedAreNoRepeats() throws {
        let outcome = try measure(PlayedQueue(isTrusted: { $0.load.frameCount == nil }), request(.rfc9004))
        #expect(outcome.rows[0].backToBack == nil && outcome.rows[0].notApplicable?.contains("trusted") == true)
        // What loses frames though it was held up is telling all the same, so the longest is tried once and the next five times, in each repeat.
        #expect(!outcome.trusted && outcome.trials.count { $0.purpose == .burst } == 18 && outcome.warnings.count == 1)
    }

    @Test func anInterruptLeavesTheSizesBefore() throws {
        var count = 0
        let queue = PlayedQueue(isTrusted: { _ in
            count += 1
            return true
        })
        let outcome = try measure(queue, request(.rfc9004, sizes: [64, 128])) { count == 40 }
        #expect(outcome.interrupted && outcome.trials.count == 40 && outcome.rows[0].throughput != nil)
    }

    @Test func everyLengthOfBurstIsFound() {
        for limit in [0, 1, 2, 3, 31, 32, 33, 100, 517, 9_999, 20_000, 30_000] as [UInt64] {
            for hint in [nil, 1, 30, limit, limit + 5] as [UInt64?] {
                var search = BurstSearch(maximum: 20_000, hint: hint)
                var count = 0
                while let frames = search.next, count < 100 {
                    count += 1
                    #expect(frames >= 1 && frames <= 20_000)
                    search.add(isGood: frames <= limit, frames: frames)
                }
                let truth = min(limit, 20_000)
                #expect(search.longest <= truth && truth - search.longest <= max(0, truth / 199), "\(limit), \(String(describing: hint))")
                #expect(search.isBounded == (limit < 20_000) && count < 60, "\(limit), \(String(describing: hint)): \(count)")
                if limit >= 20_000 { #expect(count == 1) }
            }
        }
    }
}
