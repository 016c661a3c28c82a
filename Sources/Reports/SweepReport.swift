import Methods
import Metrics
import Results
import Trials

/// A sweep as text for people: which cell is best and by how much, the grid, every cell, and what could not be measured.
public struct SweepReport {
    private let result: SweepResult
    private let style: TextStyle

    public init(_ result: SweepResult, style: TextStyle) {
        self.result = result
        self.style = style
    }

    /// Ends with a line break.
    public var text: String {
        var lines = headline.flatMap { style.wrapped($0, indent: 4) }
        lines += section(gridTitle, grid)
        lines += section("Cells", cellTable)
        lines += section("Hosts", hosts)
        lines += section("Warnings", warnings.flatMap { style.wrapped($0, indent: 4) })
        lines += section("Not measured, or no further", obstacles)
        return style.finished((lines + [""] + style.wrapped(verdict, indent: 2)).joined(separator: "\n") + "\n")
    }

    private func section(_ title: String, _ lines: [String]) -> [String] { lines.isEmpty ? [] : ["", style.heading(title)] + lines }

    /// With figures.
    private var measured: [SweepResult.Cell] { result.cells.filter { $0.sample.summary.rxPps.count > 0 } }
    private var sound: [SweepResult.Cell] { measured.filter(\.sample.trusted) }

    // MARK: the answer

    private var headline: [String] {
        var lines: [String] = []
        if let best = most(\.rxPps) {
            lines.append("Most \(result.pieceNoun)s a second: \(style.heading(name(best))), \(figures(best))\(distance(best, \.rxPps))")
            if let bits = most(\.rxL2Bps), bits.settings != best.settings {
                lines.append("Most bits a second: \(style.heading(name(bits))), \(figures(bits))")
            }
        }
        let timed = sound.filter { $0.sample.summary.pathP99Nanoseconds.count > 0 }
        if timed.count > 1, let quick = timed.min(by: { p99($0) < p99($1) }) {
            lines.append("Lowest p99: \(style.heading(name(quick))), \(FigureText.nanoseconds(p99(quick)))")
        }
        if lines.isEmpty { lines.append(style.bad(measured.isEmpty ? "nothing was measured" : "no cell can be trusted")) }
        return lines + [course] + noise
    }

    private func most(_ figure: KeyPath<RunResult.Summary, SampleSummary>) -> SweepResult.Cell? {
        sound.max { $0.sample.summary[keyPath: figure].median < $1.sample.summary[keyPath: figure].median }
    }

    private func p99(_ cell: SweepResult.Cell) -> Double { cell.sample.summary.pathP99Nanoseconds.median }

    private func figures(_ cell: SweepResult.Cell) -> String {
        let summary = cell.sample.summary
        let loss = summary.lossRatio.median
        return "\(rate(cell)), \(BitRate(bitsPerSecond: summary.rxL2Bps.median)) at layer 2, "
            + (loss == 0 ? style.good("no loss") : style.bad("\(FigureText.percent(loss)) lost"))
    }

    /// Who is as good, as far as can be told, or by how much all others are behind.
    private func distance(_ best: SweepResult.Cell, _ figure: KeyPath<RunResult.Summary, SampleSummary>) -> String {
        let others = sound.filter { $0.settings != best.settings }
        // Rounds of several hosts have nothing in common.
        guard !others.isEmpty, (result.hosts?.count ?? 0) < 2 else { return "" }
        let ratios = others.map { PairedRatio($0.sample, over: best.sample) }
        guard ratios.contains(where: { $0?.interval != nil }) else { return "; fewer than 6 rounds tell no two cells apart" }
        let near = zip(others, ratios).filter { !($0.1?.isTold ?? false) }.map(\.0)
        guard !near.isEmpty else {
            let next = ratios.compactMap { $0 }.max { $0.ratio < $1.ratio }
            return next.map { "; the next is \(FigureText.percent(1 - $0.ratio)) behind" } ?? ""
        }
        let names = near.prefix(2).map(name).joined(separator: "; ")
        return "; not told apart from it: \(names)\(near.count > 2 ? " and \(FigureText.count(near.count - 2, "other"))" : "")"
    }

    private var course: String {
        let load = result.plan.load
        let span =
            load.durationNanoseconds.map { " of \(DurationText(nanoseconds: $0))" } ?? load.frameCount.map {
                " of \(FigureText.count($0, result.pieceNoun))"
            } ?? ""
        let rounds =
            result.rounds == result.plannedRounds
            ? FigureText.count(result.rounds, "round") : "\(result.rounds) of at most \(FigureText.count(result.plannedRounds, "round"))"
        let shard = result.shard.map { ", shard \($0.shard)" } ?? ""
        return style.faint(
            "\(FigureText.count(result.cells.count, "cell"))\(shard), \(rounds)\(span), to and fro; medians of the trials that can be trusted"
        )
    }

    /// What the base plan makes of itself.
    private var noise: [String] {
        let summary = result.calibration.summary.rxPps
        // Of several hosts each has its own.
        guard let spread = summary.relativeSpread, (result.hosts?.count ?? 0) < 2 else { return [] }
        let text =
            "The machine's own noise: the plan without changes, once a round, \(planRate(summary.median)) ± \(FigureText.percent(spread))"
        return [spread > 0.1 ? style.warning(text + ", which hides smaller differences") : style.faint(text)]
    }

    // MARK: tables

    private var gridTitle: String {
        result.vary.count == 2 ? "Received, \(result.vary[0].setting) down, \(result.vary[1].setting) across" : ""
    }

    /// For two settings; empty where it would be wider than the terminal.
    private var grid: [String] {
        guard result.vary.count == 2, !result.zip else { return [] }
        let (rows, columns) = (result.vary[0], result.vary[1])
        var table = Table([.text(rows.setting)] + columns.values.map { .number($0) })
        for row in rows.values {
            table.rows.append(
                [row]
                    + columns.values.map { column in
                        let cell = result.cells.first { $0.settings[rows.setting] == row && $0.settings[columns.setting] == column }
                        guard let cell, cell.sample.summary.rxPps.count > 0 else { return "–" }
                        return rate(cell) + (cell.sample.trusted ? "" : " ?")
                    })
        }
        return style.fits(table.lines) ? table.lines(style) : []
    }

    private enum Figure: CaseIterable { case rate, interval, bits, loss, median, tail }

    /// The widest that fits; what goes first is what can be done without.
    private var cellTable: [String] {
        for dropped in [[], [.median], [.median, .bits], [.median, .bits, .tail]] as [[Figure]] {
            let figures = Figure.allCases.filter { !dropped.contains($0) }
            if style.fits(cellRows(figures).lines) { return cellTable(figures) }
        }
        // A paragraph for each has room for all.
        return cellTable(Figure.allCases)
    }

    private func cellRows(_ figures: [Figure]) -> Table {
        let titles: [Figure: String] = [
            .rate: "received", .interval: "interval", .bits: "layer 2", .loss: "loss", .median: "p50", .tail: "p99"
        ]
        var table = Table(result.vary.map { .text($0.setting) } + figures.map { .number(titles[$0] ?? "") })
        for cell in measured {
            let summary = cell.sample.summary
            table.rows.append(
                result.vary.map { cell.settings[$0.setting] ?? "" }
                    + figures.map { figure in
                        switch figure {
                        case .rate: rate(cell) + (cell.sample.trusted ? "" : " ?")
                        case .interval:
                            cell.sample.rxPpsInterval?.halfWidth(of: summary.rxPps.median).map { "± \(FigureText.percent($0))" } ?? "–"
                        case .bits: "\(BitRate(bitsPerSecond: summary.rxL2Bps.median))"
                        case .loss: FigureText.percent(summary.lossRatio.median)
                        case .median: latency(summary.pathP50Nanoseconds)
                        case .tail: latency(summary.pathP99Nanoseconds)
                        }
                    })
        }
        return table
    }

    private func cellTable(_ figures: [Figure]) -> [String] {
        let table = cellRows(figures)
        guard !table.rows.isEmpty else { return [] }
        let level = measured.compactMap(\.sample.rxPpsInterval?.level).min()
        let note = level.map { "interval: half of what holds the median with at least \(FigureText.percent($0)), by order statistics" }
        let doubt = measured.contains { !$0.sample.trusted } ? "?: at least half of the cell's trials are void" : nil
        return table.lines(style) + [note, doubt].compactMap { $0 }.flatMap { style.wrapped(style.faint("  " + $0), indent: 2) }
    }

    private func latency(_ summary: SampleSummary) -> String { summary.count == 0 ? "–" : FigureText.nanoseconds(summary.median) }

    /// What each made of the plan itself.
    private var hosts: [String] {
        guard let hosts = result.hosts else { return [] }
        var table = Table(.text("host"), .text("kernel"), .number("cells"), .number("the plan itself"), .number("its noise"))
        for host in hosts {
            let summary = host.calibration.summary.rxPps
            table.add(
                host.name.visible, host.kernelRelease.visible, FigureText.count(host.cells.count),
                summary.count > 0 ? planRate(summary.median) : "–", summary.relativeSpread.map { "± \(FigureText.percent($0))" } ?? "–")
        }
        return table.lines(style)
    }

    // MARK: doubts

    /// Each kind once, with how many trials have it; those that void a trial first.
    private var warnings: [String] {
        let trials = result.calibration.trials + result.cells.flatMap(\.sample.trials)
        var counts: [String: Int] = [:]
        var firsts: [Warning] = []
        for warning in trials.flatMap(\.warnings) {
            if counts[warning.code] == nil { firsts.append(warning) }
            counts[warning.code, default: 0] += 1
        }
        let told = firsts.filter(\.voidsResult) + firsts.filter { !$0.voidsResult }
        return told.map { warning in
            let place = "in \(FigureText.count(counts[warning.code] ?? 0)) of \(FigureText.count(trials.count, "trial"))"
            let text = "\(warning.code), \(place)\(warning.voidsResult ? ", which it voids" : ""): \(warning.message.visible)"
            return "  " + (warning.voidsResult ? style.bad(text) : style.warning(text)) + "; \(warning.remedy.visible)"
        } + result.warnings.map { "  \(style.warning("\($0.code): \($0.message.visible)")); \($0.remedy.visible)" }
    }

    /// Each reason once, with all cells that it keeps away.
    private var obstacles: [String] {
        var reasons: [String] = []
        var names: [String: [String]] = [:]
        for cell in result.cells {
            let reason: String? =
                cell.obstacle ?? (!cell.sample.trials.isEmpty ? nil : "its turn hadn't come")
                ?? (cell.sample.trusted || cell.sample.summary.rxPps.count > 0 ? nil : "none of its trials can be trusted")
            guard let reason else { continue }
            if names[reason] == nil { reasons.append(reason) }
            names[reason, default: []].append(name(cell))
        }
        return reasons.flatMap { reason in
            let all = names[reason] ?? []
            let shown = all.prefix(4).joined(separator: "; ") + (all.count > 4 ? " and \(FigureText.count(all.count - 4, "other"))" : "")
            return style.wrapped("  \(shown): \(style.warning(reason.visible))", indent: 4)
        }
    }

    private var verdict: String {
        if let failure = result.failure { return style.bad("The sweep is not complete: \(failure.visible).") }
        let interrupted =
            result.interrupted ? style.warning("Interrupted in round \(max(result.rounds, 1)) of \(result.plannedRounds).") + " " : ""
        let doubtful = result.cells.filter { !$0.sample.trials.isEmpty && !$0.sample.trusted }
        let names = doubtful.prefix(3).map(name).joined(separator: "; ") + (doubtful.count > 3 ? " and others" : "")
        if !doubtful.isEmpty { return interrupted + style.bad("Don't trust \(names): at least half of the trials are void.") }
        return interrupted
            + (result.trusted
                ? style.good("More than half of each cell's trials can be trusted, and only they count.")
                : style.bad(measured.isEmpty ? "Nothing was measured." : "A warning voids the result."))
    }

    // MARK: words

    /// `mtu 9000, queues 2`.
    private func name(_ cell: SweepResult.Cell) -> String {
        result.vary.name(of: cell.settings) ?? ""
    }

    private func rate(_ cell: SweepResult.Cell) -> String {
        PieceWords(noun: result.pieceNoun(of: cell)).rate(max(cell.sample.summary.rxPps.median, 0.001))
    }

    /// Of the plan without changes.
    private func planRate(_ perSecond: Double) -> String { PieceWords(plan: result.plan).rate(max(perSecond, 0.001)) }
}
