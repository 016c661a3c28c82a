/// Whether samples rise or fall over the rounds (Mann 1945, Kendall), and how steeply (Theil 1950, Sen 1968).
public struct DriftTest: Equatable, Sendable {
    /// Kendall's: pairs that rise minus pairs that fall, of all pairs; −1 to 1.
    public let tau: Double
    /// Two-sided, of no drift: exact up to 60 samples. Equal samples make it larger than it is.
    public let pValue: Double
    /// The median of the slopes between all pairs, a round.
    public let slopePerRound: Double

    /// Nil below 5 samples, of which none could show a drift at 5 %. Of more than 1,000 the first 1,000 count.
    ///
    /// - Parameter samples: finite, in the order in which they were taken.
    public init?(_ samples: [Double]) {
        let samples = Array(samples.prefix(1000))
        guard samples.count >= 5 else { return nil }
        var slopes: [Double] = []
        var score = 0
        for last in samples.indices {
            for first in samples.indices[..<last] {
                let rise = samples[last] - samples[first]
                score += rise > 0 ? 1 : rise < 0 ? -1 : 0
                slopes.append(rise / Double(last - first))
            }
        }
        tau = Double(score) / Double(slopes.count)
        slopePerRound = median(ofSorted: slopes.sorted())
        // As many inversions as the rarer direction has pairs; a pair of equals is half of one, rounded up.
        let inversions = (slopes.count - abs(score) + 1) / 2
        pValue = min(1, 2 * Self.lowerTail(inversions, count: samples.count))
    }

    /// P of at most so many inversions in a random order.
    private static func lowerTail(_ inversions: Int, count: Int) -> Double {
        guard count <= 60 else {
            let n = Double(count)
            let mean = n * (n - 1) / 4
            let deviation = (n * (n - 1) * (2 * n + 5) / 72).squareRoot()
            return NormalTail.upper((mean - Double(inversions) - 0.5) / deviation)
        }
        // Shares instead of counts, so that 60! needs no room: each element in turn adds 0 to index inversions, all alike.
        var shares = [1.0]
        for index in 1..<count {
            var next = [Double](repeating: 0, count: shares.count + index)
            for (position, share) in shares.enumerated() {
                for more in 0...index { next[position + more] += share / Double(index + 1) }
            }
            shares = next
        }
        return shares.prefix(inversions + 1).reduce(0, +)
    }
}
