import Plans
import Results

/// A whole bakeoff: what `result.json` holds and `--json` prints.
public struct BakeoffResult: Codable, Sendable {
    public static let currentSchema = "vethmark.bakeoff/1"

    public let schema: String
    /// The words of the command line.
    public let command: [String]
    /// Of the first pair that fits; the others' differ from it in engine, receiver and what only those have.
    public let plan: TrialPlan
    /// Of the first trial; nil if nothing was measured.
    public let conditions: Conditions?
    public let rounds: Int
    /// One for each pair, in the order of their turns.
    public let entries: [Bakeoff.Entry]
    /// By purpose: `throughput`, `socket` (the same into the `ring` receiver), `latency`, `cpu`; the entry's name.
    public let winners: [String: String]
    public let interrupted: Bool
    /// Whether something was measured, and the book of everything that was closed.
    public let trusted: Bool

    public init(_ outcome: Bakeoff.Outcome, plan: TrialPlan, conditions: Conditions?, command: [String]) {
        schema = Self.currentSchema
        self.command = command
        self.plan = plan
        self.conditions = conditions
        rounds = outcome.rounds
        entries = outcome.entries
        winners = outcome.winners
        interrupted = outcome.interrupted
        trusted = outcome.trusted
    }

    public var outcome: Bakeoff.Outcome {
        Bakeoff.Outcome(rounds: rounds, entries: entries, winners: winners, interrupted: interrupted, trusted: trusted)
    }
}
