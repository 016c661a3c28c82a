import Methods
import Metrics
import Results

extension FigureComparison {
    /// New over base; nil where a difference compares them, or nothing does.
    var ratio: Double? {
        guard figure.scale == .ratio else { return nil }
        return comparison?.estimate ?? (base > 0 ? new / base : nil)
    }
    /// New minus base, where that compares them.
    fileprivate var difference: Double? { figure.scale == .ratio ? nil : comparison?.estimate }
    var interval: ConfidenceInterval? { comparison?.interval }
}

extension ResultFigure {
    fileprivate var axis: PlotUnit {
        switch unit {
        case "frames/s": .frameRate
        case "ns": .nanoseconds
        default: .ratio
        }
    }
}

extension ReportPage {
    /// Two results side by side.
    public init(_ comparison: ResultComparison, source: String? = nil) {
        let view = ComparisonView(comparison: comparison)
        kind = "comparison"
        title = "vethmark comparison\(source.map { " · \($0)" } ?? "")"
        if let cells = CellComparisonView(comparison) {
            headline = cells.headline
            verdict = view.verdict
            figures = cells.figures
            sections = cells.sections + view.sections
            mainTable = cells.table
            return
        }
        headline = view.headline
        verdict = view.verdict
        figures = view.figures
        sections = view.sections
        mainTable = view.table
    }
}

struct ComparisonView {
    let comparison: ResultComparison

    private var main: FigureComparison? { comparison.figures.first }

    var headline: [String] {
        guard let main else { return ["Nothing was measured on both sides"] }
        let answer = main.verdict == .undecided ? "\(main.figure.title): \(main.words)" : "\(main.figure.title): new is \(main.words)"
        let changed = comparison.figures.dropFirst().filter { $0.verdict == .faster || $0.verdict == .slower }
        return [Self.capital(answer)]
            + (changed.isEmpty ? [] : [Self.capital(changed.map { "\($0.figure.title) \($0.words)" }.joined(separator: "; ")) + "."])
    }

    private static func capital(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }

    var verdict: ReportPage.Verdict {
        if let failure = comparison.failure { return .init(tone: .bad, words: "The comparison is not complete: \(failure).") }
        let doubtful = [("base", comparison.base), ("new", comparison.new)].filter { !$0.1.trusted }.map { name, side in
            "\(name)\(side.voidedBy.isEmpty ? "" : " (\(side.voidedBy.joined(separator: ", ")))")"
        }
        if !doubtful.isEmpty { return .init(tone: .bad, words: "Not to be trusted: \(doubtful.joined(separator: " and ")).") }
        let bound = comparison.threshold.map { "the threshold of \(FigureText.roughPercent($0)) %" }
        if let bound, !comparison.regressions.isEmpty {
            return .init(tone: .bad, words: "Regression beyond \(bound): \(comparison.regressions.joined(separator: ", ")).")
        }
        let how = comparison.design == .paired ? "measured in turns" : "not measured in turns: what changed in between is in every figure"
        let tone: ReportPage.Tone = comparison.design == .paired && !comparison.interrupted ? .good : .warn
        return .init(
            tone: tone,
            words:
                "Both sides can be trusted; \(how)\(bound.map { "; no regression beyond \($0) seen" } ?? "")\(comparison.interrupted ? "; interrupted" : "")."
        )
    }

    var figures: [ReportPage.KeyFigure] {
        comparison.figures.prefix(5).map { figure in
            let words =
                figure.ratio.map { PlotUnit.times.text($0) } ?? figure.difference.map { "\(FigureText.roughPercent($0)) points" } ?? "–"
            return .init(
                name: Self.capital(figure.figure.title), value: words,
                note: "\(figure.figure.text(figure.base)) → \(figure.figure.text(figure.new))",
                tone: tone(figure))
        } + [.init(name: "Trusted", value: comparison.trusted ? "yes" : "no", tone: comparison.trusted ? .good : .bad)]
    }

    private func tone(_ figure: FigureComparison) -> ReportPage.Tone {
        switch figure.verdict {
        case .faster: .good
        case .slower: .bad
        case .undecided: .warn
        case .same: .plain
        }
    }

    var table: ReportTable {
        var table = ReportTable(
            "Figures",
            [.text("figure"), .number("base"), .number("new"), .number("new / base"), .text("interval of 95 %"), .text("verdict")])
        for figure in comparison.figures {
            let isRatio = figure.ratio != nil
            let effect = figure.ratio.map { PlotUnit.times.text($0) } ?? figure.difference.map { "\(FigureText.roughPercent($0)) points" }
            let ends = (figure.interval.map { [$0.low, $0.high] } ?? []).map {
                isRatio ? PlotUnit.times.text($0) : "\(FigureText.roughPercent($0)) points"
            }
            table.rows.append([
                .init(figure.figure.title), .init(figure.figure.text(figure.base), value: figure.base),
                .init(figure.figure.text(figure.new), value: figure.new),
                .init(effect ?? "–", value: figure.ratio), .init(ends.count == 2 ? ends.joined(separator: " … ") : "–"),
                .init(figure.words, tone: tone(figure))
            ])
        }
        return table
    }

    var sections: [ReportSection] {
        var sides = ReportTable("Sides", [.text("side"), .text("result"), .number("trials"), .text("started"), .text("trusted")])
        for (name, side) in [("base", comparison.base), ("new", comparison.new)] {
            sides.rows.append([
                .init(name), .init(side.source), .init(side.trials), .init(side.startedAt),
                .init(side.trusted ? "yes" : "no: \(side.voidedBy.joined(separator: ", "))", tone: side.trusted ? .plain : .bad)
            ])
        }
        var differences = ReportTable("Differences of plan, placement and conditions", [.text("path"), .text("base"), .text("new")])
        for difference in comparison.differences {
            differences.rows.append([.init(difference.path), .init(difference.base), .init(difference.new)])
        }
        return [
            ReportSection(
                comparison.cells == nil ? "Side by side" : "The plan itself, once a round",
                [
                    ratios.map { .plot($0) }, samples.map { .plot($0) },
                    comparison.cells == nil || main != nil ? .table(table) : nil
                ]),
            ReportSection("What was compared", [.table(sides)]),
            ReportSection(
                "What was different",
                [comparison.differences.isEmpty ? .text("Nothing in plan, placement and conditions.") : .table(differences)]),
            ReportSection("Notes", comparison.notes.map { .text(Self.capital($0) + ".") }),
            ConditionsSection.section(comparison.conditions, plan: nil, command: comparison.command)
        ].compactMap { $0 }
    }

    private var ratios: LinePlot? {
        let known = comparison.figures.filter { $0.ratio != nil }
        guard !known.isEmpty else { return nil }
        let points = known.enumerated().map { place, figure in
            LinePlot.Point(
                x: Double(place), y: figure.ratio ?? 1, low: figure.interval?.low, high: figure.interval?.high,
                mark: figure.verdict == .faster ? .good : figure.verdict == .slower ? .bad : .dot(series: 1),
                words: "\(figure.figure.title): \(figure.words)")
        }
        return LinePlot(
            name: "ratios", title: "New over base, with intervals of 95 %",
            summary: known.map { "\($0.figure.title) \(PlotUnit.times.text($0.ratio ?? 1)): \($0.words)" }.joined(separator: "; ") + ".",
            x: PlotAxis(
                title: "figure", unit: .count,
                ticks: known.enumerated().map { PlotScale.Tick(value: Double($0.offset), label: $0.element.figure.title) }, isByName: true),
            y: PlotAxis(title: "new / base", unit: .times, isFromZero: false), series: [.init(name: "", points: points, form: .marks)],
            keys: [("better", .good), ("worse", .bad), ("same or undecided", .dot(series: 1))], reference: (1, "no difference"))
    }

    private var samples: LinePlot? {
        guard let main else { return nil }
        return TrialPlots.samples(
            [("base", main.baseSamples), ("new", main.newSamples)], name: "samples",
            title: "\(Self.capital(main.figure.title)), trial by trial",
            unit: main.figure.axis, axis: main.figure.title)
    }
}
