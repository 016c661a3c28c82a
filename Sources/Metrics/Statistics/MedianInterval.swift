/// The median of some samples and the interval between two of them that holds the true one, whatever their distribution (the sign test turned round;
/// Conover, Practical Nonparametric Statistics, section 3.2).
public struct MedianInterval: Codable, Equatable, Sendable {
    public var count: Int
    public var median: Double
    public var interval: ConfidenceInterval

    /// Nil with too few samples for that confidence: 95 % needs 6, 90 % needs 5.
    ///
    /// - Parameter samples: finite, each independent of the others.
    public init?(_ samples: [Double], confidence: Double = 0.95) {
        guard let rank = Self.rank(count: samples.count, confidence: confidence) else { return nil }
        let sorted = samples.sorted()
        count = sorted.count
        median = Metrics.median(ofSorted: sorted)
        interval = ConfidenceInterval(low: sorted[rank.position - 1], high: sorted[sorted.count - rank.position], level: rank.level)
    }

    /// The highest k for which the k-th smallest and the k-th largest sample make such an interval; k counts from 1.
    private static func rank(count: Int, confidence: Double) -> (position: Int, level: Double)? {
        guard count > 0 else { return nil }
        let tail = SignDistribution(count: count).lowerTail
        let positions = tail.prefix((count + 1) / 2).prefix { 1 - 2 * $0 >= confidence }.count
        guard positions > 0 else { return nil }
        return (positions, 1 - 2 * tail[positions - 1])
    }
}
