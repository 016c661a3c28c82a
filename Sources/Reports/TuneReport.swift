import Methods
import Metrics

/// What tuning found, for people: the winner first, then what was tried.
public enum TuneReport {
    private static let shown = 12

    /// Ends with a line break.
    public static func text(_ result: TuneResult, style: TextStyle) -> String {
        var lines = headline(result, style).flatMap { style.wrapped($0, indent: 4) }
        let cells = result.cells.filter { $0.sample.summary.rxPps.count > 0 }
        // Cells that stayed in longer have more trials; that alone puts the better ones first.
        let ordered = cells.sorted {
            ($0.sample.trials.count, $0.sample.summary.rxPps.median) > ($1.sample.trials.count, $1.sample.summary.rxPps.median)
        }
        if !ordered.isEmpty { lines += ["", style.heading("Cells that stayed in longest")] + table(Array(ordered.prefix(shown)), style) }
        if ordered.count > shown { lines.append(style.faint("  and \(FigureText.count(ordered.count - shown, "other"))")) }
        let obstacles = result.cells.compactMap { cell in cell.obstacle.map { (name(cell), $0) } }
        if !obstacles.isEmpty {
            lines += ["", style.heading("Not measured, or no further")]
            lines += obstacles.flatMap { style.wrapped("  \($0): \(style.warning($1.visible))", indent: 4) }
        }
        if let failure = result.failure { lines += ["", style.bad("The search is not complete: \(failure.visible).")] }
        return style.finished(lines.map { $0 + "\n" }.joined())
    }

    private static func headline(_ result: TuneResult, _ style: TextStyle) -> [String] {
        guard let winner = result.winner else {
            return [result.interrupted ? style.warning("interrupted before a winner was found") : style.bad("no winner was found")]
        }
        let settings = winner.settings.keys.sorted().map { "--\($0) \(winner.settings[$0] ?? "")" }.joined(separator: " ")
        let doubt = result.trusted ? [] : [style.bad("Don't trust it: most of the last rounds are void.")]
        guard !settings.isEmpty else { return ["The default stays: \(winner.words)."] + doubt }
        return ["Best for \(result.goal.rawValue): \(style.heading(settings))", "\(style.good(winner.words))"] + doubt
    }

    /// The widest that fits.
    private static func table(_ cells: [SweepResult.Cell], _ style: TextStyle) -> [String] {
        let columns: [(title: String, value: (SweepResult.Cell) -> String)] = [
            ("received", { "\(PacketRate(packetsPerSecond: max($0.sample.summary.rxPps.median, 0.001)))" }),
            ("p99", { latency($0.sample.summary.pathP99Nanoseconds) }),
            ("loss", { FigureText.percent($0.sample.summary.lossRatio.median) }),
            ("trials", { "\($0.sample.trials.count)" })
        ]
        func rows(_ count: Int) -> Table {
            var table = Table([.text("settings")] + columns.prefix(count).map { .number($0.title) })
            for cell in cells { table.rows.append([name(cell)] + columns.prefix(count).map { $0.value(cell) }) }
            return table
        }
        let fitting = (2...columns.count).reversed().lazy.map(rows).first { style.fits($0.lines) }
        return (fitting ?? rows(columns.count)).lines(style)
    }

    private static func latency(_ summary: SampleSummary) -> String {
        summary.count == 0 ? "–" : FigureText.nanoseconds(summary.median)
    }

    private static func name(_ cell: SweepResult.Cell) -> String {
        cell.settings.isEmpty
            ? "the default" : cell.settings.keys.sorted().map { "\($0) \(cell.settings[$0] ?? "")" }.joined(separator: ", ")
    }
}
