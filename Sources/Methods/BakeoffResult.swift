import Plans
import Results

/// A whole bakeoff: what `result.json` holds and `--json` prints.
public struct BakeoffResult: Codable, Sendable {
    public static let currentSchema = "vethmark.bakeoff/1"

    public let schema: String
    /// The words of the command line.
    public let command: [String]
    /// Without an engine or receiver that was asked for: what each round's calibration trial ran. Pairs differ from it in those, and in what only those have.
    public let plan: TrialPlan
    /// Nil in results of before they were kept, where nothing was measured.
    public let conditions: Conditions?
    public let rounds: Int
    /// One for each pair, in the order of the first round.
    public let entries: [Bakeoff.Entry]
    /// The plan once a round: what the machine itself makes of one and the same thing. Nil in results of before.
    public let calibration: SweepResult.Sample?
    /// By purpose: `throughput`, `socket` (the same into the `ring` receiver), `latency`, `cpu`; the entry's name.
    public let winners: [String: String]
    /// Whether Ctrl-C came before the last round was over: pairs have one sample more or less then, or none.
    public let interrupted: Bool
    /// What ended it before its last round, if it wasn't that.
    public let failure: String?
    /// Whether something was measured, and the book of everything that was closed.
    public let trusted: Bool

    /// - Parameter sweep: of a bakeoff's design.
    public init(_ sweep: SweepResult) {
        schema = Self.currentSchema
        command = sweep.command
        plan = sweep.plan
        conditions = sweep.conditions
        rounds = sweep.plannedRounds
        entries = Bakeoff.entries(sweep.cells, interrupted: sweep.interrupted)
        calibration = sweep.calibration
        winners = Bakeoff.winners(entries)
        interrupted = sweep.interrupted
        failure = sweep.failure
        let measured = entries.filter { $0.obstacle == nil }
        trusted = failure == nil && !measured.isEmpty && measured.allSatisfy(\.trusted) && !sweep.warnings.contains { $0.voidsResult }
    }
}
