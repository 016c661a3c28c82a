import Plans
import Results

/// A whole search: what `result.json` holds and `--json` prints.
public struct SearchResult: Codable, Sendable {
    public private(set) var schema = "vethmark.search/1"
    /// The words of the command line.
    public let command: [String]
    public let conditions: Conditions?
    /// At the lowest load; other trials differ from it in load and time only.
    public let plan: TrialPlan
    public let method: LinkSearch.Method
    /// Whether times and width are shorter than those of the method's documents.
    public let scaled: Bool
    /// Frames a second, between which was searched; the maximum is nil if none was found.
    public let minimumPps: Double
    public let maximumPps: Double?
    /// Whether the maximum is what the sender makes at a rate.
    public let maximumMeasured: Bool
    public let goals: [LinkSearch.Goal]
    public let trials: [LoadTrial]
    /// False where even the lowest load met no goal, so that nothing was searched.
    public let stable: Bool
    public let interrupted: Bool
    public let failure: String?
    public let warnings: [Warning]
    public let trusted: Bool

    public init(
        _ outcome: LinkSearch.Outcome, method: LinkSearch.Method, isScaled: Bool, plan: TrialPlan, conditions: Conditions?,
        command: [String], warnings: [Warning] = []
    ) {
        self.command = command
        self.conditions = conditions
        self.plan = plan
        self.method = method
        scaled = isScaled
        minimumPps = outcome.minimumPps
        maximumPps = outcome.maximumPps
        maximumMeasured = outcome.isMaximumMeasured
        goals = outcome.goals
        trials = outcome.trials
        stable = outcome.stable
        interrupted = outcome.interrupted
        failure = outcome.failure
        let all = (outcome.warnings + warnings).unique
        self.warnings = all
        trusted = outcome.trusted && !all.contains { $0.voidsResult }
    }
}
