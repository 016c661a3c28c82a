import Plans
import Results

/// A whole suite: what `result.json` holds and `--json` prints.
public struct SuiteResult: Codable, Sendable {
    /// `vethmark.rfc2544/1`, `vethmark.rfc9004/1`.
    public let schema: String
    /// The words of the command line.
    public let command: [String]
    public let conditions: Conditions?
    /// At the lowest load and the first size; other trials differ from it in load, size and time only.
    public let plan: TrialPlan
    /// Whether times and repeats are fewer than the RFC's.
    public let scaled: Bool
    public let trialNanoseconds: UInt64
    public let sizes: [BenchmarkSuite.Row]
    public let trials: [LoadTrial]
    public let interrupted: Bool
    public let failure: String?
    public let warnings: [Warning]
    public let trusted: Bool

    public init(
        _ outcome: BenchmarkSuite.Outcome, request: BenchmarkSuite.Request, isScaled: Bool, plan: TrialPlan, command: [String],
        warnings: [Warning] = []
    ) {
        schema = "vethmark.\(request.kind.rawValue)/1"
        self.command = command
        conditions = outcome.conditions
        self.plan = plan
        scaled = isScaled
        trialNanoseconds = UInt64((request.trialSeconds * 1e9).rounded())
        sizes = outcome.rows
        trials = outcome.trials
        interrupted = outcome.interrupted
        failure = outcome.failure
        let all = (outcome.warnings + warnings).unique
        self.warnings = all
        trusted = outcome.trusted && !all.contains { $0.voidsResult }
    }
}
