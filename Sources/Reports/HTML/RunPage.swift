import Engines
import Metrics
import Plans
import Results

extension ReportPage {
    /// A run, of one trial or several.
    ///
    /// - Parameter source: which of several it is.
    public init(_ run: RunResult, source: String? = nil) {
        let view = RunView(run: run)
        kind = "run"
        title = "vethmark run\(run.plan.run.label.map { " \($0)" } ?? "")\(source.map { " · \($0)" } ?? "")"
        headline = Headline(result: run, style: .plain).lines
        verdict = view.verdict
        figures = view.figures
        sections = view.sections
        mainTable = nil
    }
}

/// What is told of a run.
struct RunView {
    let run: RunResult

    private var trials: [TrialResult] { run.trials }
    private var measured: [TrialResult] { trials.filter { $0.ledger.sent > 0 } }
    private var isCounted: Bool { trials.contains { $0.receiver.abilities.counting != .byTheLink } }
    /// With plots of their own; a hundred trials would make no page.
    private static let mostDetailed = 10

    var verdict: ReportPage.Verdict {
        if let failure = run.failure { return .init(tone: .bad, words: "The run is not complete: \(failure).") }
        let broken = (run.gates ?? []).filter { !$0.passed }
        guard run.trusted else {
            let reasons = run.warnings.filter(\.voidsResult).map(\.message)
            return .init(
                tone: .bad,
                words: "Don't trust this result: \(reasons.isEmpty ? "the book does not close" : reasons.joined(separator: "; ")).")
        }
        guard broken.isEmpty else { return .init(tone: .bad, words: "A bound is broken: \(broken.map(\.words).joined(separator: "; ")).") }
        return .init(tone: .good, words: "Trusted: the book is closed, every \(run.plan.pieceNoun) is accounted for.")
    }

    // MARK: the first screen

    var figures: [ReportPage.KeyFigure] {
        guard !measured.isEmpty else { return [] }
        let rate = isCounted ? run.summary.rxPps : run.summary.txPps
        let samples = trials.map { isCounted ? $0.rates.rxPps : $0.rates.txPps }
        let words = PieceWords(plan: run.plan)
        let asked = run.plan.load.packetRate.map { "of \(words.bare($0.packetsPerSecond)) asked for" }
        let interval = MedianInterval(samples)?.interval.halfWidth(of: rate.median).map { "± \(FigureText.percent($0))" }
        let spread = trials.count > 1 ? "median of \(trials.count)\(interval.map { ", \($0)" } ?? "")" : nil
        let bits = isCounted ? run.summary.rxL2Bps.median : trials[0].rates.txL2Bps
        let book = TrialTables.sum(trials.map(\.ledger))
        var figures: [ReportPage.KeyFigure] = [
            .init(
                name: isCounted ? "Received" : "Sent",
                value: run.plan.sendsSuperframes ? words.rate(rate.median) : PlotUnit.frameRate.text(rate.median),
                note: [asked, spread].compactMap { $0 }.joined(separator: ", ").nilIfEmpty),
            .init(
                name: "At layer 2", value: PlotUnit.bitRate.text(bits), note: run.plan.pieceMakeUp ?? SizeWords.plain(run.plan.frame.sizes))
        ]
        if isCounted {
            figures.append(
                .init(
                    name: "Lost", value: book.lost == 0 ? "none" : FigureText.percent(book.lossRatio),
                    note: "\(FigureText.count(book.lost)) of \(words.count(book.sent))", tone: book.lost == 0 ? .good : .bad))
        }
        if let p50 = run.summary.pathP50Nanoseconds.measuredMedian {
            let p99 = run.summary.pathP99Nanoseconds.measuredMedian
            figures.append(
                .init(name: "Path latency, p50", value: FigureText.nanoseconds(p50), note: p99.map { "p99 \(FigureText.nanoseconds($0))" }))
        }
        figures.append(
            .init(
                name: "Trusted", value: run.trusted ? "yes" : "no", note: "residual \(FigureText.count(book.residual))",
                tone: run.trusted ? .good : .bad))
        return figures
    }

    // MARK: sections

    var sections: [ReportSection] {
        let book = TrialTables.sum(trials.map(\.ledger))
        let noun = run.plan.pieceNoun
        let flow = FlowPlot(
            name: "ledger", title: "Where the \(noun)s went\(trials.count > 1 ? ", all trials" : "")", ledger: book, noun: noun)
        let one = trials.count == 1 ? trials.first : nil
        return [
            ReportSection("Bounds", (run.gates ?? []).map { gate in .text("\(gate.passed ? "✓" : "✗") --\(gate.name): \(gate.words)") }),
            ReportSection("Warnings", [.warnings(ofAll: SweepTables.grouped(run.warnings))]),
            ReportSection(
                "The book of \(noun)s",
                [
                    .plot(flow), one.flatMap { Self.reordering($0) },
                    .details("The book in rows", [.table(TrialTables.ledger(book, noun: noun))])
                ]),
            one == nil ? severalTrials : nil,
            one.flatMap { ReportSection("Rates", [TrialPlots.rates($0, noun: noun).map { .plot($0) }, .table(Self.rateTable($0))]) },
            latency, one.flatMap(Self.pacing),
            ReportSection("Frames by length", [one.flatMap { TrialTables.sizes($0.sizes) }.map { .table($0) }]),
            ReportSection("Streams\(one == nil ? ", first trial" : "")", trials.first.map(Self.streams) ?? []),
            workplace,
            ReportSection("Trial by trial", one == nil ? trials.prefix(Self.mostDetailed).map(detail) + [omitted] : []),
            ConditionsSection.section(run.conditions, plan: run.plan, command: run.command)
        ].compactMap { $0 }
    }

    /// Each stream's own figures, and how late its frames came, of the first six.
    private static func streams(_ trial: TrialResult) -> [ReportBlock?] {
        let streams = trial.streams ?? []
        let paths = streams.compactMap { stream in stream.latency.map { (name: stream.name, summary: $0.path) } }
        return [
            TrialPlots.percentiles(Array(paths.prefix(6)), name: "streams", title: "Path latency by percentile, by stream").map {
                .plot($0)
            },
            TrialTables.streams(streams).map { .table($0) }, TrialTables.streamPacing(streams).map { .table($0) }
        ]
    }

    private var omitted: ReportBlock? {
        trials.count > Self.mostDetailed ? .note("The first \(Self.mostDetailed) of \(trials.count) trials; the table has them all.") : nil
    }

    static func rateTable(_ trial: TrialResult) -> ReportTable {
        let isCounted = trial.receiver.abilities.counting != .byTheLink
        if let superframes = trial.superframes { return superframeRates(trial, superframes) }
        var table = ReportTable("Rates", [.text("frames"), .number("frames/s"), .number("layer 2"), .number("layer 1")])
        table.rows.append(["sent", .init(trial.rates.txPps, .frameRate), .init(trial.rates.txL2Bps, .bitRate), "–"])
        if isCounted {
            table.rows.append([
                "received", .init(trial.rates.rxPps, .frameRate), .init(trial.rates.rxL2Bps, .bitRate), .init(trial.rates.rxL1Bps, .bitRate)
            ])
        }
        return table
    }

    private static func superframeRates(_ trial: TrialResult, _ superframes: SuperframeResult) -> ReportTable {
        var table = ReportTable(
            "Rates",
            [
                .text("superframes"), .number("superframes/s"), .number("segments"), .number("segments/s"), .number("layer 2"),
                .number("payload")
            ])
        func rate(_ value: Double) -> ReportTable.Cell { .init(FigureText.count(UInt64(max(value, 0).rounded())), value: value) }
        table.rows.append([
            "sent", rate(trial.rates.txPps), .init(superframes.sentSegments), rate(superframes.txSegmentsPerSecond),
            .init(trial.rates.txL2Bps, .bitRate), "–"
        ])
        table.rows.append([
            "received", rate(trial.rates.rxPps), .init(superframes.receivedSegments), rate(superframes.rxSegmentsPerSecond),
            .init(trial.rates.rxL2Bps, .bitRate), .init(superframes.rxPayloadBps, .bitRate)
        ])
        return table
    }

    private var severalTrials: ReportSection? {
        var table = ReportTable(
            "Trials",
            [
                .number("trial"), .number("sent"), .number("received"), .number("loss"), .number("p50"), .number("p99"), .text("ended by"),
                .text("trusted")
            ], isSorting: true)
        for trial in trials {
            table.rows.append([
                .init("\(trial.index + 1)", value: Double(trial.index + 1)), .init(trial.rates.txPps, .frameRate),
                .init(isCounted ? trial.rates.rxPps : nil, .frameRate),
                .init(isCounted ? trial.ledger.lossRatio : nil, .ratio, tone: trial.ledger.lost > 0 ? .bad : .plain),
                .init(trial.latency.path.p50, .nanoseconds), .init(trial.latency.path.p99, .nanoseconds),
                .init(trial.endedBecause.rawValue), .init(trial.trusted ? "yes" : "no", tone: trial.trusted ? .plain : .bad)
            ])
        }
        let rate = TrialPlots.samples(
            [("sent", trials.map(\.rates.txPps)), ("received", isCounted ? trials.map(\.rates.rxPps) : [])], name: "rate-by-trial",
            title: "\(run.plan.pieceTitle) a second, trial by trial", unit: .frameRate, axis: "\(run.plan.pieceNoun)s a second")
        let tail = TrialPlots.samples(
            [
                ("p50", trials.compactMap { $0.latency.path.p50.map { Double($0) } }),
                ("p99", trials.compactMap { $0.latency.path.p99.map { Double($0) } })
            ],
            name: "latency-by-trial", title: "Path latency, trial by trial", unit: .nanoseconds, axis: "path latency")
        return ReportSection(
            "Over \(FigureText.count(trials.count, "trial"))", [rate.map { .plot($0) }, tail.map { .plot($0) }, .table(table)])
    }

    private var latency: ReportSection? {
        guard let first = trials.first else { return nil }
        let isOne = trials.count == 1
        let entries =
            isOne ? Self.latencies(first) : trials.prefix(6).map { (name: "trial \($0.index + 1)", summary: $0.latency.path) }
        let bars = Self.sum(trials.map(\.latency.pathHistogram))
        let response = Self.sum(trials.map(\.latency.responseHistogram))
        let frames = run.plan.sampledPieces, nouns = "\(run.plan.pieceNoun)s"
        let clock = first.latency.clock.map { "Receive times were taken in \($0.rawValue)." }
        return ReportSection(
            "Latency",
            [
                TrialPlots.percentiles(entries, title: isOne ? "Latency by percentile" : "Path latency by percentile").map { .plot($0) },
                TrialPlots.histogram(bars, name: "path-latency", title: "Path latency, \(frames)", axis: "path latency", noun: nouns).map {
                    .plot($0)
                },
                TrialPlots.histogram(
                    response, name: "response-latency", title: "Response latency, \(frames)", axis: "response latency", noun: nouns
                )
                .map { .plot($0) },
                isOne ? TrialPlots.overTime(first).map { .plot($0) } : nil,
                .table(unlessEmpty: TrialTables.latency(entries, noun: nouns)),
                isOne ? TrialTables.overTime(first).map { .details("Latency by interval", [.table($0)]) } : nil,
                isOne ? TrialTables.overTimeMissing(first).map { .note($0) } : nil,
                entries.contains { $0.summary.count > 0 }
                    ? .note(
                        (isOne
                            ? "Path: received minus sent. Sent alone: of \(nouns) that had no other before them in their call. "
                                + "Response: received minus planned. Send lag: sent minus planned. " : "") + (clock ?? "")) : nil
            ])
    }

    static func latencies(_ trial: TrialResult) -> [(name: String, summary: LatencySummary)] {
        [
            ("path", trial.latency.path), ("path, sent alone", trial.latency.unbatched), ("response", trial.latency.response),
            ("send lag", trial.latency.sendLag)
        ]
    }

    /// Bars have the same bounds in all trials.
    private static func sum(_ histograms: [[HistogramBar]]) -> [HistogramBar] {
        var sum: [UInt64: HistogramBar] = [:]
        for bar in histograms.joined() {
            if let known = sum[bar.lower], known.upper == bar.upper {
                sum[bar.lower] = HistogramBar(lower: bar.lower, upper: bar.upper, count: known.count &+ bar.count)
            } else {
                sum[bar.lower] = bar
            }
        }
        return sum.values.sorted { $0.lower < $1.lower }
    }

    static func pacing(_ trial: TrialResult) -> ReportSection? {
        guard let pacing = trial.pacing else { return nil }
        let gaps: [(name: String, summary: LatencySummary)] = [
            ("between departures", pacing.interDeparture ?? .notMeasured), ("between arrivals", pacing.interArrival ?? .notMeasured),
            ("send lag", pacing.sendLag ?? .notMeasured)
        ]
        return ReportSection(
            "Pacing",
            [
                TrialPlots.percentiles(gaps, name: "gaps", title: "Gaps between frames, and send lag, by percentile").map { .plot($0) },
                TrialPlots.histogram(
                    pacing.interDepartureHistogram, name: "departures", title: "From one departure to the next", axis: "gap", noun: "gaps"
                ).map { .plot($0) },
                TrialPlots.histogram(
                    pacing.interArrivalHistogram, name: "arrivals", title: "From one arrival to the next", axis: "gap", noun: "gaps"
                ).map { .plot($0) },
                trial.slotWords.map { .note("Pacing by slots: \($0).") },
                .table(unlessEmpty: TrialTables.latency(gaps, caption: "Gaps and send lag", noun: "count"))
            ])
    }

    private var workplace: ReportSection? {
        guard let trial = trials.first else { return nil }
        return Self.workplace(trial, run.placement, isOnly: trials.count == 1, noun: run.plan.pieceNoun)
    }

    static func workplace(_ trial: TrialResult, _ placement: Placement, isOnly: Bool, noun: String = "frame") -> ReportSection? {
        ReportSection(
            "Who worked where\(isOnly ? "" : ", first trial")",
            [
                TrialPlots.placement(placement).map { .plot($0) }, TrialPlots.cpus(trial.evidence.cpus).map { .plot($0) },
                .note("Placement: \(placement.reason).")
            ] + (trial.evidence.coreDistance ?? []).map { .note(CoreDistanceWords($0).text + ".") } + [
                .table(unlessEmpty: TrialTables.workers(trial.workers, noun: noun))
            ])
    }

    private static func reordering(_ trial: TrialResult, places: Bool = true) -> ReportBlock? {
        trial.reordering.map { .note("Out of order: " + ReorderingWords($0, places: places).text + ".") }
    }

    private func detail(_ trial: TrialResult) -> ReportBlock {
        let number = trial.index + 1
        let blocks: [ReportBlock?] = [
            TrialPlots.rates(
                trial, name: "rate-over-time-\(number)", title: "\(run.plan.pieceTitle) a second over time, trial \(number)",
                noun: run.plan.pieceNoun
            ).map {
                .plot($0)
            },
            TrialPlots.percentiles(
                Self.latencies(trial), name: "latency-percentiles-\(number)", title: "Latency by percentile, trial \(number)"
            ).map { .plot($0) },
            TrialPlots.overTime(trial, name: "latency-over-time-\(number)", title: "Path latency over time, trial \(number)").map {
                .plot($0)
            },
            .table(
                TrialTables.ledger(
                    trial.ledger, caption: "The book of \(run.plan.pieceNoun)s, trial \(number)", noun: run.plan.pieceNoun)),
            // A page of many trials stays below a megabyte.
            Self.reordering(trial, places: false),
            .table(unlessEmpty: TrialTables.latency(Self.latencies(trial), caption: "Latency, trial \(number)")),
            TrialTables.overTime(trial, caption: "Path latency by interval, trial \(number)").map {
                .details("Latency by interval, trial \(number)", [.table($0)])
            }
        ]
        let loss = trial.ledger.lost == 0 ? "no loss" : "\(FigureText.percent(trial.ledger.lossRatio)) lost"
        let rate = isCounted ? trial.rates.rxPps : trial.rates.txPps
        return .details("Trial \(number): \(PlotUnit.frameRate.text(rate))\(isCounted ? ", \(loss)" : "")", blocks.compactMap { $0 })
    }
}

extension SampleSummary {
    var measuredMedian: Double? { count > 0 ? median : nil }
    /// Nil where one value is all there is.
    var range: ClosedRange<Double>? { count > 1 && min <= max ? min...max : nil }
}

extension String {
    var nilIfEmpty: String? { isEmpty ? nil : self }
}
