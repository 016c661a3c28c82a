import Methods
import Metrics

/// RFC 2544's and RFC 9004's tables, for people.
public enum SuiteReport {
    /// Ends with a line break.
    public static func text(_ result: SuiteResult, style: TextStyle) -> String {
        var lines: [String] = []
        func section(_ title: String, _ table: Table) {
            guard !table.rows.isEmpty else { return }
            lines += (lines.isEmpty ? [] : [""]) + [style.heading(title)] + table.lines(style)
        }
        section("Throughput: the highest rate without loss (RFC 2544 section 26.1)", throughput(result))
        section("Latency at the throughput (section 26.2), path", latency(result))
        section("Frame loss by load, of the highest rate (section 26.3)", loss(result))
        section("Back-to-back: the longest burst without loss (section 26.4; RFC 9004)", bursts(result))
        var notes = result.sizes.compactMap { row in row.notApplicable.map { "  \(row.frameBytes) bytes, back-to-back: \($0)" } }
        if result.sizes.contains(where: { $0.lossCurve.contains(where: isShort) }) {
            notes.insert("  * more than 2 % of the frames didn't leave in time, so that the load was lower", at: 0)
        }
        lines += [""] + notes.flatMap { style.wrapped($0, indent: 4) }
        lines += [method(result), load(result)].flatMap { style.wrapped(style.faint($0), indent: 2) }
        if let failure = result.failure { lines += style.wrapped(style.bad(failure), indent: 2) }
        lines += MethodWords.warnings(result.warnings, style)
        if !result.trusted { lines += [""] + style.wrapped(style.bad("Don't trust this result."), indent: 2) }
        return style.finished(lines.map { $0 + "\n" }.joined())
    }

    /// To be saved; `result.json` last.
    public static func files(_ result: SuiteResult) throws -> [(name: String, text: String)] {
        [
            ("report.txt", text(result, style: .plain)), ("trials.csv", MethodWords.csv(result.trials)),
            ("result.json", try JSONReport.text(result))
        ]
    }

    private static func rate(_ pps: Double) -> String { "\(PacketRate(packetsPerSecond: pps))" }

    private static func throughput(_ result: SuiteResult) -> Table {
        var table = Table(
            .number("bytes"), .number("throughput"), .number("at layer 2"), .number("fails at"), .number("highest"), .text("limited by"))
        for row in result.sizes {
            guard let found = row.throughput else { continue }
            table.add(
                "\(row.frameBytes)", found.relevantLowerBound.map(rate) ?? "none",
                found.relevantLowerBound.map { "\(PacketRate(packetsPerSecond: $0).layer2(meanFrameBytes: Double(row.frameBytes)))" }
                    ?? "–",
                found.relevantUpperBound.map(rate) ?? "–", row.maximumPps.map(rate) ?? "–", MethodWords.limit(found.limitedBy))
        }
        return table
    }

    private static func latency(_ result: SuiteResult) -> Table {
        var table = Table(.number("bytes"), .number("trials"), .number("mean"), .number("p50"), .number("p99"), .number("max"))
        for row in result.sizes where !row.latency.isEmpty {
            let means = row.latency.compactMap(\.mean)
            func middle(_ figure: (LatencySummary) -> UInt64?) -> String {
                let values = SampleSummary(row.latency.compactMap(figure).map { Double($0) })
                return values.count == 0 ? "–" : FigureText.nanoseconds(values.mean)
            }
            table.add(
                "\(row.frameBytes)", "\(row.latency.count)",
                means.isEmpty ? "–" : FigureText.nanoseconds(means.reduce(0, +) / Double(means.count)), middle(\.p50), middle(\.p99),
                row.latency.compactMap(\.max).max().map { FigureText.nanoseconds($0) } ?? "–")
        }
        return table
    }

    /// A row for each tenth, a column for each size.
    private static func loss(_ result: SuiteResult) -> Table {
        let rows = result.sizes.filter { !$0.lossCurve.isEmpty }
        var table = Table([.number("load")] + rows.map { .number("\($0.frameBytes)") })
        for percent in Set(rows.flatMap { $0.lossCurve.map(\.percent) }).sorted(by: >) {
            table.rows.append(
                ["\(percent) %"]
                    + rows.map { row in
                        row.lossCurve.first { $0.percent == percent }.map {
                            FigureText.percent($0.lossRatio) + (isShort($0) ? "*" : "")
                        } ?? "–"
                    })
        }
        return table
    }

    /// Whether the sender was so far behind that the load was another one.
    private static func isShort(_ point: BenchmarkSuite.LossPoint) -> Bool { point.unsentRatio > 0.02 }

    private static func bursts(_ result: SuiteResult) -> Table {
        var table = Table(
            .number("bytes"), .number("repeats"), .number("mean"), .number("min"), .number("max"), .number("σ"), .number("implied"),
            .number("corrected"), .number("frames"))
        for row in result.sizes {
            guard let bursts = row.backToBack else { continue }
            let frames = bursts.frames
            func count(_ value: Double) -> String { (bursts.bounded ? "" : "≥ ") + FigureText.count(Int(value.rounded())) }
            table.add(
                "\(row.frameBytes)", "\(frames.count)", count(frames.mean), count(frames.min), count(frames.max),
                frames.standardDeviation.map { "\(($0 * 10).rounded() / 10)" } ?? "–",
                bursts.impliedBufferNanoseconds.map { FigureText.nanoseconds($0) } ?? "–",
                bursts.correctedBufferNanoseconds.map { FigureText.nanoseconds($0) } ?? "–",
                bursts.bufferFrames.map { FigureText.count(Int($0.rounded())) } ?? "–")
        }
        return table
    }

    private static func method(_ result: SuiteResult) -> String {
        let stopped = result.interrupted ? "interrupted; " : ""
        let time = "\(DurationText(nanoseconds: result.trialNanoseconds))"
        return "  \(stopped)trials of \(time)"
            + (result.scaled ? "; scaled: the RFCs ask for 60 s a trial, 20 latency trials of 120 s and 50 bursts, which --full makes" : "")
    }

    private static func load(_ result: SuiteResult) -> String {
        "  \(MethodWords.pacing(result.plan)); bursts leave the same way, as fast as the kernel takes them"
    }
}
