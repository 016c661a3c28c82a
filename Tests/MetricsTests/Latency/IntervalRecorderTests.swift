import Memory
import TestSupport
import Testing

@testable import Metrics

/// A recorder whose values are cut into intervals as a receive loop does it: a batch belongs where it begins.
private struct Course: ~Copyable {
    private let memory: OwnedTable<UInt64>
    var recorder: LatencyRecorder
    var intervals: IntervalRecorder

    init(_ intervalNanoseconds: UInt64?, from start: UInt64) {
        // Memory from the system need not be clear.
        memory = OwnedTable(repeating: .max, count: LatencyRecorder.counterCount)
        recorder = LatencyRecorder(memory: memory.table)
        intervals = IntervalRecorder(intervalNanoseconds: intervalNanoseconds)
        intervals.begin(at: start)
    }

    mutating func add(_ batch: [Int64], at time: UInt64) {
        if time >= intervals.endNanoseconds { intervals.cut(at: time, recorder) }
        for value in batch { recorder.record(value) }
    }

    /// All of it, the rest in the last interval.
    mutating func finish() -> IntervalHistograms? {
        intervals.finish(recorder)
        return IntervalHistograms(intervals)
    }

    /// What each bucket of the recorder holds, told another way.
    var buckets: [UInt64] {
        var sums = [UInt64](repeating: 0, count: IntervalRecorder.bucketCount)
        recorder.forEachCounter { value, count in sums[LatencyRecorder.counterIndex(value) / 64] += count }
        return sums
    }
}

private func sum(_ rows: [[UInt64]]) -> [UInt64] {
    rows.reduce([UInt64](repeating: 0, count: IntervalRecorder.bucketCount)) { zip($0, $1).map { $0 + $1 } }
}

@Suite struct IntervalRecorderTests {
    /// Whatever comes whenever, for as long as it likes: nothing is lost, and each value is in the interval of its batch.
    @Test func intervalsAreTheWholeBucketByBucket() throws {
        var generator = SeededGenerator()
        for round in 0..<30 {
            let start = generator.nextOfAnyLength(bits: 61)
            let width = generator.nextOfAnyLength(bits: 30) + 1
            let reach = Int.random(in: 1...12, using: &generator)
            var course = Course(width, from: start)
            var batches: [(time: UInt64, values: [Int64])] = []
            var time = start
            for _ in 0..<Int.random(in: 0...400, using: &generator) {
                time += UInt64.random(in: 0...width * UInt64(reach) / 4, using: &generator)
                let values = (0..<Int.random(in: 1...20, using: &generator)).map { _ in
                    Int64(generator.nextOfAnyLength(bits: 40)) - (Bool.random(using: &generator) ? 1 : 0)
                }
                course.add(values, at: time)
                batches.append((time, values))
            }
            let finished = course.finish()
            let histograms = try #require(finished)
            let (buckets, count) = (course.buckets, course.recorder.count)
            #expect(sum(histograms.intervals) == buckets, "round \(round)")
            #expect(histograms.intervals.count <= IntervalRecorder.mostIntervals)
            #expect((histograms.intervalNanoseconds / width).nonzeroBitCount == 1 && histograms.intervalNanoseconds.isMultiple(of: width))
            for (index, row) in histograms.intervals.enumerated() {
                let own = batches.filter { Int(($0.time - start) / histograms.intervalNanoseconds) == index }
                let counted = own.flatMap(\.values).filter { $0 >= 0 }.count
                #expect(row.reduce(0, +) == UInt64(counted), "round \(round), interval \(index)")
            }
            let overTime = histograms.overTime
            #expect((overTime?.intervals ?? []).reduce(0) { $0 + $1.count } == count, "round \(round)")
        }
    }

    @Test func nothingIsCutWhereNobodyAsks() {
        var course = Course(nil, from: 5)
        course.add([1, 2, 3], at: .max - 1)
        let finished = course.finish()
        let end = course.intervals.endNanoseconds
        #expect(end == .max && finished == nil)
    }

    /// A clock that was set, or a batch that began before the window.
    @Test func timesThatCannotBeDoNoHarm() throws {
        var course = Course(1_000, from: 1 << 60)
        course.add([5], at: 3)
        course.add([6], at: .max - 5)
        course.add([7], at: 0)
        let finished = course.finish()
        let histograms = try #require(finished)
        #expect(histograms.overTime?.intervals.map(\.count).reduce(0, +) == 3)
        #expect(histograms.intervals.count <= IntervalRecorder.mostIntervals)
    }

    /// As the trial's thread does for a program, which may have nothing to count any more.
    @Test func intervalsEndWithTheLastValue() throws {
        var course = Course(10, from: 0)
        course.add([5], at: 25)
        for time in stride(from: UInt64(30), through: 200, by: 10) { course.intervals.cut(at: time, course.recorder) }
        let finished = course.finish()
        #expect(finished?.overTime?.intervals.map(\.count) == [0, 0, 1])
        var empty = Course(10, from: 0)
        empty.intervals.cut(at: 500, empty.recorder)
        let nothing = empty.finish()
        #expect(nothing != nil && nothing?.overTime == nil)
    }

    @Test func aNewBeginningForgetsAll() throws {
        var course = Course(10, from: 0)
        course.add([5], at: 1)
        course.add([6], at: 5_000)
        course.recorder.reset()
        course.intervals.begin(at: 100)
        course.add([7], at: 115)
        let finished = course.finish()
        let histograms = try #require(finished)
        #expect(histograms.intervalNanoseconds == 10 && histograms.overTime?.intervals.map(\.count) == [0, 1])
    }

    /// A program's counters of the same layout come to the same.
    @Test func countersOfAnotherAreCutAlike() throws {
        var course = Course(100, from: 0)
        var other = IntervalRecorder(intervalNanoseconds: 100)
        other.begin(at: 0)
        var counters = [UInt64](repeating: 0, count: LatencyRecorder.counterCount)
        var generator = SeededGenerator()
        for time in stride(from: UInt64(0), to: 20_000, by: 37) {
            let value = Int64(generator.nextOfAnyLength(bits: 36))
            course.add([value], at: time)
            if time >= other.endNanoseconds {
                let (low, high) = (course.recorder.minimum, course.recorder.maximum)
                // The value that has just come isn't in these yet.
                other.cut(at: time, from: low, to: high) { counters[$0] }
            }
            counters[LatencyRecorder.counterIndex(UInt64(value))] += 1
        }
        other.finish(from: course.recorder.minimum, to: course.recorder.maximum) { counters[$0] }
        let (own, others) = (course.finish(), IntervalHistograms(other))
        #expect(own == others)
    }

    /// One worker saw a long trial, another only its beginning.
    @Test func workersAreAddedUpWhateverTheyDoubled() throws {
        var short = Course(10, from: 0)
        var long = Course(10, from: 0)
        for time in stride(from: UInt64(0), to: 1_000, by: 5) { short.add([100], at: time) }
        for time in stride(from: UInt64(0), to: 5_000, by: 5) { long.add([3_000], at: time) }
        let parts = [short.finish(), long.finish()].compactMap { $0 }
        let buckets = zip(short.buckets, long.buckets).map { $0 + $1 }
        #expect(parts.map(\.intervalNanoseconds) == [10, 80])
        for order in [parts, parts.reversed()] {
            let all = try #require(IntervalHistograms.merging(order))
            #expect(all.intervalNanoseconds == parts[1].intervalNanoseconds)
            #expect(sum(all.intervals) == buckets)
            let first = try #require(all.overTime?.intervals.first)
            #expect(first.count == 2 * all.intervalNanoseconds / 5)
        }
        #expect(IntervalHistograms.merging([]) == nil)
    }

    @Test func percentilesAreAsNearAsIsTold() throws {
        var generator = SeededGenerator()
        for _ in 0..<200 {
            let values = (0..<Int.random(in: 1...300, using: &generator)).map { _ in Int64(generator.nextOfAnyLength(bits: 36)) }.sorted()
            var course = Course(1_000, from: 0)
            course.add(values, at: 0)
            let finished = course.finish()
            let interval = try #require(finished?.overTime?.intervals.first)
            for (percentile, told) in [(50.0, interval.p50), (99.0, interval.p99)] {
                let rank = max(1, Int((Double(values.count) * percentile / 100).rounded(.up)))
                let (exact, near) = (Double(values[rank - 1]), Double(try #require(told)))
                #expect((near - exact).magnitude <= max(exact * 0.032, 32), "\(percentile): \(near), \(exact)")
            }
        }
    }

    @Test func boundsAreRoundAndHoldWhatTheySay() throws {
        var course = Course(1_000, from: 0)
        course.add([0, 255, 256, 1_023, 1_024, 2_047, 2_048, 1 << 36, .max], at: 0)
        let finished = course.finish()
        let overTime = try #require(finished?.overTime)
        #expect(overTime.bounds.prefix(10) == [0, 256, 512, 768, 1_024, 1_280, 1_536, 1_792, 2_048, 2_560])
        #expect(overTime.bounds.last == 1 << 36 && overTime.bounds.count == overTime.intervals[0].counts.count + 1)
        #expect(overTime.intervals[0].counts.prefix(9) == [2, 1, 0, 1, 1, 0, 0, 1, 1] && overTime.intervals[0].counts.last == 2)
    }
}
