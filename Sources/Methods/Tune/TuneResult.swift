import Metrics
import Plans
import Results

/// What `vethmark tune` found: `result.json`, and what `--json` prints.
public struct TuneResult: Codable, Equatable, Sendable {
    public static let currentSchema = "vethmark.tune/1"

    public struct Winner: Codable, Equatable, Sendable {
        /// What to change; empty if the default is the best, as far as can be told.
        public let settings: [String: String]
        /// The best cell's goal figure over the default's, from rounds of their own: above 1 is more, which for latency is worse. Nil where there was
        /// nothing to compare.
        public let margin: PairedRatio?
        /// One sentence.
        public let words: String
    }

    public let schema: String
    public let command: [String]
    public let goal: TuneGoal
    /// The default: what the winner is compared with.
    public let plan: TrialPlan
    /// Nil if it was interrupted or failed before one was found.
    public let winner: Winner?
    /// Everything that was tried, as in a sweep; the last are the default and the best in their final rounds.
    public let cells: [SweepResult.Cell]
    /// The default, once a round from the first round to the last.
    public let calibration: SweepResult.Sample
    public let conditions: Conditions
    public private(set) var warnings: [Warning]
    public private(set) var trusted: Bool
    public let interrupted: Bool
    public let failure: String?

    init(
        command: [String], goal: TuneGoal, plan: TrialPlan, winner: Winner?, cells: [SweepResult.Cell], calibration: SweepResult.Sample,
        conditions: Conditions, trusted: Bool, interrupted: Bool, failure: String?
    ) {
        schema = Self.currentSchema
        (self.command, self.goal, self.plan, self.winner, self.cells) = (command, goal, plan, winner, cells)
        (self.calibration, self.conditions, self.trusted) = (calibration, conditions, trusted)
        (self.interrupted, self.failure) = (interrupted, failure)
        warnings = []
    }

    /// With what was noticed behind the last trial.
    public func adding(_ more: [Warning]) -> TuneResult {
        var result = self
        result.warnings = (warnings + more).unique
        result.trusted = trusted && !more.contains { $0.voidsResult }
        return result
    }
}
