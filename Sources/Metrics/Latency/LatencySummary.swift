/// What a latency histogram comes to, in nanoseconds. `count` 0 means not measured: the other
/// figures are then nil, not zero.
public struct LatencySummary: Codable, Equatable, Sendable {
    public var count: UInt64
    public var min: UInt64?
    public var p50: UInt64?
    public var p90: UInt64?
    public var p99: UInt64?
    public var p999: UInt64?
    public var p9999: UInt64?
    public var max: UInt64?
    public var mean: Double?

    public static let notMeasured = LatencySummary(count: 0)

    public init(
        count: UInt64, min: UInt64? = nil, p50: UInt64? = nil, p90: UInt64? = nil, p99: UInt64? = nil,
        p999: UInt64? = nil, p9999: UInt64? = nil, max: UInt64? = nil, mean: Double? = nil
    ) {
        self.count = count
        self.min = min
        self.p50 = p50
        self.p90 = p90
        self.p99 = p99
        self.p999 = p999
        self.p9999 = p9999
        self.max = max
        self.mean = mean
    }
}

/// One bar: how many values lay in `lower ..< upper`, nanoseconds.
public struct HistogramBar: Codable, Equatable, Sendable {
    public var lower: UInt64
    public var upper: UInt64
    public var count: UInt64

    public init(lower: UInt64, upper: UInt64, count: UInt64) {
        self.lower = lower
        self.upper = upper
        self.count = count
    }
}
