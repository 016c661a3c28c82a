import Methods
import Metrics

extension ReportPage {
    /// Two sweeps side by side, cell by cell; nil if they have no cell in common.
    init?(base: SweepResult, called baseName: String, new: SweepResult, called newName: String) {
        guard let view = SweepComparisonView(base: base, baseName: baseName, new: new, newName: newName) else { return nil }
        kind = "comparison"
        title = "vethmark comparison of sweeps"
        headline = view.headline
        verdict = view.verdict
        figures = view.figures
        sections = view.sections
        mainTable = view.table
    }
}

/// What is told of two sweeps.
struct SweepComparisonView {
    enum Verdict: String { case faster, slower, same = "the same within 2 %", undecided = "not told apart" }

    struct Row {
        let settings: [String: String]
        let base: SweepResult.Sample
        let new: SweepResult.Sample
        /// Of frames received a second; nil without six trials on each side.
        let comparison: UnpairedComparison?
        var verdict = Verdict.undecided

        var ratio: Double? {
            guard let old = base.summary.rxPps.measuredMedian, let now = new.summary.rxPps.measuredMedian, old > 0 else { return nil }
            return comparison?.estimate ?? now / old
        }
    }

    private static let margin = 0.02

    let base: SweepResult
    let baseName: String
    let new: SweepResult
    let newName: String
    let rows: [Row]

    init?(base: SweepResult, baseName: String, new: SweepResult, newName: String) {
        (self.base, self.baseName, self.new, self.newName) = (base, baseName, new, newName)
        func samples(_ sample: SweepResult.Sample) -> [Double] { sample.trials.map(\.trial).filter(\.trusted).map(\.rates.rxPps) }
        var rows = base.cells.compactMap { cell -> Row? in
            guard let other = new.cells.first(where: { $0.settings == cell.settings }) else { return nil }
            return Row(
                settings: cell.settings, base: cell.sample, new: other.sample,
                comparison: UnpairedComparison(base: samples(cell.sample), new: samples(other.sample), scale: .ratio))
        }
        guard !rows.isEmpty else { return nil }
        // Of many cells one in twenty would be an alarm by chance.
        let places = rows.indices.filter { rows[$0].comparison != nil }
        let adjusted = Holm.adjusted(places.compactMap { rows[$0].comparison?.pValue })
        for (place, pValue) in zip(places, adjusted) {
            guard let comparison = rows[place].comparison else { continue }
            if comparison.isEquivalent(within: Self.margin) {
                rows[place].verdict = .same
            } else if comparison.isDistinct, pValue <= 0.05 {
                rows[place].verdict = comparison.estimate > 1 ? .faster : .slower
            }
        }
        self.rows = rows
    }

    private func count(_ verdict: Verdict) -> Int { rows.count { $0.verdict == verdict } }

    var headline: [String] {
        [
            "Of \(FigureText.count(rows.count, "cell")) new is faster in \(count(.faster)), slower in \(count(.slower)), the same in \(count(.same))"
        ]
    }

    var verdict: ReportPage.Verdict {
        let doubtful = [(baseName, base), (newName, new)].filter { !$0.1.trusted }.map(\.0)
        guard doubtful.isEmpty else { return .init(tone: .bad, words: "Not to be trusted: \(doubtful.joined(separator: " and ")).") }
        return .init(
            tone: .warn, words: "Both sweeps can be trusted; they were not measured in turns: what changed in between is in every figure.")
    }

    var figures: [ReportPage.KeyFigure] {
        let told = rows.filter { $0.verdict == .faster || $0.verdict == .slower }
        let most = told.max { $0.ratio ?? 0 < $1.ratio ?? 0 }
        let least = told.min { $0.ratio ?? 0 < $1.ratio ?? 0 }
        func figure(_ name: String, _ row: Row?) -> ReportPage.KeyFigure? {
            guard let row, let ratio = row.ratio else { return nil }
            return .init(
                name: name, value: PlotUnit.times.text(ratio), note: SettingsText.line(row.settings, base.vary),
                tone: ratio > 1 ? .good : .bad)
        }
        return [
            figure("Highest ratio", most), most?.settings == least?.settings ? nil : figure("Lowest ratio", least),
            .init(name: "Not told apart", value: "\(count(.undecided))", note: "of \(FigureText.count(rows.count, "cell"))")
        ].compactMap { $0 }
    }

    var table: ReportTable {
        var table = ReportTable(
            "Cells of both",
            base.vary.map { .text($0.setting) } + [
                .number("base"), .number("new"), .number("new / base"), .text("interval of 95 %"), .text("verdict")
            ], isSorting: true)
        for row in rows {
            let ends = row.comparison.map { "\(PlotUnit.times.text($0.interval.low)) … \(PlotUnit.times.text($0.interval.high))" }
            let tone: ReportPage.Tone = row.verdict == .faster ? .good : row.verdict == .slower ? .bad : .plain
            table.rows.append(
                base.vary.map { axis in
                    let text = row.settings[axis.setting] ?? "–"
                    return .init(text, value: Double(text))
                } + [
                    .init(row.base.summary.rxPps.measuredMedian, .frameRate), .init(row.new.summary.rxPps.measuredMedian, .frameRate),
                    .init(row.ratio, .times, tone: tone), .init(ends ?? "–"), .init(row.verdict.rawValue, tone: tone)
                ])
        }
        return table
    }

    var sections: [ReportSection] {
        var sides = ReportTable(
            "Sides", [.text("side"), .text("result"), .number("rounds"), .text("started"), .text("CPU"), .text("kernel")])
        for (side, name, sweep) in [("base", baseName, base), ("new", newName, new)] {
            sides.rows.append([
                .init(side), .init(name), .init(sweep.rounds), .init(sweep.conditions.startedAt), .init(sweep.conditions.cpuModel),
                .init(sweep.conditions.kernelRelease)
            ])
        }
        return [
            ReportSection("Side by side", [grid.map { .plot($0) }, ratios.map { .plot($0) }, .table(table)]),
            ReportSection(
                "What was compared",
                [
                    .table(sides),
                    .note(
                        "Frames received a second; intervals of 95 %, verdicts corrected for the number of cells. Six trials on each side tell the least."
                    )
                ])
        ].compactMap { $0 }
    }

    private var grid: HeatMap? {
        guard base.vary.count == 2, !base.zip else { return nil }
        let (down, across) = (base.vary[0], base.vary[1])
        let cells = down.values.map { row in
            across.values.map { column -> HeatMap.Cell in
                let found = rows.first { $0.settings[down.setting] == row && $0.settings[across.setting] == column }
                let words = "\(down.setting) \(row), \(across.setting) \(column): "
                return .init(
                    value: found?.ratio,
                    words: words + (found?.ratio.map { "\(PlotUnit.times.text($0)), \(found?.verdict.rawValue ?? "")" } ?? "not measured"))
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
                "\(SettingsText.line($0.settings, base.vary)): \(PlotUnit.times.text($0.ratio ?? 1)), \($0.verdict.rawValue)"
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
                            x: Double(place), y: row.ratio ?? 1, low: row.comparison?.interval.low, high: row.comparison?.interval.high,
                            mark: row.verdict == .faster ? .good : row.verdict == .slower ? .bad : .dot(series: 1),
                            words:
                                "\(SettingsText.line(row.settings, base.vary)): \(PlotUnit.times.text(row.ratio ?? 1)), \(row.verdict.rawValue)"
                        )
                    }, form: .marks)
            ], keys: [("faster", .good), ("slower", .bad), ("same or not told apart", .dot(series: 1))], reference: (1, "no difference"))
    }
}
