import Methods
import Metrics

extension ReportPage {
    /// Engines and receivers side by side.
    public init(_ bakeoff: BakeoffResult, source: String? = nil) {
        func name(_ entry: Bakeoff.Entry) -> String { "\(entry.engine.rawValue) → \(entry.receiver.rawValue)" }
        let measured = bakeoff.entries.filter { $0.rxPps.count > 0 }.sorted { $0.rxPps.median > $1.rxPps.median }
        kind = "bakeoff"
        title = "vethmark bakeoff\(source.map { " · \($0)" } ?? "")"
        headline = [
            bakeoff.winners["throughput"].map { winner in
                "Most frames a second: \(winner), \(measured.first { name($0) == winner }.map { PlotUnit.frameRate.text($0.rxPps.median) } ?? "")"
            } ?? "Nothing was measured"
        ]
        verdict =
            bakeoff.trusted
            ? .init(
                tone: bakeoff.interrupted ? .warn : .good,
                words: "Trusted: the book of everything measured is closed\(bakeoff.interrupted ? "; interrupted" : "").")
            : .init(tone: .bad, words: "Don't trust this result: the book of a pair does not close, or nothing was measured.")
        let purposes = [
            ("throughput", "Most frames"), ("socket", "Most into a socket"), ("latency", "Lowest p99"), ("cpu", "Least CPU a frame")
        ]
        figures = purposes.compactMap { key, words in bakeoff.winners[key].map { .init(name: words, value: $0) } }
        var table = ReportTable(
            "Engine into receiver",
            [
                .text("pair"), .number("received"), .number("worst round"), .number("best round"), .number("loss"), .number("user"),
                .number("system"),
                .number("softirq"), .number("p50"), .number("p99"), .text("obstacle")
            ], isSorting: true)
        for entry in measured + bakeoff.entries.filter({ $0.rxPps.count == 0 }) {
            let loss = entry.lossRatio.measuredMedian
            table.rows.append([
                .init(name(entry)), .init(entry.rxPps.measuredMedian, .frameRate),
                .init(entry.rxPps.count > 0 ? entry.rxPps.min : nil, .frameRate),
                .init(entry.rxPps.count > 0 ? entry.rxPps.max : nil, .frameRate),
                .init(loss, .ratio, tone: (loss ?? 0) > 0 ? .bad : .plain), .init(entry.userNanoseconds.measuredMedian, .nanoseconds),
                .init(entry.systemNanoseconds.measuredMedian, .nanoseconds), .init(entry.softirqNanoseconds.measuredMedian, .nanoseconds),
                .init(entry.pathP50Nanoseconds.measuredMedian, .nanoseconds), .init(entry.pathP99Nanoseconds.measuredMedian, .nanoseconds),
                .init(entry.obstacle ?? (entry.trusted ? "" : "a trial can't be trusted"), tone: .warn)
            ])
        }
        mainTable = table
        let rates = BarPlot(
            name: "rates", title: "Frames received a second, with the worst and the best round",
            summary: measured.map { "\(name($0)): \(PlotUnit.frameRate.text($0.rxPps.median))" }.joined(separator: "; ") + ".",
            axis: PlotAxis(title: "frames a second", unit: .frameRate), parts: [.init(name: "received", fill: "f1")],
            bars: measured.map { entry in
                .init(
                    name: name(entry), parts: [entry.rxPps.median], range: entry.rxPps.range)
            })
        let cost = BarPlot(
            name: "cpu-cost", title: "CPU time for each received frame",
            summary: measured.map { "\(name($0)): \(FigureText.nanoseconds($0.cpuNanoseconds))" }.joined(separator: "; ") + ".",
            axis: PlotAxis(title: "time a frame", unit: .nanoseconds),
            parts: [.init(name: "user", fill: "f1"), .init(name: "system", fill: "f2"), .init(name: "softirq", fill: "f3")],
            bars: measured.map { entry in
                .init(
                    name: name(entry),
                    parts: [entry.userNanoseconds.median, entry.systemNanoseconds.median, entry.softirqNanoseconds.median])
            })
        let rounds = bakeoff.rounds == 1 ? "one round" : "medians of \(bakeoff.rounds) interleaved rounds"
        sections = [
            ReportSection(
                "Engine into receiver",
                [
                    measured.isEmpty ? nil : .plot(rates), measured.isEmpty ? nil : .plot(cost), .table(table),
                    .note("Figures are \(rounds).")
                ])
        ].compactMap { $0 }
    }
}
