import Engines
import Kernel
import Methods
import Metrics
import Plans
import Results

extension ReportPage {
    /// What capture tools kept of a load that is known.
    public init(_ capture: CaptureResult, source: String? = nil) {
        let view = CaptureView(capture: capture)
        kind = "capture"
        title = "vethmark capture of \(capture.entries.map(\.name).joined(separator: ", "))\(source.map { " · \($0)" } ?? "")"
        headline = view.headline
        verdict = view.verdict
        figures = view.figures
        sections = view.sections
        mainTable = view.rounds
    }
}

struct CaptureView {
    let capture: CaptureResult

    private var scored: [CaptureResult.Entry] { capture.entries.filter { entry in entry.rounds.contains { $0.score != nil } } }

    var headline: [String] {
        if let cells = capture.cells {
            let known = cells.filter { $0.search?.lowerBoundPps != nil }
            func rate(_ cell: CaptureResult.Cell) -> Double { cell.search?.lowerBoundPps ?? 0 }
            guard let most = known.max(by: { rate($0) < rate($1) }), let least = known.min(by: { rate($0) < rate($1) }) else {
                return ["No load was found that the tool keeps up with"]
            }
            func words(_ cell: CaptureResult.Cell) -> String { "\(PlotUnit.frameRate.text(rate(cell))) (\(cell.name(capture.vary ?? [])))" }
            return ["Loses nothing at \(words(least))" + (known.count > 1 ? " up to \(words(most))" : "")]
        }
        if let search = capture.search, let entry = capture.entries.first {
            let upper = search.upperBoundPps.map { ", and not at \(PlotUnit.frameRate.text($0))" } ?? ""
            return [
                "\(entry.name) "
                    + (search.lowerBoundPps.map { "loses nothing at \(PlotUnit.frameRate.text($0))\(upper)" }
                        ?? "was found to keep up with no rate")
            ]
        }
        let parts = scored.map { entry in
            entry.lossRatio.max == 0 ? "\(entry.name) lost nothing" : "\(entry.name) lost \(FigureText.percent(entry.lossRatio.median))"
        }
        return [parts.isEmpty ? "Nothing was scored" : parts.joined(separator: ", ")]
    }

    var verdict: ReportPage.Verdict {
        guard !capture.trusted else { return .init(tone: .good, words: "Trusted: every frame is accounted for, sent, and kept or lost.") }
        let reasons =
            capture.warnings.filter(\.voidsResult).map(\.message)
            + capture.entries.compactMap { entry in entry.obstacle.map { "\(entry.name): \($0)" } }
        return .init(
            tone: .bad, words: "Don't trust this result: \(reasons.isEmpty ? "the book does not close" : reasons.joined(separator: "; ")).")
    }

    var figures: [ReportPage.KeyFigure] {
        let rounds = capture.entries.flatMap(\.rounds)
        let scores = rounds.compactMap(\.score)
        guard !scores.isEmpty else { return [] }
        let lost = scores.reduce(0) { $0 &+ $1.lostByTool }
        let untold = scores.compactMap(\.untold)
        return [
            .init(name: "Sent", value: FigureText.count(scores.reduce(0) { $0 &+ $1.sent }), note: "frames"),
            .init(name: "Kept", value: FigureText.count(scores.reduce(0) { $0 &+ $1.kept }), note: "frames"),
            .init(
                name: scored.count > 1 ? "Lost by tools" : "Lost by the tool", value: lost == 0 ? "none" : FigureText.count(lost),
                note: "frames",
                tone: lost == 0 ? .good : .bad),
            untold.isEmpty
                ? nil
                : .init(
                    name: "Untold", value: FigureText.count(untold.reduce(0, &+)), note: "lost, and not in its own counters",
                    tone: untold.contains { $0 > 0 } ? .bad : .plain),
            .init(name: "Trusted", value: capture.trusted ? "yes" : "no", tone: capture.trusted ? .good : .bad)
        ].compactMap { $0 }
    }

    var sections: [ReportSection] {
        [
            ReportSection("The highest rate without loss", [cellRates.map { .plot($0) }, .table(unlessEmpty: cells)]),
            ReportSection(
                "What was kept",
                scored.count == 1 && capture.search == nil && capture.cells == nil
                    ? [flow.map { .plot($0) }] : [lossPlot.map { .plot($0) }, cpuPlot.map { .plot($0) }, .table(unlessEmpty: tools)]),
            ReportSection("Loss by rate", [rateLoss.map { .plot($0) }]),
            ReportSection("Where in time the losses lie", timelines.map { .plot($0) }),
            ReportSection("Every round", [.table(unlessEmpty: rounds), roundLoss.map { .plot($0) }]),
            ReportSection("Streams", [.table(unlessEmpty: streams)]),
            ReportSection("The tools", capture.entries.flatMap(tool)),
            ReportSection("Warnings", [.warnings(ofAll: SweepTables.grouped(capture.warnings))]),
            ConditionsSection.section(capture.conditions, plan: capture.plan, command: capture.command)
        ].compactMap { $0 }
    }

    /// Of searches under several loads.
    private var cells: ReportTable {
        let vary = capture.vary ?? []
        var table = ReportTable(
            "Searches",
            vary.map { .text($0.setting) } + [.number("loses nothing at"), .number("not at"), .text("limited by"), .text("obstacle")],
            isSorting: true)
        for cell in capture.cells ?? [] {
            table.rows.append(
                vary.map { axis in
                    let text = cell.settings[axis.setting] ?? "–"
                    return .init(text, value: Double(text))
                } + [
                    .init(cell.search?.lowerBoundPps, .frameRate), .init(cell.search?.upperBoundPps, .frameRate),
                    .init(cell.search?.limitedBy?.rawValue ?? "–"), .init(cell.obstacle ?? "", tone: .warn)
                ])
        }
        return table
    }

    private var cellRates: BarPlot? {
        let known = (capture.cells ?? []).compactMap { cell in
            cell.search?.lowerBoundPps.map { (name: cell.name(capture.vary ?? []), pps: $0, upper: cell.search?.upperBoundPps) }
        }
        guard !known.isEmpty else { return nil }
        return BarPlot(
            name: "lossless-rates", title: "The highest rate without loss, and the lowest with one",
            summary: known.map { "\($0.name): \(PlotUnit.frameRate.text($0.pps))" }.joined(separator: "; ") + ".",
            axis: PlotAxis(title: "frames a second", unit: .frameRate), parts: [.init(name: "without loss", fill: "f-good")],
            bars: known.map { cell in .init(name: cell.name, parts: [cell.pps], range: cell.upper.map { cell.pps...max($0, cell.pps) }) })
    }

    /// The sender's book, and behind it the tool's part.
    private var flow: FlowPlot? {
        let rounds = capture.entries.flatMap(\.rounds)
        guard !rounds.isEmpty else { return nil }
        let book = TrialTables.sum(rounds.map(\.trial.ledger))
        let scores = rounds.compactMap(\.score)
        guard scores.count == rounds.count else { return nil }
        return FlowPlot(
            name: "kept", title: "Where the frames went", offered: book.offered, sent: book.sent, notOffered: book.notOffered,
            refused: book.refused,
            ends: [
                ("kept by the tool", scores.reduce(0) { $0 &+ $1.kept }, "f-good"),
                ("lost by the tool", scores.reduce(0) { $0 &+ $1.lostByTool }, "f-bad"),
                ("dropped on the link", scores.reduce(0) { $0 &+ min($1.lost, $1.lostOnLink) }, "f-warn")
            ])
    }

    private var lossPlot: BarPlot? {
        guard !scored.isEmpty else { return nil }
        return BarPlot(
            name: "loss-by-tool", title: "Loss by tool, with its best and worst round",
            summary: scored.map { "\($0.name): \(FigureText.percent($0.lossRatio.median))" }.joined(separator: "; ") + ".",
            axis: PlotAxis(title: "lost, of what reached the receiving end", unit: .ratio), parts: [.init(name: "lost", fill: "f-bad")],
            bars: scored.map { entry in
                .init(
                    name: entry.name, parts: [entry.lossRatio.median],
                    range: entry.lossRatio.range)
            })
    }

    private var cpuPlot: BarPlot? {
        let known = scored.filter { $0.cpuNanosecondsPerFrame.count > 0 }
        guard !known.isEmpty else { return nil }
        return BarPlot(
            name: "cpu-by-tool", title: "CPU time for each kept frame",
            summary: known.map { "\($0.name): \(FigureText.nanoseconds($0.cpuNanosecondsPerFrame.median))" }.joined(separator: "; ") + ".",
            axis: PlotAxis(title: "time a frame", unit: .nanoseconds), parts: [.init(name: "CPU time", fill: "f1")],
            bars: known.map { .init(name: $0.name, parts: [$0.cpuNanosecondsPerFrame.median]) })
    }

    private var tools: ReportTable {
        var table = ReportTable(
            "Tools",
            [
                .text("tool"), .number("sent"), .number("kept"), .number("lost"), .number("loss"), .number("untold"),
                .number("CPU a frame"),
                .number("memory"), .text("obstacle")
            ], isSorting: capture.entries.count > 1)
        for entry in capture.entries {
            let scores = entry.rounds.compactMap(\.score)
            let untold = scores.compactMap(\.untold)
            let memory = entry.rounds.compactMap(\.tool.memory.residentPeakBytes).max()
            let lost = scores.reduce(0) { $0 &+ $1.lostByTool }
            table.rows.append([
                .init(entry.name), .init(entry.rounds.reduce(0) { $0 &+ $1.trial.ledger.sent }), .init(scores.reduce(0) { $0 &+ $1.kept }),
                .init(lost, tone: lost > 0 ? .bad : .plain), .init(entry.lossRatio.measuredMedian, .ratio),
                .init(untold.isEmpty ? nil : Double(untold.reduce(0, &+)), .count),
                .init(entry.cpuNanosecondsPerFrame.measuredMedian, .nanoseconds),
                .init(memory.map(CaptureReport.mebibytes) ?? "–", value: memory.map { Double($0) }),
                .init(entry.obstacle ?? "", tone: .warn)
            ])
        }
        return table
    }

    var rounds: ReportTable {
        var table = ReportTable(
            "Rounds",
            [
                .text("tool"), .number("round"), .number("asked for"), .number("sent"), .number("kept"), .number("lost by it"),
                .number("on the link"),
                .number("loss"), .number("told"), .number("first loss at"), .number("longest gap"), .text("trusted")
            ], isSorting: true)
        for entry in capture.entries {
            for (index, round) in entry.rounds.enumerated() {
                let score = round.score
                table.rows.append([
                    .init(entry.name), .init("\(index + 1)", value: Double(index + 1)), .init(round.loadPps, .frameRate),
                    .init(round.trial.ledger.sent), .init(score?.kept),
                    .init(score?.lostByTool, tone: (score?.lostByTool ?? 0) > 0 ? .bad : .plain),
                    .init(score?.lostOnLink), .init(score?.lossRatio, .ratio), .init(round.tool.claims?.dropped),
                    .init(score?.firstLossAt, .nanoseconds), .init(score?.longestGap),
                    .init(round.trusted ? "yes" : "no", tone: round.trusted ? .plain : .bad)
                ])
            }
        }
        return table
    }

    /// Of a load of several streams, all rounds of a tool together.
    private var streams: ReportTable {
        var table = ReportTable(
            "What was kept of each stream", [.text("stream"), .text("tool"), .number("sent"), .number("kept"), .number("lost")],
            isSorting: true)
        for entry in capture.entries {
            let all = entry.rounds.compactMap(\.score?.streams).flatMap { $0 }
            var names: [String] = []
            for stream in all where !names.contains(stream.name) { names.append(stream.name) }
            for name in names {
                let own = all.filter { $0.name == name }
                let lost = own.reduce(0) { $0 &+ $1.lost }
                table.rows.append([
                    .init(name), .init(entry.name), .init(own.reduce(0) { $0 &+ $1.sent }), .init(own.reduce(0) { $0 &+ $1.kept }),
                    .init(lost, tone: lost > 0 ? .bad : .plain)
                ])
            }
        }
        return table
    }

    private var roundLoss: LinePlot? {
        guard capture.search == nil, capture.cells == nil else { return nil }
        return TrialPlots.samples(
            scored.prefix(6).map { entry in (name: entry.name, values: entry.rounds.compactMap { $0.score?.lossRatio }) },
            name: "loss-by-round",
            title: "Loss, round by round", unit: .ratio, axis: "loss", noun: "round")
    }

    /// Of a search, whose rounds have a rate each.
    private var rateLoss: LinePlot? {
        let series = scored.prefix(6).enumerated().map { index, entry in
            LinePlot.Series(
                name: entry.name,
                points: entry.rounds.compactMap { round in
                    guard let load = round.loadPps, let score = round.score else { return nil }
                    return .init(
                        x: load, y: score.lossRatio, mark: !round.trusted ? .untrusted : score.lostByTool == 0 ? .good : .bad,
                        words: "\(PlotUnit.frameRate.text(load)): \(FigureText.percent(score.lossRatio)) lost")
                }.sorted { $0.x < $1.x }, form: .marks, colour: index + 1)
        }.filter { $0.points.count > 1 }
        guard let first = series.first, Set(series.flatMap(\.points).map(\.x)).count > 1 else { return nil }
        return LinePlot(
            name: "loss-by-rate", title: "Loss by rate",
            summary: "\(first.name): " + first.points.compactMap(\.words).joined(separator: "; ") + ".",
            x: PlotAxis(title: "load, frames a second", unit: .frameRate), y: PlotAxis(title: "loss", unit: .ratio), series: series,
            keys: [("kept all", .good), ("lost some", .bad), ("not to be trusted", .untrusted)])
    }

    /// Sums of the rounds of each tool.
    private var timelines: [LinePlot] {
        scored.compactMap { entry in
            let parts = entry.rounds.compactMap(\.score?.lostByTwentieth)
            guard let count = parts.map(\.count).max(), count > 1, parts.contains(where: { $0.contains { $0 > 0 } }) else { return nil }
            let sums = (0..<count).map { place in parts.reduce(UInt64(0)) { $0 &+ ($1.indices.contains(place) ? $1[place] : 0) } }
            let most = sums.indices.max { sums[$0] < sums[$1] } ?? 0
            return LinePlot(
                name: "lost-over-time-\(PlotName.of(entry.name))", title: "\(entry.name): frames lost over the load",
                summary:
                    "\(FigureText.count(sums.reduce(0, &+))) lost; most, \(FigureText.count(sums[most])), in part \(most + 1) of \(count).",
                x: PlotAxis(title: "part of the load, in the order sent", unit: .ratio), y: PlotAxis(title: "frames lost", unit: .count),
                series: [
                    .init(
                        name: "",
                        points: sums.enumerated().map { place, lost in
                            .init(x: (Double(place) + 0.5) / Double(count), y: Double(lost), words: "\(FigureText.count(lost)) lost")
                        }, form: .lineWithMarks, colour: 2)
                ])
        }
    }

    private func tool(_ entry: CaptureResult.Entry) -> [ReportBlock?] {
        [
            .command(entry.rounds.first?.tool.command ?? entry.command), entry.obstacle.map { .text("\(entry.name): \($0)") },
            entry.rounds.first?.tool.claims.flatMap { claims in
                .facts([
                    "\(entry.name) said": claims.source, "captured": claims.captured.map { FigureText.count($0) },
                    "received": claims.received.map { FigureText.count($0) }, "dropped": claims.dropped.map { FigureText.count($0) },
                    "dropped by the interface": claims.interfaceDropped.map { FigureText.count($0) }
                ])
            }
        ]
    }
}

extension SweepTables {
    /// Of each kind one, with the number of the rest.
    static func grouped(_ warnings: [Warning]) -> [Warning] {
        var kinds: [String] = []
        for warning in warnings where !kinds.contains(warning.code) { kinds.append(warning.code) }
        return kinds.compactMap { code in
            let group = warnings.filter { $0.code == code }
            guard var told = group.first(where: \.voidsResult) ?? group.first else { return nil }
            if group.count > 1 { told.message += ", and \(group.count - 1) more like it" }
            return told
        }
    }
}

extension ReportPage {
    /// A capture file sent over a link.
    public init(_ replay: ReplayResult, source: String? = nil) {
        let (file, timing) = (replay.file, replay.timing)
        let trial = replay.trials.first
        let book = trial?.ledger ?? Ledger()
        let isCounted = trial.map { $0.receiver.abilities.counting != .byTheLink } ?? false
        kind = "replay"
        title = "vethmark replay of \(file.path)\(source.map { " · \($0)" } ?? "")"
        let loss = !isCounted ? "counted by nobody" : book.lost == 0 ? "no loss" : "\(FigureText.percent(book.lossRatio)) lost"
        headline = ["\(file.path): \(FigureText.count(book.sent, "frame")) sent, \(loss)"]
        if let failure = replay.failure {
            verdict = .init(tone: .bad, words: "The file was not replayed as a whole: \(failure).")
        } else if replay.trusted {
            verdict = .init(tone: .good, words: "Trusted: the book is closed from the file to the receiving end.")
        } else {
            let reasons = replay.warnings.filter(\.voidsResult).map(\.message)
            verdict = .init(
                tone: .bad,
                words: "Don't trust this result: \(reasons.isEmpty ? "the book does not close" : reasons.joined(separator: "; ")).")
        }
        let late = timing.error.p99.map { "p99 \(FigureText.nanoseconds($0)) late" }
        figures = [
            trial.map {
                .init(name: "Sent", value: PlotUnit.frameRate.text($0.rates.txPps), note: PlotUnit.bitRate.text($0.rates.txL2Bps))
            },
            isCounted
                ? .init(
                    name: "Lost", value: book.lost == 0 ? "none" : FigureText.percent(book.lossRatio),
                    note: "\(FigureText.count(book.lost)) of \(FigureText.count(book.sent)) frames", tone: book.lost == 0 ? .good : .bad)
                : nil,
            .init(
                name: "Skipped", value: file.skipped.total == 0 ? "none" : FigureText.count(file.skipped.total),
                note: "of \(FigureText.count(file.read)) read",
                tone: file.skipped.total == 0 ? .plain : .warn),
            timing.driftNanoseconds.map { .init(name: "Drift at the end", value: FigureText.nanoseconds($0), note: late) },
            .init(name: "Trusted", value: replay.trusted ? "yes" : "no", tone: replay.trusted ? .good : .bad)
        ].compactMap { $0 }
        let latencies = trial.map(RunView.latencies) ?? []
        mainTable = TrialTables.ledger(book)
        sections = [
            ReportSection(
                "Where the frames went",
                [
                    .plot(FlowPlot(name: "ledger", title: "From the sender to the receiving end", ledger: book)),
                    .details("The book in rows", [.table(TrialTables.ledger(book))])
                ]),
            ReportSection(
                "The file",
                [
                    .facts([
                        "frames": FigureText.count(file.frames), "bytes": FigureText.count(file.bytes),
                        "lasts": FigureText.nanoseconds(file.durationNanoseconds), "read to its end": file.isWhole ? "yes" : "no",
                        "loops": "\(FigureText.count(file.loopsCompleted)) of \(file.loops.map { FigureText.count($0) } ?? "any number")",
                        "skipped":
                            "\(FigureText.count(file.skipped.truncated)) cut short, \(FigureText.count(file.skipped.oversized)) too large, "
                            + "\(FigureText.count(file.skipped.tooShort)) too short",
                        "left unsent": FigureText.count(file.unsent), "with a signature": FigureText.count(file.stamped),
                        "ended by": replay.ended
                    ])
                ]),
            ReportSection(
                "Times",
                [
                    TrialPlots.percentiles([("late by", timing.error)], name: "lateness", title: "How late frames left, by percentile").map
                    { .plot($0) },
                    trial.flatMap { TrialPlots.rates($0) }.map { .plot($0) },
                    .facts([
                        "mode": timing.mode, "speed": timing.speed.map { "\($0)×" }, "rate": timing.rate.map { "\($0)" },
                        "planned": timing.plannedNanoseconds.map { FigureText.nanoseconds($0) },
                        "sent within": FigureText.nanoseconds(timing.sentNanoseconds),
                        "drift": timing.driftNanoseconds.map { FigureText.nanoseconds($0) },
                        "waited for the file": FigureText.nanoseconds(timing.starvedNanoseconds)
                    ])
                ]),
            ReportSection(
                "Latency",
                [
                    TrialPlots.percentiles(latencies.filter { $0.name != "send lag" }).map { .plot($0) },
                    TrialPlots.histogram(
                        trial?.latency.pathHistogram, name: "path-latency", title: "Path latency, all frames", axis: "path latency"
                    )
                    .map { .plot($0) }, trial.flatMap { TrialPlots.overTime($0) }.map { .plot($0) },
                    .table(unlessEmpty: TrialTables.latency(latencies)),
                    trial.flatMap { TrialTables.overTime($0) }.map { .details("Latency by interval", [.table($0)]) },
                    trial.flatMap { TrialTables.overTimeMissing($0) }.map { .note($0) }
                ]),
            trial.flatMap { RunView.workplace($0, replay.placement, isOnly: true) },
            ReportSection("Warnings", [.warnings(ofAll: replay.warnings)]),
            ConditionsSection.section(replay.conditions, plan: nil, command: replay.command)
        ].compactMap { $0 }
    }
}
