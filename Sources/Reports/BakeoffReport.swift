import Methods
import Metrics

/// Engines and receivers side by side, for people.
public enum BakeoffReport {
    /// Ends with a line break.
    public static func text(_ outcome: Bakeoff.Outcome, style: TextStyle) -> String {
        var table = Table(
            .text("engine → receiver"), .number("received"), .number("min … max"), .number("loss"), .number("user"), .number("system"),
            .number("softirq"), .number("p50"), .number("p99"))
        let measured = outcome.entries.filter { $0.obstacle == nil }
        for entry in measured.sorted(by: { $0.rxPps.median > $1.rxPps.median }) {
            func cost(_ summary: SampleSummary) -> String { "\(Int(summary.median.rounded())) ns" }
            func latency(_ summary: SampleSummary) -> String {
                summary.count == 0 ? "–" : FigureText.nanoseconds(UInt64(summary.median))
            }
            table.add(
                "\(entry.engine.rawValue) → \(entry.receiver.rawValue)\(entry.trusted ? "" : " (book open)")", rate(entry.rxPps.median),
                "\(rate(entry.rxPps.min)) … \(rate(entry.rxPps.max))", FigureText.percent(entry.lossRatio.median),
                cost(entry.userNanoseconds),
                cost(entry.systemNanoseconds), cost(entry.softirqNanoseconds), latency(entry.pathP50Nanoseconds),
                latency(entry.pathP99Nanoseconds))
        }
        var lines = table.lines
        if !lines.isEmpty { lines[0] = style.heading(lines[0]) }
        lines.append(style.faint("  medians of \(outcome.rounds) interleaved rounds; CPU time of all CPUs for each received frame"))
        let purposes = [("throughput", "most frames a second"), ("latency", "lowest p99"), ("cpu", "least CPU time a frame")]
        lines += [""] + purposes.compactMap { key, words in outcome.winners[key].map { "  \(words): \(style.good($0))" } }
        for entry in outcome.entries {
            guard let obstacle = entry.obstacle else { continue }
            lines.append("  \(entry.engine.rawValue) → \(entry.receiver.rawValue): \(style.warning(obstacle))")
        }
        return lines.map { $0 + "\n" }.joined()
    }

    private static func rate(_ packetsPerSecond: Double) -> String { "\(PacketRate(packetsPerSecond: max(packetsPerSecond, 0.001)))" }
}
