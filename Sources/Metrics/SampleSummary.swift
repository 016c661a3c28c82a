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
