import Memory
import TestSupport
import Testing

@testable import Metrics

/// Groups of a recorder's counters, against the whole of it.
@Suite struct RoughLatencyTests {
    private func rough(_ recorder: borrowing LatencyRecorder) -> RoughLatency {
        var groups: [UInt64] = []
        recorder.forEachGroup { group, count in
            #expect(group == groups.count)
            groups.append(count)
        }
        return RoughLatency(groups: groups, minimum: recorder.minimum, maximum: recorder.maximum)
    }

    @Test(arguments: [11, 20, 36]) func percentilesAreNear(_ bits: Int) throws {
        var random = SeededGenerator()
        let memory = OwnedTable(repeating: UInt64(0), count: LatencyRecorder.counterCount)
        var recorder = LatencyRecorder(memory: memory.table)
        #expect(rough(recorder) == RoughLatency() && RoughLatency().value(atPercentile: 50) == nil)
        for _ in 0..<5000 { recorder.record(Int64(random.nextOfAnyLength(bits: bits))) }
        let (rough, exact) = (rough(recorder), LatencyDistribution(recorder))
        #expect(rough.count == exact.count)
        for percentile in [0, 1, 25, 50, 90, 99, 99.9, 100] {
            let (is_, wanted) = (try #require(rough.value(atPercentile: percentile)), try #require(exact.value(atPercentile: percentile)))
            let difference = Double(max(is_, wanted) - min(is_, wanted))
            #expect(difference <= max(32, 0.033 * Double(wanted)) + 1, "\(percentile): \(is_), \(wanted)")
        }
        withExtendedLifetime(memory) {}
    }

    @Test func differencesAreOfWhatCameSince() throws {
        let memory = OwnedTable(repeating: UInt64(0), count: LatencyRecorder.counterCount)
        var recorder = LatencyRecorder(memory: memory.table)
        for _ in 0..<100 { recorder.record(1000) }
        let before = rough(recorder)
        for _ in 0..<10 { recorder.record(1_000_000) }
        let since = rough(recorder).since(before)
        #expect(since.count == 10)
        let median = try #require(since.value(atPercentile: 50))
        #expect(median > 960_000 && median <= 1_000_000)
        #expect((since + before).groups == rough(recorder).groups)
        // Of another phase nothing is left.
        #expect(before.since(rough(recorder)).count == 0)
        withExtendedLifetime(memory) {}
    }
}
