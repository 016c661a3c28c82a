import Methods
import Metrics

/// A comparison for people: whether it can be trusted, what was different, what came out.
public struct ComparisonReport {
    private let comparison: ResultComparison
    private let style: TextStyle

    public init(_ comparison: ResultComparison, style: TextStyle) {
        self.comparison = comparison
        self.style = style
    }

    /// Ends with a line break.
    public var text: String {
        var lines = untrusted.flatMap { style.wrapped($0, indent: 2) }
        if let failure = comparison.failure { lines += style.wrapped(style.bad(failure), indent: 2) }
        lines += style.wrapped(headline, indent: 2)
        lines += ["", style.heading("Sides")] + sides.flatMap { style.wrapped($0, indent: 8) }
        lines += ["", style.heading("Differences")] + differences
        lines += cells
        // Values of a setting that were measured in the same rounds have one plan, and nothing to compare it with.
        if comparison.cells == nil || !comparison.figures.isEmpty {
            lines += ["", style.heading(comparison.cells == nil ? "Figures" : "The plan itself, once a round")] + figures
        }
        lines += section("Notes", comparison.notes.flatMap { style.wrapped("  - \($0)", indent: 4) })
        lines += section("Threshold", threshold.flatMap { style.wrapped("  \($0)", indent: 4) })
        return style.finished(lines.map { $0 + "\n" }.joined())
    }

    private func section(_ title: String, _ lines: [String]) -> [String] { lines.isEmpty ? [] : ["", style.heading(title)] + lines }

    /// Why it doesn't pass, in a line; nil if it does.
    public static func failure(_ comparison: ResultComparison) -> String? {
        let report = ComparisonReport(comparison, style: .plain)
        if let sentence = report.untrusted.first { return sentence }
        return comparison.passes ? nil : "the threshold of " + report.threshold.joined(separator: ", and of ")
    }

    // MARK: above the figures

    private var untrusted: [String] {
        [("base", comparison.base), ("new", comparison.new)].filter { !$0.1.trusted }.map { name, side in
            style.bad("\(name) is not to be trusted\(side.voidedBy.isEmpty ? "" : " (\(side.voidedBy.joined(separator: ", ")))")")
        }
    }

    private var headline: String {
        if comparison.cells != nil {
            return painted("new is \(comparison.words)", comparison.verdict)
                + (comparison.interrupted ? style.warning(", interrupted") : "")
        }
        guard let main = comparison.figures.first else { return style.bad("nothing was measured on both sides") }
        let words = "\(main.figure.title): new is \(main.words)"
        let text = main.verdict == .undecided ? "\(main.figure.title): \(main.words)" : words
        let changed = comparison.figures.dropFirst().filter { $0.verdict == .faster || $0.verdict == .slower }
        let besides = changed.map { "; \($0.figure.title) \($0.words)" }.joined()
        return painted(text, main.verdict) + besides + (comparison.interrupted ? style.warning(", interrupted") : "")
    }

    private var sides: [String] {
        [("base", comparison.base), ("new ", comparison.new)].map { name, side in
            "  \(name)  \(side.source.visible), \(FigureText.count(side.trials, "trial")) from \(side.startedAt)"
        }
    }

    private var differences: [String] {
        guard !comparison.differences.isEmpty else { return ["  none in plan, placement and conditions"] }
        var table = Table(.text(""), .text("base"), .text("new"))
        for difference in comparison.differences { table.add(difference.path, difference.base.visible, difference.new.visible) }
        if style.fits(table.lines) { return table.lines(style) }
        return comparison.differences.flatMap {
            style.wrapped("  \($0.path): \($0.base.visible) → \($0.new.visible)", indent: 4)
        }
    }

    // MARK: cells

    /// The main figure of each cell, and what else changed.
    private var cells: [String] {
        guard let cells = comparison.cells else { return [] }
        let vary = comparison.vary ?? []
        var table = Table(vary.map { .text($0.setting) } + [.number("base"), .number("new"), .text("verdict")])
        for cell in cells {
            let main = cell.figures.first
            table.rows.append(
                vary.map { cell.settings[$0.setting] ?? "" }
                    + [
                        main.map { $0.figure.text($0.base) } ?? "–", main.map { $0.figure.text($0.new) } ?? "–",
                        painted(cell.words, cell.verdict)
                    ])
        }
        var lines = style.fits(table.lines) ? table.lines(style) : []
        if lines.isEmpty {
            // The verdict on a line of its own.
            lines = cells.flatMap { cell -> [String] in
                let values = cell.figures.first.map { ": \($0.figure.text($0.base)) → \($0.figure.text($0.new))" } ?? ""
                return style.wrapped("  \(cell.name(vary))\(values)", indent: 4)
                    + style.wrapped("    \(painted(cell.words, cell.verdict))", indent: 6)
            }
        }
        let title = cells.lazy.compactMap(\.figures.first).first.map { "Cells, \($0.figure.title)" } ?? "Cells"
        let note = "  medians of the trials that can be trusted; intervals of 95 %, verdicts corrected for the number of cells"
        return ["", style.heading(title)] + lines + style.wrapped(style.faint(note), indent: 2) + section("Besides", besides(cells, vary))
    }

    private func besides(_ cells: [ResultComparison.Cell], _ vary: [SweepDesign.Axis]) -> [String] {
        cells.flatMap { cell -> [String] in
            let changed = cell.figures.dropFirst().filter { $0.verdict == .faster || $0.verdict == .slower }
            guard !changed.isEmpty else { return [] }
            let words = changed.map { painted("\($0.figure.title) \($0.words)", $0.verdict) }.joined(separator: "; ")
            return style.wrapped("  \(cell.name(vary)): \(words)", indent: 4)
        }
    }

    // MARK: figures

    private var figures: [String] {
        var table = Table(.text(""), .number("base"), .number("new"), .text("verdict"))
        for entry in comparison.figures {
            table.add(entry.figure.title, entry.figure.text(entry.base), entry.figure.text(entry.new), painted(entry.words, entry.verdict))
        }
        let note =
            "  medians of \(FigureText.count(comparison.figures.first?.baseSamples.count ?? 0)) and "
            + "\(FigureText.count(comparison.figures.first?.newSamples.count ?? 0)) trials; intervals of 95 %"
            + (comparison.figures.count > 2 ? "; verdicts below the first are corrected for their number" : "")
        let after = style.wrapped(style.faint(note), indent: 2)
        if style.fits(table.lines) { return table.lines(style) + after }
        // The verdict on a line of its own.
        return comparison.figures.flatMap { entry in
            ["  \(entry.figure.title): \(entry.figure.text(entry.base)) → \(entry.figure.text(entry.new))"]
                + style.wrapped("    \(painted(entry.words, entry.verdict))", indent: 6)
        } + after
    }

    private var threshold: [String] {
        guard let threshold = comparison.threshold else { return [] }
        let bound = "\(FigureText.roughPercent(threshold)) %"
        if let cells = comparison.cells { return [verdict(of: cells, bound)] }
        guard let main = comparison.figures.first, main.comparison != nil else {
            return [style.bad("\(bound): can't be judged, so it doesn't pass")]
        }
        let worse = comparison.figures.filter { $0.isRegression(beyond: threshold) }
        guard worse.isEmpty else { return worse.map { style.bad("\(bound): \($0.figure.title) \($0.words)") } }
        let blind = comparison.figures.filter { $0.verdict == .undecided && ($0.comparison?.smallestVisible ?? .infinity) > threshold }
        let limit = blind.isEmpty ? "" : "; too few trials to see one of that size in \(blind.map(\.figure.title).joined(separator: ", "))"
        return [style.good("\(bound): no regression seen\(limit)")]
    }

    private func verdict(of cells: [ResultComparison.Cell], _ bound: String) -> String {
        guard comparison.regressions.isEmpty else { return style.bad("\(bound): \(comparison.regressions.joined(separator: "; "))") }
        let blind = cells.filter { $0.figures.first?.comparison == nil && !$0.wasNotMeasured }.map { $0.name(comparison.vary ?? []) }
        return blind.isEmpty
            ? style.good("\(bound): no regression seen")
            : style.bad("\(bound): can't be judged, so it doesn't pass: \(blind.joined(separator: "; "))")
    }

    private func painted(_ text: String, _ verdict: FigureComparison.Verdict) -> String {
        switch verdict {
        case .faster: style.good(text)
        case .slower: style.bad(text)
        case .same: text
        case .undecided: style.warning(text)
        }
    }
}

extension ComparisonReport {
    /// A table for pull requests.
    public static func markdown(_ comparison: ResultComparison) -> String {
        func cell(_ text: String) -> String { text.visible.replacing("|", with: "\\|").replacing("`", with: "'") }
        let report = ComparisonReport(comparison, style: .plain)
        var lines = report.untrusted.map { "**\($0)**\n" } + ["**\(report.headline)**", ""]
        if let cells = comparison.cells {
            let vary = comparison.vary ?? []
            lines.append("| \((vary.map { cell($0.setting) } + ["base", "new", "verdict"]).joined(separator: " | ")) |")
            lines.append("| \((vary.map { _ in "---" } + ["---:", "---:", "---"]).joined(separator: " | ")) |")
            for entry in cells {
                let main = entry.figures.first
                let texts =
                    vary.map { cell(entry.settings[$0.setting] ?? "") } + [
                        main.map { $0.figure.text($0.base) } ?? "–", main.map { $0.figure.text($0.new) } ?? "–", entry.words
                    ]
                lines.append("| \(texts.joined(separator: " | ")) |")
            }
            lines += [""] + (comparison.figures.isEmpty ? [] : ["The plan itself, once a round:", ""])
        }
        if comparison.cells == nil || !comparison.figures.isEmpty {
            lines += ["| figure | base | new | verdict |", "| --- | ---: | ---: | --- |"]
        }
        for entry in comparison.figures {
            lines.append("| \(entry.figure.title) | \(entry.figure.text(entry.base)) | \(entry.figure.text(entry.new)) | \(entry.words) |")
        }
        lines.append("")
        if !comparison.differences.isEmpty {
            lines += ["| difference | base | new |", "| --- | --- | --- |"]
            lines += comparison.differences.map { "| `\(cell($0.path))` | \(cell($0.base)) | \(cell($0.new)) |" } + [""]
        }
        lines += (comparison.notes + report.threshold).map { "- \($0)" }
        return lines.map { $0 + "\n" }.joined()
    }
}
