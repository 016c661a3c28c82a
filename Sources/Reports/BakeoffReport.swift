import Methods
import Metrics

/// Engines and receivers side by side, for people.
public enum BakeoffReport {
    /// Ends with a line break.
    public static func text(_ outcome: Bakeoff.Outcome, style: TextStyle) -> String {
        var table = Table(
            .text("engine → receiver"), .number("received"), .number("spread"), .number("loss"), .number("user"), .number("system"),
            .number("softirq"), .number("p50"), .number("p99"))
        let measured = outcome.entries.filter { $0.obstacle == nil }
        for entry in measured.sorted(by: { $0.rxPps.median > $1.rxPps.median }) {
            func cost(_ summary: SampleSummary) -> String { "\(Int(summary.median.rounded())) ns" }
            func latency(_ summary: SampleSummary) -> String {
                summary.count == 0 ? "–" : FigureText.nanoseconds(summary.median)
            }
            table.add(
                "\(entry.engine.rawValue) → \(entry.receiver.rawValue)\(entry.trusted ? "" : " (book open)")", rate(entry.rxPps.median),
                spread(entry.rxPps), FigureText.percent(entry.lossRatio.median),
                cost(entry.userNanoseconds),
                cost(entry.systemNanoseconds), cost(entry.softirqNanoseconds), latency(entry.pathP50Nanoseconds),
                latency(entry.pathP99Nanoseconds))
        }
        var lines = table.lines
        if !lines.isEmpty { lines[0] = style.heading(lines[0]) }
        if measured.isEmpty {
            lines.append(style.bad("nothing was measured"))
        } else {
            let rounds = outcome.rounds == 1 ? "one round" : "medians of \(outcome.rounds) interleaved rounds"
            lines.append(
                style.faint(
                    "  \(outcome.interrupted ? "interrupted: medians of the rounds there were" : rounds); user, system and softirq are CPU time for each"
                ))
            lines.append(style.faint("  received frame: the workers' own, and softirqs of the CPUs they and the receiving softirq have"))
        }
        let purposes = [
            ("throughput", "most frames a second"), ("socket", "most frames a second into a socket"), ("latency", "lowest p99"),
            ("cpu", "least CPU time a frame")
        ]
        if !outcome.winners.isEmpty { lines.append("") }
        lines += purposes.compactMap { key, words in outcome.winners[key].map { "  \(words): \(style.good($0))" } }
        let hindered = outcome.entries.filter { $0.obstacle != nil }
        if !hindered.isEmpty { lines += ["", style.heading("Not measured")] }
        for entry in hindered {
            guard let obstacle = entry.obstacle else { continue }
            lines.append("  \(entry.engine.rawValue) → \(entry.receiver.rawValue): \(style.warning(obstacle))")
        }
        return lines.map { $0 + "\n" }.joined()
    }

    /// Half of what lies between the worst and the best round, of the median.
    private static func spread(_ summary: SampleSummary) -> String {
        guard summary.count > 1, summary.median > 0 else { return "–" }
        return "± " + FigureText.percent((summary.max - summary.min) / 2 / summary.median)
    }

    private static func rate(_ packetsPerSecond: Double) -> String { "\(PacketRate(packetsPerSecond: max(packetsPerSecond, 0.001)))" }
}
