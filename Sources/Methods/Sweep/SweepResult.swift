import Metrics
import Plans
import Results

/// A whole sweep: what `result.json` holds and `--json` prints.
public struct SweepResult: Codable, Equatable, Sendable {
    public static let currentSchema = "vethmark.sweep/1"

    /// The trials of a plan and what they come to.
    public struct Sample: Codable, Equatable, Sendable {
        public let trials: [SweepTrial]
        /// Over the trials that can be trusted.
        public let summary: RunResult.Summary
        /// Of the median of `rxPps`, over the same trials; nil below 6 of them.
        public let rxPpsInterval: ConfidenceInterval?
        /// Trials in no figure, because a warning voids them.
        public let voidTrials: Int
        /// Whether more trials can be trusted than can't.
        public var trusted: Bool { trials.count > 2 * voidTrials }

        init(_ trials: [SweepTrial]) {
            let good = trials.map(\.trial).filter(\.trusted)
            self.trials = trials
            summary = .init(good)
            rxPpsInterval = MedianInterval(good.map(\.rates.rxPps))?.interval
            voidTrials = trials.count - good.count
        }

        private enum CodingKeys: CodingKey { case trials, summary, rxPpsInterval, voidTrials, trusted }

        public init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            trials = try values.decode([SweepTrial].self, forKey: .trials)
            summary = try values.decode(RunResult.Summary.self, forKey: .summary)
            rxPpsInterval = try values.decodeIfPresent(ConfidenceInterval.self, forKey: .rxPpsInterval)
            voidTrials = try values.decode(Int.self, forKey: .voidTrials)
        }

        public func encode(to encoder: any Encoder) throws {
            var values = encoder.container(keyedBy: CodingKeys.self)
            try values.encode(trials, forKey: .trials)
            try values.encode(summary, forKey: .summary)
            try values.encodeIfPresent(rxPpsInterval, forKey: .rxPpsInterval)
            try values.encode(voidTrials, forKey: .voidTrials)
            try values.encode(trusted, forKey: .trusted)
        }
    }

    public struct Cell: Codable, Equatable, Sendable {
        public let settings: [String: String]
        /// Why it was not measured, or no further; nil if nothing was in its way.
        public let obstacle: String?
        public let sample: Sample

        private enum CodingKeys: CodingKey { case settings, obstacle }

        init(settings: [String: String], obstacle: String?, sample: Sample) {
            (self.settings, self.obstacle, self.sample) = (settings, obstacle, sample)
        }

        public init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            settings = try values.decode([String: String].self, forKey: .settings)
            obstacle = try values.decodeIfPresent(String.self, forKey: .obstacle)
            sample = try Sample(from: decoder)
        }

        public func encode(to encoder: any Encoder) throws {
            var values = encoder.container(keyedBy: CodingKeys.self)
            try values.encode(settings, forKey: .settings)
            try values.encodeIfPresent(obstacle, forKey: .obstacle)
            try sample.encode(to: encoder)
        }
    }

    public let schema: String
    /// The words of the command line.
    public let command: [String]
    /// What cells differ from, and what the calibration ran.
    public let plan: TrialPlan
    public let vary: [SweepDesign.Axis]
    public let zip: Bool
    /// How many rounds were begun, and how many there were to be at most.
    public let rounds: Int
    public let plannedRounds: Int
    public let precision: Double?
    /// The cells of each round in the order of their turns, behind its calibration trial.
    public let order: [[Int]]
    public let cells: [Cell]
    /// The base plan once a round: what the machine itself makes of one and the same thing.
    public let calibration: Sample
    public let conditions: Conditions
    /// Of the sweep as a whole; those of trials are theirs.
    public private(set) var warnings: [Warning]
    /// Whether something was measured, and all that was can be trusted.
    public private(set) var trusted: Bool
    /// Whether it ended before its last round by Ctrl-C.
    public let interrupted: Bool
    /// What ended it before its last round, if it wasn't that.
    public let failure: String?
    /// Whose cells these are, where others have a share of them; nil for a whole sweep.
    public private(set) var shard: SweepShare?
    /// Where it was measured; nil unless it was merged out of several.
    public private(set) var hosts: [SweepHost]?
}

extension SweepResult {
    init(
        _ course: SweepCourse, command: [String], conditions: Conditions, interrupted: Bool, failure: String?
    ) {
        let design = course.design
        schema = Self.currentSchema
        self.command = command
        plan = design.plan
        vary = design.vary
        zip = design.zip
        rounds = course.rounds
        plannedRounds = design.rounds
        precision = design.precision
        order = course.order
        cells = design.cells.indices.map { index in
            Cell(
                settings: design.cells[index].settings, obstacle: course.obstacle(ofCell: index),
                sample: Sample(course.trials(ofCell: index)))
        }
        calibration = Sample(course.trials(ofCell: nil))
        self.conditions = course.conditions ?? conditions
        warnings = []
        let measured = cells.map(\.sample).filter { !$0.trials.isEmpty }
        trusted = failure == nil && !measured.isEmpty && measured.allSatisfy(\.trusted)
        self.interrupted = interrupted
        self.failure = failure
        shard = nil
        hosts = nil
    }

    /// The same as one of several parts.
    public func of(_ share: SweepShare?) -> SweepResult {
        var result = self
        result.shard = share
        return result
    }

    /// With what was noticed behind the last trial.
    public func adding(_ more: [Warning]) -> SweepResult {
        var result = self
        result.warnings = (warnings + more).unique
        result.trusted = trusted && !more.contains { $0.voidsResult }
        return result
    }
}
