import Histogram

/// What one or many recorders counted, as a value: percentiles by HdrHistogram, and least, greatest
/// and mean exactly.
///
/// Everything in it describes the same set of values, so that the mean lies between the bars'
/// bounds and the bars add up to `count`.
public struct LatencyDistribution: Sendable {
    private var histogram: Histogram<UInt64>
    private(set) var sum: UInt128 = 0
    private(set) var minimum: UInt64 = .max
    private(set) var maximum: UInt64 = 0

    /// How many values there are.
    public private(set) var count: UInt64 = 0
    /// How many of them were above `LatencyRecorder.highestTrackable`.
    public private(set) var overflow: UInt64 = 0
    /// How many differences were below zero; they are in none of the other figures.
    public private(set) var negative: UInt64 = 0

    /// Nothing measured.
    public init() { histogram = Self.emptyHistogram() }

    private static func emptyHistogram() -> Histogram<UInt64> {
        Histogram(
            lowestDiscernibleValue: 1, highestTrackableValue: LatencyRecorder.highestTrackable,
            numberOfSignificantValueDigits: .three)
    }

    /// What `recorder` has counted up to now; it may go on afterwards.
    public init(_ recorder: borrowing LatencyRecorder) {
        // Each counter goes in by its highest value, which is what percentiles are told in; so
        // the library's own clamp to the greatest value it saw never falls below the exact maximum.
        var filled = Self.emptyHistogram()
        recorder.forEachCounter { value, count in
            let isRecorded = filled.record(value, count: count)
            precondition(isRecorded, "the recorder's layout differs from the library's")
        }
        histogram = filled
        sum = recorder.sum
        minimum = recorder.minimum
        maximum = recorder.maximum
        count = recorder.count
        overflow = recorder.overflow
        negative = recorder.negative
    }

    /// What another than a recorder has counted in a recorder's layout, such as a program in the kernel.
    ///
    /// - Parameters:
    ///   - counters: `LatencyRecorder.counterCount` of them.
    ///   - overflow: how many values were above `LatencyRecorder.highestTrackable`; they are in the last counter.
    ///   - sum: nanoseconds, as `minimum` and `maximum`.
    ///   - minimum: `UInt64.max` before the first value.
    public init(
        counters: [UInt64], overflow: UInt64, negative: UInt64, sum: UInt128, minimum: UInt64, maximum: UInt64
    ) {
        precondition(counters.count == LatencyRecorder.counterCount, "a distribution takes all counters")
        var filled = Self.emptyHistogram()
        for index in 0..<LatencyRecorder.counterCount where counters[index] != 0 {
            let isRecorded = filled.record(LatencyRecorder.highestValue(ofCounter: index), count: counters[index])
            precondition(isRecorded, "the recorder's layout differs from the library's")
            count &+= counters[index]
        }
        histogram = filled
        self.sum = sum
        self.minimum = minimum
        self.maximum = maximum
        self.overflow = overflow
        self.negative = negative
    }

    /// Adds one difference of two times, nanoseconds, as a recorder does, where no loop is in a hurry.
    public mutating func record(_ nanoseconds: Int64) {
        guard nanoseconds >= 0 else {
            negative &+= 1
            return
        }
        let value = UInt64(nanoseconds)
        let tracked = min(value, LatencyRecorder.highestTrackable)
        let isRecorded = histogram.record(LatencyRecorder.highestValue(ofCounter: LatencyRecorder.counterIndex(tracked)))
        precondition(isRecorded, "the recorder's layout differs from the library's")
        overflow &+= value > tracked ? 1 : 0
        count &+= 1
        sum &+= UInt128(value)
        minimum = min(minimum, value)
        maximum = max(maximum, value)
    }

    /// Adds the values of `other`, without loss.
    public mutating func merge(_ other: LatencyDistribution) {
        histogram.add(other.histogram)
        sum &+= other.sum
        minimum = min(minimum, other.minimum)
        maximum = max(maximum, other.maximum)
        count &+= other.count
        overflow &+= other.overflow
        negative &+= other.negative
    }

    /// All values of `distributions` in one.
    public static func merging(_ distributions: some Sequence<LatencyDistribution>) -> LatencyDistribution {
        distributions.reduce(into: LatencyDistribution()) { $0.merge($1) }
    }

    /// A recorder's counters that hold anything, ascending.
    var counters: [(place: Int, count: UInt64)] {
        histogram.recordedValues().map { (LatencyRecorder.counterIndex(min($0.value, LatencyRecorder.highestTrackable)), $0.count) }
    }

    /// Nanoseconds, at most 0.05 % beside the exact percentile, to either side, never below the least nor above the
    /// greatest value; nil if nothing was measured. Where it falls among values that could not
    /// be tracked, it is the greatest value.
    ///
    /// - Parameter percentile: 0 to 100.
    public func value(atPercentile percentile: Double) -> UInt64? {
        precondition((0...100).contains(percentile), "percentiles go from 0 to 100")
        guard count > 0 else { return nil }
        guard percentile > 0 else { return minimum }
        guard percentile < 100 else { return maximum }
        let value = histogram.valueAtPercentile(percentile)
        if overflow > 0, value >= LatencyRecorder.highestTrackable { return maximum }
        // The library tells a counter's greatest value; the values in it lie around its middle.
        return max(minimum, min(maximum, value - (LatencyRecorder.width(ofCounterOf: value) - 1) / 2))
    }

    /// Nanoseconds, exact up to the rounding of one division; nil if nothing was measured.
    public var mean: Double? {
        count > 0 ? Double(sum) / Double(count) : nil
    }

    public var summary: LatencySummary {
        guard count > 0 else { return .notMeasured }
        return LatencySummary(
            count: count, min: minimum,
            p50: value(atPercentile: 50), p90: value(atPercentile: 90), p99: value(atPercentile: 99),
            p999: value(atPercentile: 99.9), p9999: value(atPercentile: 99.99),
            max: maximum, mean: mean)
    }

    /// Bars from the least to the greatest value; empty if nothing was measured. The bounds are 0, 1,
    /// 2, 4, 8 … nanoseconds, with which the counters' bounds coincide, so the counts are exact. Values
    /// that could not be tracked share one last bar that reaches to the power of two above the greatest.
    public var bars: [HistogramBar] {
        guard count > 0 else { return [] }
        var bars: [HistogramBar] = []
        let end = min(maximum, LatencyRecorder.highestTrackable)
        var lower = Self.powerOfTwo(atMost: min(minimum, LatencyRecorder.highestTrackable))
        while lower <= end {
            let upper = lower == 0 ? 1 : lower * 2
            bars.append(HistogramBar(lower: lower, upper: upper, count: histogram.count(within: lower...(upper - 1))))
            lower = upper
        }
        guard overflow > 0 else { return bars }
        bars[bars.count - 1].count -= overflow
        if overflow == count { bars = [] }
        bars.append(
            HistogramBar(
                lower: LatencyRecorder.highestTrackable + 1, upper: Self.powerOfTwo(atMost: maximum) * 2, count: overflow))
        return bars
    }

    /// The greatest power of two that is not above `value`; 0 for 0.
    private static func powerOfTwo(atMost value: UInt64) -> UInt64 {
        value == 0 ? 0 : 1 << UInt64(63 - value.leadingZeroBitCount)
    }
}
