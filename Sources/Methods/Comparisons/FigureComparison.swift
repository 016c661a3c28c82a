import Metrics

/// One figure of two results, side by side.
public struct FigureComparison: Codable, Equatable, Sendable {
    public enum Verdict: String, Codable, CaseIterable, Sendable {
        /// Better, whichever direction that is.
        case faster
        case slower
        case same, undecided
    }

    public let figure: ResultFigure
    /// Medians.
    public let base: Double
    public let new: Double
    public let baseSamples: [Double]
    public let newSamples: [Double]
    public let comparison: (any Comparison)?
    /// What counts as the same, as `ComparisonScale.size`.
    public let margin: Double
    /// Corrected for the number of figures that are looked at besides the main one.
    public let adjustedPValue: Double?
    public let verdict: Verdict
    public let words: String

    /// - Parameters:
    ///   - adjustedPValue: nil for the figure that the comparison is about.
    ///   - noun: what more of would tell more: `rounds`.
    ///   - company: what it is corrected for.
    init(_ samples: Samples, margin: Double, adjustedPValue: Double?, noun: String, company: String = "one of several figures") {
        figure = samples.figure
        base = SampleSummary(samples.base).median
        new = SampleSummary(samples.new).median
        baseSamples = samples.base
        newSamples = samples.new
        comparison = samples.comparison
        self.margin = margin
        self.adjustedPValue = adjustedPValue
        guard let comparison else {
            verdict = .undecided
            let count = min(samples.base.count, samples.new.count)
            words = count < 6 ? "undecided: \(count) of the 6 \(noun) that an interval needs" : "not compared: 0 has no ratio"
            return
        }
        if comparison.isEquivalent(within: margin) {
            verdict = .same
            words = "the same within \(FigureText.roughPercent(margin)) \(Self.unit(figure))"
        } else if comparison.isDistinct {
            let isLarger = comparison.estimate > comparison.scale.neutral
            let text = Self.effect(comparison, figure)
            if let adjustedPValue, adjustedPValue > 0.05 {
                verdict = .undecided
                words = "undecided: \(text), but it is \(company); more \(noun) tell"
            } else {
                verdict = isLarger == figure.isHigherBetter ? .faster : .slower
                words = text
            }
        } else {
            verdict = .undecided
            let needed = comparison.samplesNeeded(margin: margin)
            words = "not told apart: would need \(needed.map { "about \(FigureText.count($0))" } ?? "more than 10,000") \(noun)"
        }
    }

    /// Whether new is worse by more than that: `5%` is 5 % fewer frames, 5 % more time, or 5 points more loss.
    public func isRegression(beyond threshold: Double) -> Bool {
        guard verdict == .slower, let comparison else { return false }
        return (comparison.estimate - comparison.scale.neutral).magnitude > threshold
    }

    /// `3.1 % faster (1.2 … 4.9)`, by the direction of the estimate.
    private static func effect(_ comparison: any Comparison, _ figure: ResultFigure) -> String {
        let neutral = comparison.scale.neutral
        let isLarger = comparison.estimate > neutral
        func percent(_ value: Double) -> String { FigureText.roughPercent(isLarger ? value - neutral : neutral - value) }
        let (near, far) = (comparison.interval.low, comparison.interval.high)
        let range = isLarger ? "\(percent(near)) … \(percent(far))" : "\(percent(far)) … \(percent(near))"
        return "\(percent(comparison.estimate)) \(unit(figure)) \(isLarger ? figure.words.larger : figure.words.smaller) (\(range))"
    }

    private static func unit(_ figure: ResultFigure) -> String { figure.scale == .ratio ? "%" : "points" }

    public static func == (left: FigureComparison, right: FigureComparison) -> Bool {
        left.figure == right.figure && left.baseSamples == right.baseSamples && left.newSamples == right.newSamples
            && left.verdict == right.verdict && left.words == right.words
    }

    private enum CodingKeys: String, CodingKey {
        case name, unit, base, new, ratio, difference, ci95, level, pValue, adjustedPValue, verdict, words, smallestVisible, margin, count
        case baseSamples, newSamples, baseOutliers, newOutliers
    }

    /// What was worked out when it was saved; the samples are there to work it out again.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        figure = try values.decode(ResultFigure.self, forKey: .name)
        base = try values.decode(Double.self, forKey: .base)
        new = try values.decode(Double.self, forKey: .new)
        baseSamples = try values.decode([Double].self, forKey: .baseSamples)
        newSamples = try values.decode([Double].self, forKey: .newSamples)
        margin = try values.decode(Double.self, forKey: .margin)
        adjustedPValue = try values.decodeIfPresent(Double.self, forKey: .adjustedPValue)
        verdict = try values.decode(Verdict.self, forKey: .verdict)
        words = try values.decode(String.self, forKey: .words)
        guard let ends = try values.decodeIfPresent([Double].self, forKey: .ci95) else {
            comparison = nil
            return
        }
        guard ends.count == 2 else {
            throw DecodingError.dataCorruptedError(forKey: .ci95, in: values, debugDescription: "an interval has two ends")
        }
        let interval = ConfidenceInterval(low: ends[0], high: ends[1], level: try values.decode(Double.self, forKey: .level))
        comparison = SavedComparison(
            scale: figure.scale, count: try values.decode(Int.self, forKey: .count),
            estimate: try values.decode(Double.self, forKey: figure.scale == .ratio ? .ratio : .difference), interval: interval,
            pValue: try values.decode(Double.self, forKey: .pValue))
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(figure.rawValue, forKey: .name)
        try values.encode(figure.unit, forKey: .unit)
        try values.encode(base, forKey: .base)
        try values.encode(new, forKey: .new)
        if let comparison {
            try values.encode(comparison.estimate, forKey: comparison.scale == .ratio ? .ratio : .difference)
            try values.encode([comparison.interval.low, comparison.interval.high], forKey: .ci95)
            try values.encode(comparison.interval.level, forKey: .level)
            try values.encode(comparison.pValue, forKey: .pValue)
            try values.encodeIfPresent(adjustedPValue, forKey: .adjustedPValue)
            try values.encode(comparison.smallestVisible, forKey: .smallestVisible)
        } else if figure.scale == .ratio, base > 0 {
            try values.encode(new / base, forKey: .ratio)
        }
        try values.encode(margin, forKey: .margin)
        try values.encode(verdict, forKey: .verdict)
        try values.encode(words, forKey: .words)
        try values.encode(min(baseSamples.count, newSamples.count), forKey: .count)
        try values.encode(baseSamples, forKey: .baseSamples)
        try values.encode(newSamples, forKey: .newSamples)
        try values.encode(Outliers.positions(in: baseSamples), forKey: .baseOutliers)
        try values.encode(Outliers.positions(in: newSamples), forKey: .newOutliers)
    }

    /// A comparison out of a file. Verdicts were given when it was saved, so the interval that decides what is the same isn't in it.
    private struct SavedComparison: Comparison {
        let scale: ComparisonScale
        let count: Int
        let estimate: Double
        let interval: ConfidenceInterval
        let pValue: Double
        var equivalenceInterval: ConfidenceInterval { interval }
    }

    /// What was measured of one figure, and how it compares.
    struct Samples {
        let figure: ResultFigure
        let base: [Double]
        let new: [Double]
        let comparison: (any Comparison)?
    }
}
