/// What repeated measurements of one figure come to.
public struct SampleSummary: Codable, Equatable, Sendable {
    public var count: Int
    public var median: Double
    public var mean: Double
    public var min: Double
    public var max: Double
    /// Sample standard deviation (n − 1); nil below two samples.
    public var standardDeviation: Double?
    /// 95 % confidence interval of the mean by Student's t; nil below two samples.
    public var confidenceLow: Double?
    public var confidenceHigh: Double?

    public init(
        count: Int, median: Double, mean: Double, min: Double, max: Double,
        standardDeviation: Double? = nil, confidenceLow: Double? = nil, confidenceHigh: Double? = nil
    ) {
        self.count = count
        self.median = median
        self.mean = mean
        self.min = min
        self.max = max
        self.standardDeviation = standardDeviation
        self.confidenceLow = confidenceLow
        self.confidenceHigh = confidenceHigh
    }
}

extension SampleSummary {
    /// Half of what lies between the least and the greatest, of the median; nil below two samples, or where the median isn't above 0.
    public var relativeSpread: Double? { count > 1 && median > 0 ? (max - min) / 2 / median : nil }

    /// - Parameter samples: Finite numbers. None gives `count` 0: not measured, and the other
    ///   figures, which are 0 then, mean nothing.
    public init(_ samples: [Double]) {
        let sorted = samples.sorted()
        guard let min = sorted.first, let max = sorted.last else {
            self.init(count: 0, median: 0, mean: 0, min: 0, max: 0)
            return
        }
        let count = Double(sorted.count)
        let mean = sorted.reduce(0, +) / count
        self.init(
            count: sorted.count, median: Metrics.median(ofSorted: sorted), mean: mean, min: min, max: max)
        guard sorted.count >= 2 else { return }
        let squares = sorted.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let deviation = (squares / (count - 1)).squareRoot()
        let margin = StudentT.quantile975(degreesOfFreedom: sorted.count - 1) * deviation / count.squareRoot()
        standardDeviation = deviation
        confidenceLow = mean - margin
        confidenceHigh = mean + margin
    }
}
