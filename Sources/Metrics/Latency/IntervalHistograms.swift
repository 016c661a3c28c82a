/// What one or many `IntervalRecorder`s hold, as a value: a histogram for each interval.
public struct IntervalHistograms: Codable, Equatable, Sendable {
    public private(set) var intervalNanoseconds: UInt64
    /// By bucket, of which 16 make a doubling.
    private(set) var intervals: [[UInt64]]

    /// What `recorder` has cut up to now; nil where it cuts nothing.
    public init?(_ recorder: borrowing IntervalRecorder) {
        guard recorder.intervalNanoseconds > 0 else { return nil }
        intervalNanoseconds = recorder.intervalNanoseconds
        intervals = recorder.intervals
        // Whoever cuts by the clock goes on when nothing comes any more.
        while let last = intervals.last, !last.contains(where: { $0 > 0 }) { intervals.removeLast() }
    }

    /// All values of all in one; nil of none.
    ///
    /// - Parameter histograms: their intervals began together and were planned to be as long: that they were doubled here and there does no harm.
    public static func merging(_ histograms: some Sequence<IntervalHistograms>) -> IntervalHistograms? {
        histograms.reduce(nil) { sum, next in
            guard var sum else { return next }
            sum.merge(next)
            return sum
        }
    }

    private mutating func merge(_ other: IntervalHistograms) {
        var other = other
        while intervalNanoseconds < other.intervalNanoseconds { fold() }
        while other.intervalNanoseconds < intervalNanoseconds { other.fold() }
        while intervals.count < other.intervals.count { intervals.append(Self.none) }
        for (index, counts) in other.intervals.enumerated() {
            intervals[index] = zip(intervals[index], counts).map { $0 &+ $1 }
        }
    }

    private static let none = [UInt64](repeating: 0, count: IntervalRecorder.bucketCount)

    /// Makes one interval of each two.
    mutating func fold() {
        intervals = stride(from: 0, to: intervals.count, by: 2).map { first in
            zip(intervals[first], first + 1 < intervals.count ? intervals[first + 1] : Self.none).map { $0 &+ $1 }
        }
        intervalNanoseconds *= 2
    }

    /// As results keep it, with four buckets for each doubling; nil if nothing was measured.
    public var overTime: LatencyOverTime? {
        let each = LatencyOverTime.bucketsPerClass
        let classes = intervals.map { counts in
            stride(from: 0, to: counts.count, by: each).map { counts[$0..<$0 + each].reduce(0, &+) }
        }
        let used = (0..<IntervalRecorder.bucketCount / each).filter { index in classes.contains { $0[index] > 0 } }
        guard let first = used.first, let last = used.last else { return nil }
        return LatencyOverTime(
            bounds: (first...last + 1).map { Self.lowest(ofBucket: $0 * each) },
            intervals: intervals.indices.map { index in
                let start = UInt64(index) * intervalNanoseconds
                return LatencyOverTime.Interval(
                    startNanoseconds: start, endNanoseconds: start + intervalNanoseconds,
                    p50: Self.percentile(50, of: intervals[index]), p99: Self.percentile(99, of: intervals[index]),
                    counts: Array(classes[index][first...last]))
            })
    }

    /// Nanoseconds, the middle of the bucket that the value lies in; nil of none.
    static func percentile(_ percentile: Double, of counts: [UInt64]) -> UInt64? {
        let total = counts.reduce(0, &+)
        guard total > 0 else { return nil }
        let rank = max(1, (Double(total) * percentile / 100).rounded(.up))
        var below = 0.0
        for (bucket, count) in counts.enumerated() {
            below += Double(count)
            guard below >= rank else { continue }
            return (lowest(ofBucket: bucket) + lowest(ofBucket: bucket + 1)) / 2
        }
        return nil
    }

    /// Nanoseconds; the bucket behind the last one begins where nothing can be tracked any more.
    static func lowest(ofBucket bucket: Int) -> UInt64 {
        bucket == 0 ? 0 : LatencyRecorder.highestValue(ofCounter: bucket * IntervalRecorder.countersPerBucket - 1) + 1
    }
}
