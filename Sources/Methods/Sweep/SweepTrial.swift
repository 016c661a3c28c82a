import Metrics
import Results

/// A trial of a sweep: what a run's result holds of one, without its intervals and histograms, and with its warnings.
public struct SweepTrial: Codable, Equatable, Sendable {
    /// Counts from 0.
    public private(set) var round: Int
    public let trial: TrialResult
    public let warnings: [Warning]
    /// Nil if nothing was received, and in results of before it was kept.
    public let cpuPerFrame: CPUCost?

    /// Nil if the run has no trial.
    init?(_ result: RunResult, round: Int) {
        guard var trial = result.trials.first else { return nil }
        trial.intervals = []
        (trial.latency.pathHistogram, trial.latency.responseHistogram) = ([], [])
        trial.latency.pathOverTime = nil
        trial.trusted = result.trusted
        self.round = round
        self.trial = trial
        warnings = result.warnings
        cpuPerFrame = CPUCost(trial, result.placement, result.plan.link.placement)
    }

    /// The same as if so many rounds had gone before.
    func moved(by rounds: Int) -> SweepTrial {
        var trial = self
        trial.round += rounds
        return trial
    }

    private enum CodingKeys: CodingKey { case round, warnings, cpuPerFrame }

    /// The trial's keys, and ours beside them.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        round = try values.decode(Int.self, forKey: .round)
        warnings = try values.decode([Warning].self, forKey: .warnings)
        cpuPerFrame = try values.decodeIfPresent(CPUCost.self, forKey: .cpuPerFrame)
        trial = try TrialResult(from: decoder)
    }

    public func encode(to encoder: any Encoder) throws {
        try trial.encode(to: encoder)
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(round, forKey: .round)
        try values.encode(warnings, forKey: .warnings)
        try values.encodeIfPresent(cpuPerFrame, forKey: .cpuPerFrame)
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
    /// Where it was measured, by the name that was given to the host; nil in sweeps of one machine.
    public var host: String?

    init(round: Int, cell: Int?, trial: SweepTrial?, obstacle: String?, conditions: Conditions?, host: String? = nil) {
        (self.round, self.cell, self.trial) = (round, cell, trial)
        (self.obstacle, self.conditions, self.host) = (obstacle, conditions, host)
    }
}

extension ConfidenceInterval {
    /// Half of its width over a median.
    public func halfWidth(of median: Double) -> Double? { median > 0 ? (high - low) / 2 / median : nil }
}
