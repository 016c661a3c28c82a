import Metrics

/// `p99<100us`: what a percentile of path latency has to stay below.
public struct LatencyBound: Equatable, Sendable {
    public enum Figure: String, CaseIterable, Sendable { case p50, p90, p99, p999, p9999, max, mean }

    public var figure: Figure
    public var belowNanoseconds: UInt64

    public init(figure: Figure, belowNanoseconds: UInt64) {
        self.figure = figure
        self.belowNanoseconds = belowNanoseconds
    }

    /// False where it wasn't measured: what nobody saw is not taken for good.
    public func isMet(by latency: LatencySummary) -> Bool {
        value(of: latency).map { $0 < Double(belowNanoseconds) } ?? false
    }

    private func value(of latency: LatencySummary) -> Double? {
        switch figure {
        case .p50: latency.p50.map { Double($0) }
        case .p90: latency.p90.map { Double($0) }
        case .p99: latency.p99.map { Double($0) }
        case .p999: latency.p999.map { Double($0) }
        case .p9999: latency.p9999.map { Double($0) }
        case .max: latency.max.map { Double($0) }
        case .mean: latency.mean
        }
    }
}
