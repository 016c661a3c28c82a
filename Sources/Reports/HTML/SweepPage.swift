import Methods
import Metrics
import Plans
import Results

extension ReportPage {
    /// A sweep: which cell is best, the grid, every cell with what was in its way.
    public init(_ sweep: SweepResult, source: String? = nil) {
        let view = SweepView(sweep: sweep)
        kind = "sweep"
        title = "vethmark sweep of \(sweep.vary.map(\.setting).joined(separator: ", "))\(source.map { " · \($0)" } ?? "")"
        headline = view.headline
        verdict = view.verdict
        figures = view.figures
        sections = view.sections
        mainTable = nil
    }
}

/// What is told of a sweep.
struct SweepView {
    let sweep: SweepResult

    private typealias Cell = SweepResult.Cell

    /// With figures, and those that can be trusted.
    private var measured: [Cell] { sweep.cells.filter { $0.sample.summary.rxPps.count > 0 } }
    private var sound: [Cell] { measured.filter(\.sample.trusted) }
    private var best: Cell? { sound.max { $0.sample.summary.rxPps.median < $1.sample.summary.rxPps.median } }

    // MARK: the first screen

    var headline: [String] {
        guard let best else { return [measured.isEmpty ? "Nothing was measured" : "No cell can be trusted"] }
        let summary = best.sample.summary
        let loss = summary.lossRatio.median
        return [
            "Most \(sweep.pieceNoun)s a second: \(SettingsText.line(best.settings, sweep.vary)), \(rate(best)), "
                + (loss == 0 ? "no loss" : "\(FigureText.percent(loss)) lost")
        ]
            + [neighbours(of: best)].compactMap { $0 }
    }

    private func rate(_ cell: Cell) -> String { PlotUnit.rate(of: sweep.pieceNoun(of: cell)).text(cell.sample.summary.rxPps.median) }

    /// Who is as good, as far as can be told.
    private func neighbours(of best: Cell) -> String? {
        let others = sound.filter { $0.settings != best.settings }
        // Rounds of several hosts have nothing in common.
        guard !others.isEmpty, (sweep.hosts?.count ?? 0) < 2 else { return nil }
        let ratios = others.map { PairedRatio($0.sample, over: best.sample) }
        guard ratios.contains(where: { $0?.interval != nil }) else { return "Fewer than 6 rounds tell no two cells apart." }
        let near = zip(others, ratios).filter { !($0.1?.isTold ?? false) }.map(\.0)
        guard !near.isEmpty else {
            let next = ratios.compactMap { $0?.ratio }.max()
            return next.map { "All others are told apart from it; the next is \(FigureText.percent(1 - $0)) behind." }
        }
        let names = near.prefix(3).map { SettingsText.line($0.settings, sweep.vary) }.joined(separator: "; ")
        return "Not told apart from it: \(names)\(near.count > 3 ? " and \(FigureText.count(near.count - 3, "other"))" : "")."
    }

    var verdict: ReportPage.Verdict {
        if let failure = sweep.failure { return .init(tone: .bad, words: "The sweep is not complete: \(failure).") }
        let doubtful = sweep.cells.filter { !$0.sample.trials.isEmpty && !$0.sample.trusted }
        let stopped = sweep.interrupted ? "Interrupted in round \(max(sweep.rounds, 1)) of \(sweep.plannedRounds). " : ""
        guard doubtful.isEmpty else {
            let names = doubtful.prefix(3).map { SettingsText.line($0.settings, sweep.vary) }.joined(separator: "; ")
            let more = doubtful.count > 3 ? " and \(FigureText.count(doubtful.count - 3, "other"))" : ""
            return .init(tone: .bad, words: "\(stopped)Don't trust \(names)\(more): at least half of the trials are void.")
        }
        guard sweep.trusted else {
            return .init(tone: .bad, words: stopped + (measured.isEmpty ? "Nothing was measured." : "A warning voids the result."))
        }
        return .init(
            tone: sweep.interrupted ? .warn : .good,
            words: "\(stopped)Trusted: more than half of each cell's trials can be trusted, and only they count.")
    }

    var figures: [ReportPage.KeyFigure] {
        var figures: [ReportPage.KeyFigure] = []
        if let best {
            let half = best.sample.rxPpsInterval?.halfWidth(of: best.sample.summary.rxPps.median)
            figures.append(
                .init(
                    name: "Best cell", value: rate(best),
                    note: [SettingsText.line(best.settings, sweep.vary), half.map { "± \(FigureText.percent($0))" }].compactMap { $0 }
                        .joined(separator: ", ")))
            if let worst = sound.min(by: { $0.sample.summary.rxPps.median < $1.sample.summary.rxPps.median }),
                worst.settings != best.settings
            {
                figures.append(
                    .init(
                        name: "Slowest cell", value: rate(worst),
                        note: SettingsText.line(worst.settings, sweep.vary)))
            }
        }
        let timed = sound.filter { $0.sample.summary.pathP99Nanoseconds.count > 0 }
        if let quick = timed.min(by: { $0.sample.summary.pathP99Nanoseconds.median < $1.sample.summary.pathP99Nanoseconds.median }) {
            figures.append(
                .init(
                    name: "Lowest p99", value: FigureText.nanoseconds(quick.sample.summary.pathP99Nanoseconds.median),
                    note: SettingsText.line(quick.settings, sweep.vary)))
        }
        let losing = sound.count { $0.sample.summary.lossRatio.median > 0 }
        figures.append(
            .init(
                name: "Cells with loss", value: "\(losing) of \(sound.count)", note: "medians above 0", tone: losing == 0 ? .good : .warn))
        if let spread = noise {
            figures.append(
                .init(
                    name: "The machine's noise", value: "± \(FigureText.percent(spread))", note: "the plan without changes, once a round",
                    tone: spread > 0.1 ? .warn : .plain))
        }
        figures.append(
            .init(
                name: "Trusted", value: sweep.trusted ? "yes" : "no",
                note: "\(FigureText.count(sweep.cells.count, "cell")), \(FigureText.count(sweep.rounds, "round"))",
                tone: sweep.trusted ? .good : .bad))
        return figures
    }

    private var noise: Double? {
        (sweep.hosts?.count ?? 0) < 2 ? sweep.calibration.summary.rxPps.relativeSpread : nil
    }

    // MARK: sections

    var sections: [ReportSection] {
        let hasLoss = measured.contains { $0.sample.summary.lossRatio.median > 0 }
        let hasLatency = measured.contains { $0.sample.summary.pathP99Nanoseconds.count > 0 }
        let pairs = sweep.zip ? [] : self.pairs
        let loss = SweepFigure(name: "loss", title: "Loss", unit: .ratio, summary: \.lossRatio, isMoreBetter: false)
        let tail = SweepFigure(name: "p99", title: "Path p99", unit: .nanoseconds, summary: \.pathP99Nanoseconds, isMoreBetter: false)
        let shown = [SweepFigure.rate(of: sweep.pieceNoun)] + (hasLoss ? [loss] : []) + (hasLatency ? [tail] : [])
        return [
            ReportSection("The grid", shown.flatMap { figure in pairs.map { self.heatMap(figure, $0, $1) } } + [overOthers]),
            ReportSection("By setting", (shown + [.bits]).flatMap { figure in axes.map { lines(figure, $0) } }),
            ReportSection(
                "Every cell",
                [.table(SweepTables.cells(sweep.cells, settings: sweep.vary.map(\.setting), noun: sweep.pieceNoun(of:))), intervalNote]),
            hostTable.map { ReportSection("Hosts", [.table($0), .note("The plan without changes, once a round on each: its own noise.")]) }
                ?? ReportSection("The machine's own noise", [noisePlot.map { .plot($0) }]),
            ReportSection(
                "Warnings",
                [.warnings(ofAll: SweepTables.warnings(sweep.calibration.trials + sweep.cells.flatMap(\.sample.trials), sweep.warnings))]),
            ConditionsSection.section(sweep.conditions, plan: sweep.plan, command: sweep.command)
        ].compactMap { $0 }
    }

    /// Of a merged sweep.
    private var hostTable: ReportTable? {
        guard let hosts = sweep.hosts else { return nil }
        var table = ReportTable(
            "Hosts",
            [.text("host"), .text("kernel"), .text("CPU"), .number("cells"), .number("the plan itself"), .number("its noise")],
            isSorting: true)
        for host in hosts {
            let summary = host.calibration.summary.rxPps
            let spread = summary.relativeSpread
            table.rows.append([
                .init(host.name), .init(host.kernelRelease), .init(host.cpuModel), .init(host.cells.count),
                .init(summary.measuredMedian, .rate(of: sweep.plan.pieceNoun)),
                .init(spread.map { "± \(FigureText.percent($0))" } ?? "–", value: spread)
            ])
        }
        return table
    }

    private var axes: [SweepDesign.Axis] { sweep.zip ? Array(sweep.vary.prefix(1)) : sweep.vary.filter { $0.values.count > 1 } }

    /// Each two settings that a grid can be made of.
    private var pairs: [(SweepDesign.Axis, SweepDesign.Axis)] {
        let axes = axes
        return axes.indices.flatMap { left in axes.indices.filter { $0 > left }.map { (axes[left], axes[$0]) } }.prefix(6).map { $0 }
    }

    private var overOthers: ReportBlock? {
        axes.count > 2 && !sweep.zip ? .note("With more than two settings each place shows the best cell over the others.") : nil
    }

    private var intervalNote: ReportBlock? {
        let level = measured.compactMap(\.sample.rxPpsInterval?.level).min()
        return level.map {
            .note(
                "Medians of the trials that can be trusted. The interval holds the median with at least \(FigureText.percent($0)), by order statistics."
            )
        }
    }

    private var noisePlot: LinePlot? {
        TrialPlots.samples(
            [("calibration", sweep.calibration.trials.map(\.trial.rates.rxPps))], name: "calibration",
            title: "The plan without changes, round by round", unit: .rate(of: sweep.plan.pieceNoun),
            axis: "\(sweep.plan.pieceNoun)s received a second", noun: "round")
    }

    private func best(_ figure: SweepFigure, _ fixed: [String: String]) -> Cell? {
        let fitting = measured.filter { cell in
            cell.sample.summary[keyPath: figure.summary].count > 0 && fixed.allSatisfy { cell.settings[$0.key] == $0.value }
        }
        return fitting.max { left, right in
            let (a, b) = (left.sample.summary[keyPath: figure.summary].median, right.sample.summary[keyPath: figure.summary].median)
            return figure.isMoreBetter ? a < b : a > b
        }
    }

    private func heatMap(_ figure: SweepFigure, _ rows: SweepDesign.Axis, _ columns: SweepDesign.Axis) -> ReportBlock {
        let cells = rows.values.map { row in
            columns.values.map { column -> HeatMap.Cell in
                let fixed = [rows.setting: row, columns.setting: column]
                let place = "\(rows.setting) \(row), \(columns.setting) \(column)"
                guard let cell = best(figure, fixed) else {
                    let reason = sweep.cells.first { cell in fixed.allSatisfy { cell.settings[$0.key] == $0.value } }?.obstacle
                    return .init(value: nil, words: "\(place): not measured\(reason.map { ", \($0)" } ?? "")")
                }
                let value = cell.sample.summary[keyPath: figure.summary].median
                let doubt = cell.sample.trusted ? "" : ", not to be trusted"
                return .init(
                    value: value, isDoubtful: !cell.sample.trusted, words: "\(place): \(figure.unit.text(value))\(doubt)")
            }
        }
        let values = cells.joined().compactMap(\.value)
        return .plot(
            HeatMap(
                name: "grid-\(figure.name)-\(PlotName.of(rows.setting))-\(PlotName.of(columns.setting))",
                title: "\(figure.title) by \(rows.setting) and \(columns.setting)",
                summary:
                    "\(figure.title) from \(figure.unit.text(values.min() ?? 0)) to \(figure.unit.text(values.max() ?? 0)); the table of cells "
                    + "has each of them.",
                unit: figure.unit, rowTitle: rows.setting, columnTitle: columns.setting, rows: rows.values, columns: columns.values,
                cells: cells))
    }

    /// The values of one setting across, a line for each value of another one.
    private func lines(_ figure: SweepFigure, _ axis: SweepDesign.Axis) -> ReportBlock? {
        let other = sweep.zip ? nil : axes.first { $0.setting != axis.setting && $0.values.count <= 6 }
        let named =
            other.map { other in other.values.map { (name: "\(other.setting) \($0)", fixed: [other.setting: $0]) } } ?? [
                (name: "", fixed: [:])
            ]
        let series = named.enumerated().map { index, entry in
            LinePlot.Series(
                name: entry.name,
                points: axis.values.enumerated().compactMap { place, value in
                    best(figure, entry.fixed.merging([axis.setting: value]) { $1 }).map { point($0, figure, Double(place)) }
                }, form: .lineWithMarks, colour: index % 6 + 1)
        }.filter { !$0.points.isEmpty }
        guard !series.isEmpty else { return nil }
        let values = series.flatMap(\.points).map(\.y)
        let across = sweep.zip ? sweep.vary.map(\.setting).joined(separator: " and ") : axis.setting
        let ticks = axis.values.enumerated().map { place, value in
            PlotScale.Tick(
                value: Double(place),
                label: sweep.zip
                    ? sweep.vary.compactMap { $0.values.indices.contains(place) ? $0.values[place] : nil }.joined(separator: "/") : value)
        }
        return .plot(
            LinePlot(
                name: "\(figure.name)-by-\(PlotName.of(across))", title: "\(figure.title) by \(across)",
                summary: "Medians from \(figure.unit.text(values.min() ?? 0)) to \(figure.unit.text(values.max() ?? 0))"
                    + (figure.isRate ? ", with the intervals of the medians." : "."),
                x: PlotAxis(title: across, unit: .count, ticks: ticks, isByName: true),
                y: PlotAxis(title: figure.title.lowercased(), unit: figure.unit),
                series: series))
    }

    private func point(_ cell: Cell, _ figure: SweepFigure, _ place: Double) -> LinePlot.Point {
        let value = cell.sample.summary[keyPath: figure.summary].median
        let interval = figure.isRate ? cell.sample.rxPpsInterval : nil
        return .init(
            x: place, y: value, low: interval?.low, high: interval?.high, mark: cell.sample.trusted ? nil : .untrusted,
            words:
                "\(SettingsText.line(cell.settings, sweep.vary)): \(figure.unit.text(value))\(cell.sample.trusted ? "" : ", not to be trusted")"
        )
    }
}

/// A figure of cells that is drawn.
struct SweepFigure {
    let name: String
    let title: String
    let unit: PlotUnit
    let summary: KeyPath<RunResult.Summary, SampleSummary>
    let isMoreBetter: Bool
    var isRate: Bool { name == "received" }

    /// - Parameter noun: of what is received: `frame`.
    static func rate(of noun: String) -> SweepFigure {
        SweepFigure(
            name: "received", title: "\(PieceWords.title(noun)) received a second", unit: .rate(of: noun), summary: \.rxPps,
            isMoreBetter: true)
    }
    static var bits: SweepFigure {
        SweepFigure(name: "bits", title: "Bits a second at layer 2", unit: .bitRate, summary: \.rxL2Bps, isMoreBetter: true)
    }
}

/// A cell's place, in the words of the command line.
enum SettingsText {
    static func line(_ settings: [String: String], _ vary: [SweepDesign.Axis]) -> String {
        if let known = vary.name(of: settings) { return known }
        return settings.isEmpty ? "the default" : settings.keys.sorted().map { "\($0) \(settings[$0] ?? "")" }.joined(separator: ", ")
    }
}

enum PlotName {
    /// What a file may be called.
    static func of(_ text: String) -> String {
        let plain = text.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
        return String(String(plain).split(separator: "-").joined(separator: "-").prefix(40))
    }
}

/// The tables of sweeps and of what is made like them.
enum SweepTables {
    static func cells(
        _ cells: [SweepResult.Cell], settings names: [String], noun: (SweepResult.Cell) -> String = { _ in TrialProgress.frame }
    ) -> ReportTable {
        var table = ReportTable(
            "Cells",
            names.map { .text($0) } + [
                .number("received"), .number("interval"), .number("layer 2"), .number("loss"), .number("p50"), .number("p99"),
                .number("trials"), .number("void"), .text("obstacle")
            ], isSorting: true)
        for cell in cells {
            let (sample, summary) = (cell.sample, cell.sample.summary)
            let half = sample.rxPpsInterval?.halfWidth(of: summary.rxPps.median)
            let isDoubtful = !sample.trials.isEmpty && !sample.trusted
            let reason =
                cell.obstacle ?? (sample.trials.isEmpty ? "its turn hadn't come" : isDoubtful ? "at least half of its trials are void" : "")
            table.rows.append(
                names.map { setting(cell.settings[$0] ?? "–") } + [
                    .init(summary.rxPps.measuredMedian, .rate(of: noun(cell)), tone: isDoubtful ? .warn : .plain),
                    .init(half.map { "± \(FigureText.percent($0))" } ?? "–", value: half), .init(summary.rxL2Bps.measuredMedian, .bitRate),
                    .init(summary.lossRatio.measuredMedian, .ratio, tone: summary.lossRatio.median > 0 ? .bad : .plain),
                    .init(summary.pathP50Nanoseconds.measuredMedian, .nanoseconds),
                    .init(summary.pathP99Nanoseconds.measuredMedian, .nanoseconds), .init(sample.trials.count),
                    .init(sample.voidTrials, tone: sample.voidTrials > 0 ? .warn : .plain),
                    .init(reason, tone: reason.isEmpty ? .plain : .warn)
                ])
        }
        return table
    }

    /// Numbers are sorted as numbers.
    private static func setting(_ text: String) -> ReportTable.Cell { .init(text, value: Double(text)) }

    /// Each kind once, with how many trials have it; those that void a trial first.
    static func warnings(_ trials: [SweepTrial], _ own: [Warning]) -> [Warning] {
        var counts: [String: Int] = [:]
        var firsts: [Warning] = []
        for warning in trials.flatMap(\.warnings) {
            if counts[warning.code] == nil { firsts.append(warning) }
            counts[warning.code, default: 0] += 1
        }
        let told = firsts.map { warning -> Warning in
            var told = warning
            told.message =
                "in \(FigureText.count(counts[warning.code] ?? 0)) of \(FigureText.count(trials.count, "trial")): \(warning.message)"
            return told
        }
        return own + told.filter(\.voidsResult) + told.filter { !$0.voidsResult }
    }
}

extension ReportPage {
    /// What `vethmark tune` found, and what it tried.
    public init(_ tune: TuneResult, source: String? = nil) {
        kind = "tune"
        title = "vethmark tune for \(tune.goal.rawValue)\(source.map { " · \($0)" } ?? "")"
        let settings = tune.winner.map { winner in
            winner.settings.keys.sorted().map { "--\($0) \(winner.settings[$0] ?? "")" }.joined(separator: " ")
        }
        switch (tune.winner, settings) {
        case (let winner?, let settings?) where settings.isEmpty: headline = ["The default stays", winner.words]
        case (let winner?, let settings?): headline = ["Best for \(tune.goal.rawValue): \(settings)", winner.words]
        default: headline = [tune.interrupted ? "Interrupted before a winner was found" : "No winner was found"]
        }
        if let failure = tune.failure {
            verdict = .init(tone: .bad, words: "The search is not complete: \(failure).")
        } else if tune.trusted {
            verdict = .init(
                tone: tune.interrupted ? .warn : .good,
                words: tune.interrupted ? "Interrupted." : "Trusted: most of the last rounds can be.")
        } else {
            verdict = .init(tone: .bad, words: "Don't trust it: most of the last rounds are void.")
        }
        let margin = tune.winner?.margin
        figures = [
            margin.map {
                .init(name: "Best over default", value: PlotUnit.times.text($0.ratio), note: "of \(FigureText.count($0.rounds, "round"))")
            },
            margin?.interval.map {
                .init(
                    name: "Interval", value: "\(PlotUnit.times.text($0.low)) … \(PlotUnit.times.text($0.high))",
                    note: FigureText.percent($0.level))
            },
            .init(name: "Tried", value: FigureText.count(tune.cells.count, "cell")),
            .init(name: "Trusted", value: tune.trusted ? "yes" : "no", tone: tune.trusted ? .good : .bad)
        ].compactMap { $0 }
        let names = Set(tune.cells.flatMap(\.settings.keys)).sorted()
        // Cells that stayed in longer have more trials; that alone puts the better ones first.
        let ordered = tune.cells.sorted {
            ($0.sample.trials.count, $0.sample.summary.rxPps.median) > ($1.sample.trials.count, $1.sample.summary.rxPps.median)
        }
        let shown = ordered.filter { $0.sample.summary.rxPps.count > 0 }.prefix(12)
        let plot = BarPlot(
            name: "tried", title: "Frames received a second, of the cells that stayed in longest",
            summary: shown.map { "\(SettingsText.line($0.settings, [])): \(PlotUnit.frameRate.text($0.sample.summary.rxPps.median))" }
                .joined(separator: "; ") + ".",
            axis: PlotAxis(title: "frames a second", unit: .frameRate), parts: [.init(name: "received", fill: "f1")],
            bars: shown.map { .init(name: SettingsText.line($0.settings, []), parts: [$0.sample.summary.rxPps.median]) })
        let table = SweepTables.cells(ordered, settings: names)
        mainTable = table
        sections = [
            ReportSection("What was tried", [shown.isEmpty ? nil : .plot(plot), .table(table)]),
            ReportSection("Warnings", [.warnings(ofAll: SweepTables.warnings(tune.cells.flatMap(\.sample.trials), tune.warnings))]),
            ConditionsSection.section(tune.conditions, plan: tune.plan, command: tune.command)
        ].compactMap { $0 }
    }
}
