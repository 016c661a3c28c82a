import Methods
import Metrics

/// A sweep as far as it has come, for a live screen.
public struct LiveSweep: Sendable {
    public struct Cell: Equatable, Sendable {
        /// `mtu 1500, size 64`.
        public var name: String
        /// Frames a second received by its trials so far.
        public var rates: [Double] = []
        /// Why it has no turn; nil if it has.
        public var obstacle: String?

        public init(name: String, rates: [Double] = [], obstacle: String? = nil) {
            self.name = name
            self.rates = rates
            self.obstacle = obstacle
        }
    }

    public var cells: [Cell]
    /// At most.
    public var rounds: Int
    /// Counts from 0.
    public var round = 0
    /// How many cells of this round came before.
    public var position = 0
    /// Nil for a calibration trial, and before the first turn.
    public var current: Int?
    public var remainingNanoseconds: UInt64?

    public init(cells: [Cell], rounds: Int) {
        self.cells = cells
        self.rounds = rounds
    }

    /// - Parameter records: turns that were had already.
    public init(_ design: SweepDesign, records: [SweepRecord]) {
        cells = design.cells.map { Cell(name: Self.name($0, of: design), obstacle: $0.obstacle) }
        rounds = design.rounds
        for record in records { add(record) }
    }

    /// A cell's settings, or `the default`.
    static func name(_ cell: SweepDesign.Cell, of design: SweepDesign) -> String {
        design.vary.name(of: cell.settings) ?? "the default"
    }

    public mutating func begin(_ step: Sweep.Step, of design: SweepDesign) {
        round = step.round
        position = step.position
        current = step.cell == nil ? nil : design.order(ofRound: step.round)[step.position]
        remainingNanoseconds = step.remainingNanoseconds
    }

    /// What can't be trusted is in no figure.
    public mutating func add(_ record: SweepRecord) {
        guard let cell = record.cell, cells.indices.contains(cell) else { return }
        if let trial = record.trial?.trial, trial.trusted { cells[cell].rates.append(trial.rates.rxPps) }
        cells[cell].obstacle = cells[cell].obstacle ?? record.obstacle
    }
}
