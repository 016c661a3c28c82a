import Methods
import Metrics

/// Engines and receivers side by side, for people.
public enum BakeoffReport {
    /// Ends with a line break.
    public static func text(_ result: BakeoffResult, style: TextStyle) -> String {
        let measured = result.entries.filter { $0.rxPps.count > 0 }.sorted { $0.rxPps.median > $1.rxPps.median }
        var lines = table(measured, style)
        if !lines.isEmpty { lines[0] = style.heading(lines[0]) }
        lines += notes(result, isEmpty: measured.isEmpty).flatMap { style.wrapped(style.faint($0), indent: 2) }
        if measured.isEmpty { lines.append(style.bad("nothing was measured")) }
        if !result.winners.isEmpty { lines.append("") }
        let purposes = [
            ("throughput", "most frames a second"), ("socket", "most frames a second into a socket"), ("latency", "lowest p99"),
            ("cpu", "least CPU time a frame")
        ]
        lines += purposes.compactMap { key, words in result.winners[key].map { "  \(words): \(style.good($0))" } }
        return style.finished((lines + obstacles(result, style)).map { $0 + "\n" }.joined())
    }

    private static func table(_ measured: [Bakeoff.Entry], _ style: TextStyle) -> [String] {
        let full = table(measured, withParts: true)
        return (style.fits(full.lines) ? full : table(measured, withParts: false)).lines(style)
    }

    /// - Parameter withParts: whether CPU time is told in its three parts, or their sum, for a narrow terminal.
    private static func table(_ measured: [Bakeoff.Entry], withParts: Bool) -> Table {
        func nanoseconds(_ value: Double) -> String { "\(FigureText.count(Int(value.rounded()))) ns" }
        func latency(_ summary: SampleSummary) -> String { summary.count == 0 ? "–" : FigureText.nanoseconds(summary.median) }
        var table = Table(
            [.text("engine → receiver"), .number("received"), .number("spread"), .number("loss")]
                + (withParts ? [.number("user"), .number("system"), .number("softirq")] : [.number("CPU")]) + [
                    .number("p50"), .number("p99")
                ])
        for entry in measured {
            let parts = [entry.userNanoseconds, entry.systemNanoseconds, entry.softirqNanoseconds].map(\.median)
            table.rows.append(
                [
                    "\(name(entry))\(entry.trusted ? "" : " ?")", rate(entry.rxPps.median), spread(entry.rxPps),
                    FigureText.percent(entry.lossRatio.median)
                ] + (withParts ? parts.map(nanoseconds) : [nanoseconds(entry.cpuNanoseconds)])
                    + [latency(entry.pathP50Nanoseconds), latency(entry.pathP99Nanoseconds)])
        }
        return table
    }

    private static func notes(_ result: BakeoffResult, isEmpty: Bool) -> [String] {
        if isEmpty { return [] }
        let rounds =
            result.interrupted
            ? "interrupted: medians of the rounds there were"
            : result.rounds == 1 ? "one round" : "medians of \(result.rounds) interleaved rounds"
        return [
            "  \(rounds); CPU time is for each received frame: the workers' own, and softirqs of the CPUs that they and the receiving softirq have"
        ] + (doubts(result) + noise(result.calibration)).map { "  " + $0 }
    }

    /// What the question marks stand for.
    private static func doubts(_ result: BakeoffResult) -> [String] {
        guard result.entries.contains(where: { $0.rxPps.count > 0 && !$0.trusted }) else { return [] }
        let codes = result.entries.flatMap { $0.trials ?? [] }.flatMap(\.warnings).voidingCodes
        return ["?: a trial of it can't be trusted: \(codes.isEmpty ? "its book is open" : codes.joined(separator: ", "))"]
    }

    private static func noise(_ calibration: SweepResult.Sample?) -> [String] {
        guard let summary = calibration?.summary.rxPps, summary.count > 1, summary.median > 0 else { return [] }
        return ["the machine's own noise: the plan without changes, once a round, \(rate(summary.median)) \(spread(summary))"]
    }

    /// Each reason once, with all that it keeps away.
    private static func obstacles(_ result: BakeoffResult, _ style: TextStyle) -> [String] {
        let reasons = result.entries.grouped(by: \.obstacle)
        guard !reasons.isEmpty else { return [] }
        return ["", style.heading("Not measured")]
            + reasons.flatMap { reason, entries in
                style.wrapped("  \(entries.map(name).joined(separator: ", ")): \(style.warning(reason))", indent: 4)
            }
    }

    private static func name(_ entry: Bakeoff.Entry) -> String { "\(entry.engine.rawValue) → \(entry.receiver.rawValue)" }

    private static func spread(_ summary: SampleSummary) -> String {
        summary.relativeSpread.map { "± \(FigureText.percent($0))" } ?? "–"
    }

    private static func rate(_ packetsPerSecond: Double) -> String { "\(PacketRate(packetsPerSecond: max(packetsPerSecond, 0.001)))" }
}
