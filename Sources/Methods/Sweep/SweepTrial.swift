import Metrics
import Trials

/// A trial of a sweep: what a run's result holds of one, without its intervals and histograms, and with its warnings.
public struct SweepTrial: Codable, Equatable, Sendable {
    /// Counts from 0.
    public let round: Int
    public let trial: TrialResult
    public let warnings: [Warning]

    /// Nil if the run has no trial.
    init?(_ result: RunResult, round: Int) {
        guard var trial = result.trials.first else { return nil }
        trial.intervals = []
        (trial.latency.pathHistogram, trial.latency.responseHistogram) = ([], [])
        trial.trusted = result.trusted
        self.round = round
        self.trial = trial
        warnings = result.warnings
    }

    private enum CodingKeys: CodingKey { case round, warnings }

    /// The trial's keys, and ours beside them.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        round = try values.decode(Int.self, forKey: .round)
        warnings = try values.decode([Warning].self, forKey: .warnings)
        trial = try TrialResult(from: decoder)
    }

    public func encode(to encoder: any Encoder) throws {
        try trial.encode(to: encoder)
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(round, forKey: .round)
        try values.encode(warnings, forKey: .warnings)
    }
}

/// What one turn came to: kept as it ends.
public struct SweepRecord: Codable, Equatable, Sendable {
    public let round: Int
    /// Of the design's cells; nil for a calibration trial.
    public let cell: Int?
    /// Nil if there is none, for the reason in `obstacle`: then the cell has no more turns.
    public let trial: SweepTrial?
    public let obstacle: String?
    /// Of calibration trials.
    public let conditions: Conditions?
}

/// The 95 % interval of a median from order statistics: no assumption but that trials are independent and of one distribution.
public struct SampleInterval: Codable, Equatable, Sendable {
    public let low: Double
    public let high: Double
    /// The probability that it holds the median, at least 0.95: it can be had in steps only.
    public let level: Double

    /// Nil below 6 samples, of which not even the lowest and the highest hold the median with 95 %.
    ///
    /// It runs from the kth lowest to the kth highest sample, k as large as P(B < k) ≤ 2.5 % allows, B the number of heads of as many coins.
    public init?(_ samples: [Double]) {
        let sorted = samples.sorted()
        var tail = 0.0, rank = 0
        var probability = Double(sign: .plus, exponent: -sorted.count, significand: 1)
        while tail + probability <= 0.025, rank < sorted.count / 2 {
            tail += probability
            rank += 1
            probability *= Double(sorted.count - rank + 1) / Double(rank)
        }
        guard rank > 0 else { return nil }
        (low, high, level) = (sorted[rank - 1], sorted[sorted.count - rank], 1 - 2 * tail)
    }

    /// Half of its width over a median.
    public func halfWidth(of median: Double) -> Double? { median > 0 ? (high - low) / 2 / median : nil }
}
