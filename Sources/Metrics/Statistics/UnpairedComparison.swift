/// Two sets that were measured one behind the other: the median of all their ratios (Hodges and Lehmann) with the interval that the rank-sum test leaves
/// (Mann and Whitney). What drifted from the first set to the second is in it, and nothing in the samples can tell.
public struct UnpairedComparison: Comparison, Equatable {
    public let scale: ComparisonScale
    public let count: Int
    public let estimate: Double
    public let interval: ConfidenceInterval
    public let equivalenceInterval: ConfidenceInterval
    /// Of the rank-sum test, exact up to 100 samples each; of equal samples half is counted.
    public let pValue: Double

    /// Nil below 6 samples in either set, or for ratios of what isn't above zero. Of more than 1,000 samples each the first 1,000 count.
    public init?(base: [Double], new: [Double], scale: ComparisonScale = .ratio) {
        let (base, new) = (Array(base.prefix(Self.maximumCount)), Array(new.prefix(Self.maximumCount)))
        guard min(base.count, new.count) >= Self.minimumCount else { return nil }
        let effects = base.flatMap { base in new.compactMap { scale.effect(base, $0) } }.sorted()
        let ranks = RankSumDistribution(base.count, new.count)
        guard effects.count == base.count * new.count, let wide = ranks.interval(effects, confidence: 0.95),
            let narrow = ranks.interval(effects, confidence: 0.9)
        else { return nil }
        self.scale = scale
        count = min(base.count, new.count)
        estimate = scale.median(ofSorted: effects)
        interval = wide
        equivalenceInterval = narrow
        let above = effects.reduce(0.0) { $0 + ($1 > scale.neutral ? 1 : $1 == scale.neutral ? 0.5 : 0) }
        pValue = ranks.twoSided(min(above, Double(effects.count) - above))
    }

    private static let minimumCount = 6
    private static let maximumCount = 1000
}

/// In how many of the pairs between two sets from the same distribution the first is the larger (U of Mann and Whitney).
private struct RankSumDistribution {
    /// P(U ≤ u); exact for small sets.
    private let lowerTail: (Int) -> Double
    private let pairCount: Int

    init(_ first: Int, _ second: Int) {
        pairCount = first * second
        guard max(first, second) > 100 else {
            let tail = Self.exact(first, second)
            lowerTail = { tail[$0] }
            return
        }
        let mean = Double(first * second) / 2
        let deviation = (mean * Double(first + second + 1) / 6).squareRoot()
        lowerTail = { NormalTail.upper((mean - Double($0) - 0.5) / deviation) }
    }

    /// The coefficients of the Gaussian binomial, summed up: ∏ (1 − qᵐ⁺ⁱ)/(1 − qⁱ).
    private static func exact(_ first: Int, _ second: Int) -> [Double] {
        var counts = [Double](repeating: 0, count: first * second + 1)
        counts[0] = 1
        for step in 1...first {
            for index in stride(from: counts.count - 1, through: second + step, by: -1) { counts[index] -= counts[index - second - step] }
            for index in stride(from: step, to: counts.count, by: 1) { counts[index] += counts[index - step] }
        }
        var sum = 0.0
        let tail = counts.map { count in
            sum += count
            return sum
        }
        return tail.map { $0 / sum }
    }

    /// - Parameter effects: of all pairs, sorted.
    func interval(_ effects: [Double], confidence: Double) -> ConfidenceInterval? {
        var below = 0
        // P(U ≤ u) rises: the last u that leaves the confidence.
        var above = pairCount / 2 + 1
        guard 1 - 2 * lowerTail(0) >= confidence else { return nil }
        while above - below > 1 {
            let middle = (below + above) / 2
            if 1 - 2 * lowerTail(middle) >= confidence { below = middle } else { above = middle }
        }
        return ConfidenceInterval(low: effects[below], high: effects[effects.count - 1 - below], level: 1 - 2 * lowerTail(below))
    }

    /// - Parameter smaller: The smaller U. Halves, where samples are equal, count as the whole above: that is the careful side.
    func twoSided(_ smaller: Double) -> Double { min(1, 2 * lowerTail(Int(smaller.rounded(.up)))) }
}
