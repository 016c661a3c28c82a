/// How latency went over a trial: a histogram for each interval of its window, and of what came behind it.
public struct LatencyOverTime: Codable, Equatable, Sendable {
    /// Nanoseconds, ascending: class `n` holds what lay in `bounds[n] ..< bounds[n + 1]`. Four classes make a doubling; below 1,024 ns each is 256 ns
    /// wide. What was slower than 68.7 s is in the class that ends there.
    public var bounds: [UInt64]
    /// From the start of the window on, without a gap.
    public var intervals: [Interval]

    public struct Interval: Codable, Equatable, Sendable {
        /// From the start of the window.
        public var startNanoseconds: UInt64
        public var endNanoseconds: UInt64
        /// Nanoseconds, at most 3.2 % or 32 ns beside the exact percentile; nil if nothing came.
        public var p50: UInt64?
        public var p99: UInt64?
        /// Frames in each class. Over all intervals they add up to `path.count`.
        public var counts: [UInt64]

        public init(startNanoseconds: UInt64, endNanoseconds: UInt64, p50: UInt64? = nil, p99: UInt64? = nil, counts: [UInt64]) {
            self.startNanoseconds = startNanoseconds
            self.endNanoseconds = endNanoseconds
            self.p50 = p50
            self.p99 = p99
            self.counts = counts
        }

        /// Frames in all classes.
        public var count: UInt64 { counts.reduce(0, &+) }
    }

    /// Of `IntervalRecorder`, whose buckets are finer so that percentiles are.
    static let bucketsPerClass = 4

    public init(bounds: [UInt64], intervals: [Interval]) {
        self.bounds = bounds
        self.intervals = intervals
    }
}
