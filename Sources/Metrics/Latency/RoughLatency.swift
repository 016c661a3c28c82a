/// A latency distribution that is good enough to look at while it grows: a recorder's groups, 16 to a doubling from 2 µs on, of 64 ns each below.
///
/// Percentiles are at most 3 % or 32 ns beside those of the whole histogram, which the result holds.
public struct RoughLatency: Equatable, Sendable {
    /// `LatencyRecorder.groupCount` of them.
    public private(set) var groups: [UInt64]
    /// Exact, nanoseconds; `UInt64.max` before the first value.
    public private(set) var minimum: UInt64
    /// Exact, nanoseconds; 0 before the first value.
    public private(set) var maximum: UInt64

    /// Nothing measured.
    public init() { self.init(groups: Array(repeating: 0, count: LatencyRecorder.groupCount), minimum: .max, maximum: 0) }

    /// - Parameter groups: `LatencyRecorder.groupCount` of them.
    public init(groups: [UInt64], minimum: UInt64, maximum: UInt64) {
        precondition(groups.count == LatencyRecorder.groupCount, "a rough distribution takes all groups")
        self.groups = groups
        self.minimum = minimum
        self.maximum = maximum
    }

    /// How many values there are.
    public var count: UInt64 { groups.reduce(0, &+) }

    public static func + (left: RoughLatency, right: RoughLatency) -> RoughLatency {
        RoughLatency(
            groups: zip(left.groups, right.groups).map { $0 &+ $1 }, minimum: min(left.minimum, right.minimum),
            maximum: max(left.maximum, right.maximum))
    }

    /// What came since an earlier look at the same values. Least and greatest are of all there were.
    public func since(_ earlier: RoughLatency) -> RoughLatency {
        RoughLatency(groups: zip(groups, earlier.groups).map { $0 - min($0, $1) }, minimum: minimum, maximum: maximum)
    }

    /// Nanoseconds, the middle of the group that it falls into, within the least and the greatest value; nil if nothing was measured.
    ///
    /// - Parameter percentile: 0 to 100.
    public func value(atPercentile percentile: Double) -> UInt64? {
        let count = count
        guard count > 0 else { return nil }
        let rank = max(1, UInt64((Double(count) * min(max(percentile, 0), 100) / 100).rounded(.up)))
        var seen: UInt64 = 0
        for group in groups.indices {
            seen &+= groups[group]
            guard seen >= rank else { continue }
            let low = LatencyRecorder.lowestValue(ofGroup: group)
            let high = group + 1 < groups.count ? LatencyRecorder.lowestValue(ofGroup: group + 1) : maximum
            return max(minimum, min(maximum, low + (max(high, low) - low) / 2))
        }
        return maximum
    }
}
