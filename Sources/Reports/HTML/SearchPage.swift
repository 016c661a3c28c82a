import Methods
import Metrics
import Plans
import Results

extension ReportPage {
    /// The highest rates within losses and latencies, and the trials that led there.
    public init(_ search: SearchResult, source: String? = nil) {
        kind = "search"
        title = "vethmark search\(source.map { " · \($0)" } ?? "")"
        func answer(_ goal: LinkSearch.Goal) -> String {
            "\(goal.goal): " + (goal.relevantLowerBound.map { "\(PlotUnit.frameRate.text($0))" } ?? "no rate was good")
        }
        headline = [search.goals.isEmpty ? "Nothing was searched" : search.goals.map(answer).joined(separator: ", ")]
        if !search.stable { headline.append("Not searched: even the lowest rate, \(PlotUnit.frameRate.text(search.minimumPps)), failed.") }
        verdict = LoadWords.verdict(trusted: search.trusted && search.stable, search.failure, search.interrupted, search.warnings)
        figures =
            search.goals.map { goal in
                .init(
                    name: goal.goal, value: goal.relevantLowerBound.map(PlotUnit.frameRate.text) ?? "none",
                    note: [
                        goal.relevantUpperBound.map { "fails at \(PlotUnit.frameRate.text($0))" },
                        "limit: \(MethodWords.limit(goal.limitedBy))"
                    ]
                    .compactMap { $0 }.joined(separator: ", "))
            } + [
                .init(name: "Trials", value: "\(search.trials.count)", note: search.method.rawValue + (search.scaled ? ", scaled" : "")),
                .init(name: "Trusted", value: search.trusted ? "yes" : "no", tone: search.trusted ? .good : .bad)
            ]
        var goals = ReportTable(
            "Goals",
            [.text("goal"), .number("good at"), .number("bad at"), .number("conditional throughput"), .text("limited by"), .text("regular")]
        )
        for goal in search.goals {
            goals.rows.append([
                .init(goal.goal), .init(goal.relevantLowerBound, .frameRate), .init(goal.relevantUpperBound, .frameRate),
                .init(goal.conditionalThroughput, .frameRate), .init(MethodWords.limit(goal.limitedBy)), .init(goal.regular ? "yes" : "no")
            ])
        }
        mainTable = nil
        let plots = search.goals.flatMap { LoadPlots.course(search.trials, goal: $0.goal) }
        sections = [
            ReportSection("Goals", [.table(unlessEmpty: goals)]),
            ReportSection("How it was come to", plots.map { .plot($0) } + [.table(unlessEmpty: LoadTables.trials(search.trials))]),
            ReportSection("Warnings", [.warnings(ofAll: search.warnings)]),
            ConditionsSection.section(search.conditions, plan: search.plan, command: search.command)
        ].compactMap { $0 }
    }

    /// RFC 2544's and RFC 9004's figures, by frame size.
    public init(_ suite: SuiteResult, source: String? = nil) {
        let view = SuiteView(suite: suite)
        kind = suite.schema.contains("9004") ? "rfc9004" : "rfc2544"
        title = "vethmark \(suite.schema.contains("9004") ? "RFC 9004" : "RFC 2544")\(source.map { " · \($0)" } ?? "")"
        headline = view.headline
        verdict = LoadWords.verdict(trusted: suite.trusted, suite.failure, suite.interrupted, suite.warnings)
        figures = view.figures
        sections = view.sections
        mainTable = nil
    }
}

enum LoadWords {
    static func verdict(trusted: Bool, _ failure: String?, _ interrupted: Bool, _ warnings: [Warning]) -> ReportPage.Verdict {
        if let failure { return .init(tone: .bad, words: "It is not complete: \(failure).") }
        guard trusted else {
            let reasons = warnings.filter(\.voidsResult).map(\.message)
            return .init(tone: .bad, words: "Don't trust this result\(reasons.isEmpty ? "" : ": " + reasons.joined(separator: "; ")).")
        }
        return interrupted
            ? .init(tone: .warn, words: "Interrupted: what there is can be trusted.")
            : .init(tone: .good, words: "Trusted: nothing rests on a trial whose book does not close.")
    }
}

enum LoadPlots {
    /// The loads in the order in which they were tried, and against how long they lasted.
    static func course(_ trials: [LoadTrial], goal: String) -> [LinePlot] {
        let known = trials.filter { $0.loadPps != nil && $0.verdict[goal] != nil }
        guard !known.isEmpty else { return [] }
        func mark(_ trial: LoadTrial) -> PlotMark {
            switch trial.verdict[goal] {
            case .good: .good
            case .bad: .bad
            case .untrusted, nil: .untrusted
            }
        }
        func points(_ x: (Int, LoadTrial) -> Double) -> [LinePlot.Point] {
            known.enumerated().map { place, trial in
                .init(
                    x: x(place, trial), y: trial.loadPps ?? 0, mark: mark(trial),
                    words: "trial \(trial.index + 1), \(PlotUnit.frameRate.text(trial.loadPps ?? 0)), "
                        + "\(FigureText.nanoseconds(trial.durationNanoseconds)): \(FigureText.percent(trial.lossRatio)) lost, "
                        + "\(trial.verdict[goal]?.rawValue ?? "")")
            }
        }
        let good = known.count { $0.verdict[goal] == .good }
        let words =
            "\(FigureText.count(known.count, "trial")), \(good) good and \(known.count - good) not; highest good load "
            + "\(PlotUnit.frameRate.text(known.filter { $0.verdict[goal] == .good }.compactMap(\.loadPps).max() ?? 0))."
        let keys: [(name: String, mark: PlotMark)] = [("good", .good), ("bad", .bad), ("not to be trusted", .untrusted)]
        let load = PlotAxis(title: "load, frames a second", unit: .frameRate, isFromZero: false)
        return [
            LinePlot(
                name: "load-by-trial-\(PlotName.of(goal))", title: "\(goal): load by trial", summary: words,
                x: PlotAxis(
                    title: "trial", unit: .count, ticks: (1...known.count).map { PlotScale.Tick(value: Double($0), label: "\($0)") }),
                y: load,
                series: [.init(name: "", points: points { place, _ in Double(place + 1) }, form: .marks)], keys: keys),
            LinePlot(
                name: "load-by-duration-\(PlotName.of(goal))", title: "\(goal): load by length of the trial", summary: words,
                x: PlotAxis(title: "length of the trial", unit: .nanoseconds), y: load,
                series: [.init(name: "", points: points { Double($1.durationNanoseconds) }, form: .marks)], keys: keys)
        ]
    }
}

enum LoadTables {
    static func trials(_ trials: [LoadTrial]) -> ReportTable {
        let goals = Set(trials.flatMap(\.verdict.keys)).sorted()
        var table = ReportTable(
            "Trials",
            [
                .number("trial"), .text("for"), .number("bytes"), .number("load"), .number("length"), .number("sent"), .number("lost"),
                .number("loss"), .number("p50"), .number("p99")
            ] + goals.map { .text($0) } + [.text("trusted")], isSorting: true)
        for trial in trials {
            table.rows.append(
                [
                    .init("\(trial.index + 1)", value: Double(trial.index + 1)), .init(trial.purpose.rawValue),
                    trial.frameBytes.map { .init($0) } ?? "–", .init(trial.loadPps, .frameRate),
                    .init(trial.durationNanoseconds, .nanoseconds), .init(trial.ledger.sent),
                    .init(trial.ledger.lost, tone: trial.ledger.lost > 0 ? .bad : .plain), .init(trial.lossRatio, .ratio),
                    .init(trial.latency.path.p50, .nanoseconds), .init(trial.latency.path.p99, .nanoseconds)
                ]
                    + goals.map { goal in
                        let verdict = trial.verdict[goal]
                        return .init(verdict?.rawValue ?? "–", tone: verdict == .good ? .good : verdict == .bad ? .bad : .warn)
                    } + [.init(trial.trusted ? trial.repeated ? "yes, made again" : "yes" : "no", tone: trial.trusted ? .plain : .bad)])
        }
        return table
    }
}

struct SuiteView {
    let suite: SuiteResult

    private typealias Row = BenchmarkSuite.Row

    var headline: [String] {
        let found = suite.sizes.compactMap { row in row.throughput?.relevantLowerBound.map { (row.frameBytes, $0) } }
        if let most = found.max(by: { $0.1 < $1.1 }), let bits = found.max(by: { $0.1 * Double($0.0) < $1.1 * Double($1.0) }) {
            let rate = PacketRate(packetsPerSecond: bits.1).layer2(meanFrameBytes: Double(bits.0))
            return [
                "Without loss: \(PlotUnit.frameRate.text(most.1)) at \(most.0) bytes, \(rate) at \(bits.0) bytes"
            ]
        }
        if let burst = suite.sizes.compactMap({ row in row.backToBack.map { (row.frameBytes, $0) } }).first {
            return ["Longest burst without loss: \(PlotUnit.count.text(burst.1.frames.mean.rounded())) frames of \(burst.0) bytes"]
        }
        return ["Nothing was found"]
    }

    var figures: [ReportPage.KeyFigure] {
        suite.sizes.prefix(7).compactMap { row -> ReportPage.KeyFigure? in
            if let found = row.throughput {
                return .init(
                    name: "\(row.frameBytes) bytes", value: found.relevantLowerBound.map(PlotUnit.frameRate.text) ?? "none",
                    note: "limit: \(MethodWords.limit(found.limitedBy))")
            }
            return row.backToBack.map {
                .init(name: "\(row.frameBytes) bytes", value: PlotUnit.count.text($0.frames.mean.rounded()), note: "frames a burst")
            }
        } + [
            .init(
                name: "Trusted", value: suite.trusted ? "yes" : "no", note: suite.scaled ? "scaled times" : "the RFC's times",
                tone: suite.trusted ? .good : .bad)
        ]
    }

    var sections: [ReportSection] {
        [
            ReportSection(
                "Throughput (RFC 2544 section 26.1)",
                [throughputPlot.map { .plot($0) }, bitsPlot.map { .plot($0) }, .table(unlessEmpty: throughput)]),
            ReportSection("Latency at the throughput (section 26.2)", [latencyPlot.map { .plot($0) }, .table(unlessEmpty: latency)]),
            ReportSection("Frame loss by load (section 26.3)", [lossPlot.map { .plot($0) }, .table(unlessEmpty: loss)]),
            ReportSection("Back-to-back (section 26.4, RFC 9004)", [burstPlot.map { .plot($0) }, .table(unlessEmpty: bursts)] + notes),
            ReportSection(
                "Every trial",
                [.table(unlessEmpty: LoadTables.trials(suite.trials)).map { .details(FigureText.count(suite.trials.count, "trial"), [$0]) }]
            ),
            ReportSection("Warnings", [.warnings(ofAll: suite.warnings)]),
            ConditionsSection.section(suite.conditions, plan: suite.plan, command: suite.command)
        ].compactMap { $0 }
    }

    private var notes: [ReportBlock] { suite.sizes.compactMap { row in row.notApplicable.map { .note("\(row.frameBytes) bytes: \($0)") } } }

    private func bars(_ name: String, _ title: String, _ unit: PlotUnit, axis: String, _ value: (Row) -> (Double, ClosedRange<Double>?)?)
        -> BarPlot?
    {
        let known = suite.sizes.compactMap { row in value(row).map { (row: row, value: $0) } }
        guard !known.isEmpty else { return nil }
        return BarPlot(
            name: name, title: title,
            summary: known.map { "\($0.row.frameBytes) bytes: \(unit.text($0.value.0))" }.joined(separator: "; ") + ".",
            axis: PlotAxis(title: axis, unit: unit), parts: [.init(name: title, fill: "f1")],
            bars: known.map { .init(name: "\($0.row.frameBytes) bytes", parts: [$0.value.0], range: $0.value.1) })
    }

    private var throughputPlot: BarPlot? {
        bars("throughput", "Highest rate without loss", .frameRate, axis: "frames a second") { row in
            row.throughput.map { ($0.relevantLowerBound ?? 0, nil) }
        }
    }

    private var bitsPlot: BarPlot? {
        bars("throughput-bits", "The same at layer 2", .bitRate, axis: "bits a second") { row in
            row.throughput?.relevantLowerBound.map { ($0 * Double(row.frameBytes) * 8, nil) }
        }
    }

    private var throughput: ReportTable {
        var table = ReportTable(
            "Throughput",
            [.number("bytes"), .number("throughput"), .number("layer 2"), .number("fails at"), .number("highest"), .text("limited by")])
        for row in suite.sizes {
            guard let found = row.throughput else { continue }
            table.rows.append([
                .init(row.frameBytes), .init(found.relevantLowerBound, .frameRate),
                .init(found.relevantLowerBound.map { $0 * Double(row.frameBytes) * 8 }, .bitRate),
                .init(found.relevantUpperBound, .frameRate),
                .init(row.maximumPps, .frameRate), .init(MethodWords.limit(found.limitedBy))
            ])
        }
        return table
    }

    private func mean(_ row: Row, _ figure: (LatencySummary) -> UInt64?) -> Double? {
        let summary = SampleSummary(row.latency.compactMap(figure).map { Double($0) })
        return summary.count == 0 ? nil : summary.mean
    }

    private var latencyPlot: LinePlot? {
        let known = suite.sizes.filter { !$0.latency.isEmpty }
        guard known.count > 1 else { return nil }
        let series = [("p50", { (row: Row) in mean(row, \.p50) }), ("p99", { mean($0, \.p99) })].enumerated().map { index, entry in
            LinePlot.Series(
                name: entry.0, points: known.enumerated().compactMap { place, row in entry.1(row).map { .init(x: Double(place), y: $0) } },
                form: .lineWithMarks, colour: index + 1)
        }
        return LinePlot(
            name: "latency-by-size", title: "Path latency at the throughput",
            summary: known.map { "\($0.frameBytes) bytes: p50 \(mean($0, \.p50).map { FigureText.nanoseconds($0) } ?? "–")" }.joined(
                separator: "; ") + ".",
            x: PlotAxis(
                title: "frame size, bytes", unit: .count,
                ticks: known.enumerated().map { .init(value: Double($0.offset), label: "\($0.element.frameBytes)") },
                isByName: true),
            y: PlotAxis(title: "path latency", unit: .nanoseconds), series: series)
    }

    private var latency: ReportTable {
        var table = ReportTable(
            "Latency at the throughput, means over trials",
            [.number("bytes"), .number("trials"), .number("mean"), .number("p50"), .number("p99"), .number("max")])
        for row in suite.sizes where !row.latency.isEmpty {
            let means = SampleSummary(row.latency.compactMap(\.mean))
            table.rows.append([
                .init(row.frameBytes), .init(row.latency.count), .init(means.count == 0 ? nil : means.mean, .nanoseconds),
                .init(mean(row, \.p50), .nanoseconds), .init(mean(row, \.p99), .nanoseconds),
                .init(row.latency.compactMap(\.max).max(), .nanoseconds)
            ])
        }
        return table
    }

    private var lossPlot: LinePlot? {
        let known = suite.sizes.filter { !$0.lossCurve.isEmpty }.prefix(6)
        guard !known.isEmpty else { return nil }
        return LinePlot(
            name: "loss-by-load", title: "Frame loss by load",
            summary: known.map { row in
                "\(row.frameBytes) bytes: \(FigureText.percent(row.lossCurve.map(\.lossRatio).max() ?? 0)) at most"
            }.joined(separator: "; ") + ".",
            x: PlotAxis(title: "load, of the highest rate", unit: .ratio), y: PlotAxis(title: "loss", unit: .ratio),
            series: known.enumerated().map { index, row in
                .init(
                    name: "\(row.frameBytes) bytes",
                    points: row.lossCurve.sorted { $0.percent < $1.percent }.map { point in
                        .init(
                            x: Double(point.percent) / 100, y: point.lossRatio, mark: point.trusted ? nil : .untrusted,
                            words: "\(point.percent) %: \(FigureText.percent(point.lossRatio))")
                    }, form: .lineWithMarks, colour: index + 1)
            })
    }

    private var loss: ReportTable {
        let known = suite.sizes.filter { !$0.lossCurve.isEmpty }
        var table = ReportTable("Frame loss by load", [.number("load")] + known.map { .number("\($0.frameBytes) bytes") })
        for percent in Set(known.flatMap { $0.lossCurve.map(\.percent) }).sorted(by: >) {
            table.rows.append(
                [.init("\(percent) %", value: Double(percent) / 100)]
                    + known.map { row in .init(row.lossCurve.first { $0.percent == percent }?.lossRatio, .ratio) })
        }
        return table
    }

    private var burstPlot: BarPlot? {
        bars("bursts", "Longest burst without loss", .count, axis: "frames") { row in
            row.backToBack.map { ($0.frames.mean, $0.frames.range) }
        }
    }

    private var bursts: ReportTable {
        var table = ReportTable(
            "Bursts",
            [
                .number("bytes"), .number("repeats"), .number("mean"), .number("min"), .number("max"), .number("implied buffer time"),
                .number("corrected"), .number("frames in buffers")
            ])
        for row in suite.sizes {
            guard let bursts = row.backToBack else { continue }
            let frames = bursts.frames
            func count(_ value: Double) -> ReportTable.Cell {
                .init((bursts.bounded ? "" : "≥ ") + PlotUnit.count.text(value.rounded()), value: value)
            }
            table.rows.append([
                .init(row.frameBytes), .init(frames.count), count(frames.mean), count(frames.min), count(frames.max),
                .init(bursts.impliedBufferNanoseconds, .nanoseconds), .init(bursts.correctedBufferNanoseconds, .nanoseconds),
                .init(bursts.bufferFrames.map { $0.rounded() }, .count)
            ])
        }
        return table
    }
}
