import Memory

/// Counts latencies on the hot path: a log-linear array of counters in the layout of HdrHistogram
/// with 3 significant decimal digits, over memory that the caller supplies and places.
///
/// Any two values that share a counter differ by less than one part in 1024. Least, greatest, sum and
/// number of the values are kept exactly beside the counters. `LatencyDistribution` turns it
/// into percentiles.
///
/// It can't be copied, so that no value is ever counted into a copy; hold it as a local variable of
/// the loop. It neither owns nor frees the memory.
@frozen
public struct LatencyRecorder: ~Copyable {
    /// log2 of half the sub-buckets: 2048 of them resolve single units up to 2 × 10³, as three
    /// significant digits demand.
    @inlinable public static var halfMagnitude: Int { 10 }
    @usableFromInline static var subBucketMask: UInt64 { 2047 }

    /// Nanoseconds, 2³⁶ − 1 (68.7 s). Larger values count in the last bucket and in `overflow`.
    @inlinable public static var highestTrackable: UInt64 { (1 << 36) - 1 }

    /// How many counters of 8 bytes it needs: 26 doublings, the first of them with both halves.
    @inlinable public static var counterCount: Int { 27 << 10 }

    /// How many bytes it needs (216 KiB), aligned to 8.
    @inlinable public static var byteCount: Int { counterCount * MemoryLayout<UInt64>.stride }

    @usableFromInline let counters: MemoryTable<UInt64>

    @usableFromInline var recorded: UInt64 = 0
    @usableFromInline var aboveTrackable: UInt64 = 0
    @usableFromInline var belowZero: UInt64 = 0
    @usableFromInline var total: UInt128 = 0
    @usableFromInline var least: UInt64 = .max
    @usableFromInline var greatest: UInt64 = 0

    /// How many values were recorded, those above `highestTrackable` among them.
    public var count: UInt64 { recorded }
    /// How many values were above `highestTrackable`.
    public var overflow: UInt64 { aboveTrackable }
    /// How many differences were below zero. They are not recorded: two clocks disagreed.
    public var negative: UInt64 { belowZero }
    /// Exact sum of the values, nanoseconds. 128 bits, for a day of milliseconds nearly fills 64.
    public var sum: UInt128 { total }
    /// Exact least value, nanoseconds; `UInt64.max` before the first.
    public var minimum: UInt64 { least }
    /// Exact greatest value, nanoseconds; 0 before the first.
    public var maximum: UInt64 { greatest }

    /// Clears the memory, which also brings its pages in before the first frame.
    ///
    /// - Parameter memory: `counterCount` words for this recorder alone, valid as long as it lives.
    public init(memory: MemoryTable<UInt64>) {
        precondition(memory.count == Self.counterCount, "a recorder needs all of its counters")
        counters = memory
        counters.fill(0)
    }

    /// Records one difference of two times, nanoseconds.
    @inlinable @inline(__always)
    public mutating func record(_ nanoseconds: Int64) {
        guard nanoseconds >= 0 else {
            belowZero &+= 1
            return
        }
        let value = UInt64(bitPattern: nanoseconds)
        let isTrackable = value <= Self.highestTrackable
        counters[Self.counterIndex(isTrackable ? value : Self.highestTrackable)] &+= 1
        aboveTrackable &+= isTrackable ? 0 : 1
        recorded &+= 1
        total &+= UInt128(truncatingIfNeeded: value)
        least = value < least ? value : least
        greatest = value > greatest ? value : greatest
    }

    /// Forgets all values; for use between warm-up and measurement.
    public mutating func reset() {
        counters.fill(0)
        recorded = 0
        aboveTrackable = 0
        belowZero = 0
        total = 0
        least = .max
        greatest = 0
    }

    /// HdrHistogram's `countsIndexForValue`: the doubling that the value lies in, then its place there.
    @inlinable @inline(__always)
    static func counterIndex(_ value: UInt64) -> Int {
        let doubling = 53 &- (value | subBucketMask).leadingZeroBitCount
        return (doubling &<< halfMagnitude) &+ Int(truncatingIfNeeded: value &>> UInt64(truncatingIfNeeded: doubling))
    }

    /// The greatest value that `counterIndex` maps to `index`.
    static func highestValue(ofCounter index: Int) -> UInt64 {
        let doubling = max(0, (index >> halfMagnitude) - 1)
        let place = UInt64(index - (doubling << halfMagnitude))
        return ((place + 1) << UInt64(doubling)) - 1
    }

    /// How many values share a counter with `value`.
    static func width(ofCounterOf value: UInt64) -> UInt64 {
        1 << UInt64(53 - (min(value, highestTrackable) | subBucketMask).leadingZeroBitCount)
    }

    /// Calls `body` for every counter that is not zero, in ascending order of values.
    func forEachCounter(_ body: (_ highestValue: UInt64, _ count: UInt64) -> Void) {
        for index in 0..<Self.counterCount where counters[index] != 0 {
            body(Self.highestValue(ofCounter: index), counters[index])
        }
    }
}

// Safe because a recorder can't be copied and its memory is given to it alone: whichever thread
// holds it is the only one that can reach the counters.
extension LatencyRecorder: @unchecked Sendable {}

extension LatencyRecorder {
    /// Counters that are added up for whoever watches: 64 neighbours are a group, 16 groups a doubling.
    static let groupCounters = 64
    public static let groupCount = counterCount / groupCounters

    /// How many values are in each group, in order, all groups told. Those beyond the least and the greatest value aren't looked at.
    public func forEachGroup(_ body: (_ group: Int, _ count: UInt64) -> Void) {
        let isEmpty = recorded == 0
        let first = isEmpty ? Self.groupCount : Self.counterIndex(min(least, Self.highestTrackable)) / Self.groupCounters
        let last = isEmpty ? -1 : Self.counterIndex(min(greatest, Self.highestTrackable)) / Self.groupCounters
        for group in 0..<Self.groupCount {
            var sum: UInt64 = 0
            if group >= first, group <= last {
                for counter in 0..<Self.groupCounters { sum &+= counters[group &* Self.groupCounters &+ counter] }
            }
            body(group, sum)
        }
    }

    /// The least value of a group, nanoseconds.
    static func lowestValue(ofGroup group: Int) -> UInt64 {
        group == 0 ? 0 : highestValue(ofCounter: group * groupCounters - 1) + 1
    }
}
