import Metrics
import Results

/// A sweep as far as it has come: what is done, and whose turn is next.
struct SweepCourse {
    /// Whose turn it is.
    struct Turn: Hashable {
        let round: Int
        /// Nil for the calibration trial.
        let cell: Int?
    }

    let design: SweepDesign
    private var records: [Turn: SweepRecord] = [:]

    init(_ design: SweepDesign, records: [SweepRecord] = []) {
        self.design = design
        for record in records { add(record) }
    }

    mutating func add(_ record: SweepRecord) { records[Turn(round: record.round, cell: record.cell)] = record }

    /// Rounds that were begun.
    var rounds: Int { (records.keys.map(\.round).max() ?? -1) + 1 }

    func trials(ofCell cell: Int?) -> [SweepTrial] {
        (0..<rounds).compactMap { records[Turn(round: $0, cell: cell)]?.trial }
    }

    func obstacle(ofCell cell: Int?) -> String? {
        if let cell, let obstacle = design.cells[cell].obstacle { return obstacle }
        return (0..<rounds).lazy.compactMap { records[Turn(round: $0, cell: cell)]?.obstacle }.first
    }

    /// Of the first calibration trial: those of the base plan's link.
    var conditions: Conditions? {
        (0..<rounds).lazy.compactMap { records[Turn(round: $0, cell: nil)]?.conditions }.first
    }

    /// Cells as they had their turns.
    var order: [[Int]] {
        (0..<rounds).map { round in design.order(ofRound: round).filter { records[Turn(round: round, cell: $0)]?.trial != nil } }
    }

    /// The first turn that nobody has had; nil if all is done.
    var next: Turn? {
        for round in 0..<design.rounds {
            if isPreciseEnough(before: round) { return nil }
            let cells = [nil] + design.order(ofRound: round).map { Optional($0) }
            let missing = cells.first { obstacle(ofCell: $0) == nil && records[Turn(round: round, cell: $0)] == nil }
            if let missing { return Turn(round: round, cell: missing) }
        }
        return nil
    }

    /// How many turns there are until the last round, `next` among them.
    var remaining: Int {
        let cells = [nil] + design.cells.indices.map { Optional($0) }
        return cells.filter { obstacle(ofCell: $0) == nil }.reduce(0) { sum, cell in
            sum + design.rounds - (0..<rounds).filter { records[Turn(round: $0, cell: cell)] != nil }.count
        }
    }

    /// Looks only behind a few numbers of rounds: who looks after each stops at lucky ones too often.
    private func isPreciseEnough(before round: Int) -> Bool {
        guard let precision = design.precision, [6, 12, 20].contains(round) || round >= 30 && round.isMultiple(of: 10) else { return false }
        return design.cells.indices.allSatisfy { index in
            guard obstacle(ofCell: index) == nil else { return true }
            let samples = (0..<round).compactMap { records[Turn(round: $0, cell: index)]?.trial?.trial }.filter(\.trusted).map(
                \.rates.rxPps)
            guard let figure = MedianInterval(samples), let width = figure.interval.halfWidth(of: figure.median) else { return false }
            return width <= precision
        }
    }
}

extension SweepDesign {
    /// Whether nobody has a turn any more.
    public func isDone(by records: [SweepRecord]) -> Bool { SweepCourse(self, records: records).next == nil }
}
