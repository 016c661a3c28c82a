import Metrics
import Results

/// How two cells compare, round by round: the median of the ratios of trials of the same round, so that what hits a whole round cancels out.
public struct PairedRatio: Codable, Equatable, Sendable {
    /// The middle of the ratios, or the geometric mean of the two in the middle.
    public let ratio: Double
    /// Rounds in which both have a trial that can be trusted.
    public let rounds: Int
    /// Nil below 6 rounds: nothing is told apart then.
    public let interval: ConfidenceInterval?

    /// Nil without a common round, or where a figure is not above zero.
    public init?(_ sample: SweepResult.Sample, over base: SweepResult.Sample, of figure: (SweepTrial) -> Double? = { $0.trial.rates.rxPps })
    {
        var ratios: [Double] = []
        for other in base.trials where other.trial.trusted {
            guard let trial = sample.trials.first(where: { $0.round == other.round && $0.trial.trusted }) else { continue }
            guard let value = figure(trial), let base = figure(other), value > 0, base > 0 else { return nil }
            ratios.append(value / base)
        }
        guard !ratios.isEmpty else { return nil }
        ratios.sort()
        rounds = ratios.count
        ratio = ComparisonScale.ratio.median(ofSorted: ratios)
        interval = MedianInterval(ratios)?.interval
    }

    /// Whether it is certainly another: 1 lies outside of the interval.
    public var isTold: Bool { interval.map { !$0.contains(ComparisonScale.ratio.neutral) } ?? false }
}
