/// How two sets of measurements compare: the ratio of their medians, with a confidence interval by
/// bootstrap (percentile method; both sets are drawn anew, with replacement, independently).
public struct RatioSummary: Codable, Equatable, Sendable {
    /// Median of the first set over median of the second.
    public var ratio: Double
    /// 95 % confidence interval of `ratio`. With one sample in each set it is a point and tells nothing.
    public var confidenceLow: Double
    public var confidenceHigh: Double

    public init(ratio: Double, confidenceLow: Double, confidenceHigh: Double) {
        self.ratio = ratio
        self.confidenceLow = confidenceLow
        self.confidenceHigh = confidenceHigh
    }

    /// Nil if a set is empty, a sample is not finite, or one of `baseline` is not above zero.
    ///
    /// - Parameters:
    ///   - resamples: How often both sets are drawn anew.
    ///   - seed: The same seed and samples give the same interval.
    public init?(_ samples: [Double], over baseline: [Double], resamples: Int = 4_000, seed: UInt64 = 1) {
        precondition(resamples >= 1, "a bootstrap needs resamples")
        guard !samples.isEmpty, !baseline.isEmpty else { return nil }
        guard samples.allSatisfy(\.isFinite), baseline.allSatisfy({ $0.isFinite && $0 > 0 }) else { return nil }
        ratio = median(ofSorted: samples.sorted()) / median(ofSorted: baseline.sorted())
        var generator = SplitMix64(seed: seed)
        let ratios = (0..<resamples).map { _ in
            Self.medianOfResample(samples, &generator) / Self.medianOfResample(baseline, &generator)
        }.sorted()
        let tail = resamples * 25 / 1000
        confidenceLow = ratios[tail]
        confidenceHigh = ratios[resamples - 1 - tail]
    }

    private static func medianOfResample(_ samples: [Double], _ generator: inout SplitMix64) -> Double {
        median(ofSorted: samples.map { _ in samples[generator.next(below: samples.count)] }.sorted())
    }
}
