import Methods
import Metrics

/// What a page tells of two sweeps, or two bakeoffs: each cell by its main figure.
struct CellComparisonView {
    struct Row {
        let settings: [String: String]
        let verdict: FigureComparison.Verdict
        let words: String
        /// Nil if a side has no trial that can be trusted.
        let main: FigureComparison?

        var ratio: Double? { main?.ratio }
    }

    let comparison: ResultComparison
    let vary: [SweepDesign.Axis]
    let rows: [Row]

    /// Nil for a comparison of two runs.
    init?(_ comparison: ResultComparison) {
        guard let cells = comparison.cells else { return nil }
        self.comparison = comparison
        vary = comparison.vary ?? []
        rows = cells.map { Row(settings: $0.settings, verdict: $0.verdict, words: $0.words, main: $0.figures.first) }
    }

    var headline: [String] { ["New is \(comparison.words)"] }

    var figures: [ReportPage.KeyFigure] {
        let told = rows.filter { $0.verdict == .faster || $0.verdict == .slower }
        let most = told.max { $0.ratio ?? 0 < $1.ratio ?? 0 }
        let least = told.min { $0.ratio ?? 0 < $1.ratio ?? 0 }
        func figure(_ name: String, _ row: Row?) -> ReportPage.KeyFigure? {
            guard let row, let ratio = row.ratio else { return nil }
            return .init(
                name: name, value: PlotUnit.times.text(ratio), note: SettingsText.line(row.settings, vary), tone: ratio > 1 ? .good : .bad)
        }
        let undecided = rows.count { $0.verdict == .undecided }
        return [
            figure("Highest ratio", most), most?.settings == least?.settings ? nil : figure("Lowest ratio", least),
            .init(name: "Not told apart", value: "\(undecided)", note: "of \(FigureText.count(rows.count, "cell"))")
        ].compactMap { $0 }
    }

    var table: ReportTable {
        var table = ReportTable(
            "Cells of both",
            vary.map { .text($0.setting) } + [
                .number("base"), .number("new"), .number("new / base"), .text("interval of 95 %"), .text("verdict")
            ], isSorting: true)
        for row in rows {
            let ends = row.main?.interval.map { "\(PlotUnit.times.text($0.low)) … \(PlotUnit.times.text($0.high))" }
            let tone: ReportPage.Tone = row.verdict == .faster ? .good : row.verdict == .slower ? .bad : .plain
            table.rows.append(
                vary.map { axis in
                    let text = row.settings[axis.setting] ?? "–"
                    return .init(text, value: Double(text))
                } + [
                    .init(row.main?.base, .frameRate), .init(row.main?.new, .frameRate), .init(row.ratio, .times, tone: tone),
                    .init(ends ?? "–"), .init(row.words, tone: tone)
                ])
        }
        return table
    }

    var sections: [ReportSection] {
        [
            ReportSection(
                "Side by side",
                [
                    grid.map { .plot($0) }, ratios.map { .plot($0) }, .table(table),
                    .note(
                        "Medians of the trials that can be trusted; intervals of 95 %, verdicts corrected for the number of cells. Six trials on each side tell the least."
                    )
                ])
        ].compactMap { $0 }
    }

    private var grid: HeatMap? {
        guard vary.count == 2, rows.count == vary[0].values.count * vary[1].values.count else { return nil }
        let (down, across) = (vary[0], vary[1])
        let cells = down.values.map { row in
            across.values.map { column -> HeatMap.Cell in
                let found = rows.first { $0.settings[down.setting] == row && $0.settings[across.setting] == column }
                let words = "\(down.setting) \(row), \(across.setting) \(column): "
                return .init(
                    value: found?.ratio,
                    words: words + (found?.ratio.map { "\(PlotUnit.times.text($0)), \(found?.words ?? "")" } ?? "not measured"))
            }
        }
        return HeatMap(
            name: "ratio-grid", title: "New over base by \(down.setting) and \(across.setting)",
            summary: "Ratios of frames received a second; the table has each of them.", unit: .times, rowTitle: down.setting,
            columnTitle: across.setting, rows: down.values, columns: across.values, cells: cells)
    }

    private var ratios: LinePlot? {
        let known = rows.filter { $0.ratio != nil }
        guard !known.isEmpty else { return nil }
        return LinePlot(
            name: "ratios", title: "New over base, cell by cell",
            summary: known.prefix(20).map {
                "\(SettingsText.line($0.settings, vary)): \(PlotUnit.times.text($0.ratio ?? 1)), \($0.words)"
            }
            .joined(separator: "; ") + ".",
            x: PlotAxis(
                title: "cell, in the order of the table", unit: .count,
                ticks: known.indices.map { PlotScale.Tick(value: Double($0), label: "\($0 + 1)") }, isByName: true),
            y: PlotAxis(title: "new / base", unit: .times, isFromZero: false),
            series: [
                .init(
                    name: "",
                    points: known.enumerated().map { place, row in
                        .init(
                            x: Double(place), y: row.ratio ?? 1, low: row.main?.interval?.low, high: row.main?.interval?.high,
                            mark: row.verdict == .faster ? .good : row.verdict == .slower ? .bad : .dot(series: 1),
                            words:
                                "\(SettingsText.line(row.settings, vary)): \(PlotUnit.times.text(row.ratio ?? 1)), \(row.words)"
                        )
                    }, form: .marks)
            ], keys: [("faster", .good), ("slower", .bad), ("same or not told apart", .dot(series: 1))], reference: (1, "no difference"))
    }
}
