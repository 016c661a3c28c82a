import Kernel
import Methods
import Metrics
import Plans

/// One tool under one load.
struct CaptureRoundText {
    let name: String
    let round: CaptureRound
    let plan: TrialPlan
    let style: TextStyle

    var lines: [String] {
        headline.flatMap { style.wrapped($0, indent: 2) } + [""] + columns + details + sender
    }

    private var headline: [String] {
        guard let score = round.score else {
            return [
                style.bad("\(FigureText.count(round.trial.ledger.sent, "frame")) sent; nothing tells what \(name.visible) kept of them")
            ]
        }
        let asked = plan.load.packetRate.map { " of \($0) asked for" } ?? ""
        let rate = "\(PacketRate(packetsPerSecond: round.trial.rates.txPps))\(round.trial.ledger.notOffered > 0 ? asked : "")"
        let reached = score.sent - min(score.sent, score.lostOnLink)
        let loss =
            score.lostByTool == 0 ? "lost none" : "lost \(FigureText.count(score.lostByTool)) (\(FigureText.percent(score.lossRatio)))"
        let untold = score.untold.map { untold -> String in
            if untold == 0 { return ", and says so" }
            return untold > 0
                ? "; it does not tell of \(FigureText.count(untold)) of them" : "; it tells of \(FigureText.count(-untold)) more"
        }
        return [
            "\(style.heading("\(name.visible) \(loss)")) of \(FigureText.count(reached, "frame")) that reached it at \(rate)\(untold ?? "")"
        ]
    }

    /// Sent, kept, said.
    private var columns: [String] {
        let (score, claims) = (round.score, round.tool.claims)
        func text(_ count: UInt64?) -> String { count.map { FigureText.count($0) } ?? "–" }
        var table = Table(.text(""), .number("sent"), .number("kept"), .number("\(name.visible) said"))
        table.add("frames", FigureText.count(round.trial.ledger.sent), text(score?.kept), text(claims?.captured))
        table.add("lost", "", text(score?.lostByTool), text(claims?.dropped))
        table.add("lost on the link before it", "", text(score?.lostOnLink), text(claims?.interfaceDropped))
        var lines = table.lines(style)
        if !lines.isEmpty { lines[0] = style.heading(lines[0]) }
        return lines + columnNotes.flatMap { style.wrapped(style.faint("  " + $0), indent: 2) }
    }

    private var columnNotes: [String] {
        guard let claims = round.tool.claims else { return ["it told no counters that are known here"] }
        var notes: [String] = []
        if let others = round.score?.others, others > 0, let captured = claims.captured {
            let ours = (round.score?.kept ?? 0) + (round.score?.repeated ?? 0)
            let rest = Int64(clamping: captured) - Int64(clamping: others) - Int64(clamping: ours)
            notes.append(
                "what it said holds \(FigureText.count(others, "frame")) besides the load: probes that showed that it listened, and strangers"
                    + (rest == 0 ? "" : "; \(FigureText.count(rest)) remain that its file doesn't show"))
        }
        if let missed = claims.missedPercent {
            notes.append("capture_loss.log: \(FigureText.percent(missed / 100)) of TCP segments missed")
        }
        notes.append("said in \(claims.source)")
        return notes
    }

    private var details: [String] {
        guard let score = round.score else { return [] }
        var table = Table(.text(""), .text(""))
        func add(_ title: String, _ count: UInt64?) { if let count { table.add(title, FigureText.count(count)) } }
        add("cut", score.cut)
        add("repeated", score.repeated)
        add("reordered", score.reordered)
        add("altered", score.altered)
        if let first = score.firstLossAt {
            table.add("first loss", "\(FigureText.nanoseconds(first)) after the load's start")
        }
        if let gaps = score.gaps, gaps > 0 {
            if let slices = score.lostByTwentieth {
                table.add("losses over the load", "\(Self.drawn(slices))  (most in a twentieth: \(FigureText.count(slices.max() ?? 0)))")
            }
            table.add("gaps", "\(FigureText.count(gaps)), the longest of \(FigureText.count(score.longestGap ?? 0, "frame"))")
        }
        if let error = score.timestampError, error.distribution.count > 0 {
            func text(_ value: UInt64?) -> String { value.map { FigureText.nanoseconds($0) } ?? "–" }
            let early = error.early > 0 ? ", \(FigureText.count(error.early)) before they were sent" : ""
            table.add(
                "file's time − send time",
                "p50 \(text(error.distribution.p50)), p99 \(text(error.distribution.p99)), max \(text(error.distribution.max))\(early)")
        }
        for stream in score.streams ?? [] {
            let kept = "\(FigureText.count(stream.kept)) of \(FigureText.count(stream.sent))"
            table.add("stream \(stream.name)", stream.lost == 0 ? kept : "\(kept), \(FigureText.count(stream.lost)) lost")
        }
        let cpu = round.tool.cpu
        table.add(
            "CPU",
            "\(FigureText.nanoseconds(cpu.loadNanoseconds)) under load, \(FigureText.nanoseconds(cpu.userNanoseconds + cpu.systemNanoseconds)) in all"
        )
        if let peak = round.tool.memory.residentPeakBytes { table.add("memory", CaptureReport.mebibytes(peak)) }
        return ["", style.heading("What it kept")]
            + table.lines.filter { $0.contains { $0 != " " } }.flatMap { style.wrapped($0, indent: 4) }
    }

    /// A bar for each, to the tallest.
    private static func drawn(_ counts: [UInt64]) -> String {
        let tallest = counts.max() ?? 0
        let bars = Array("▁▂▃▄▅▆▇█")
        return String(counts.map { $0 == 0 ? "·" : bars[Int(($0 * 8 - 1) / max(tallest, 1))] })
    }

    /// The sender's book, in a line.
    private var sender: [String] {
        let book = round.trial.ledger
        return ["", style.heading("Sender's ledger")]
            + style.wrapped(
                "  offered \(FigureText.count(book.offered)), not offered in time \(FigureText.count(book.notOffered)), refused \(FigureText.count(book.refused)), "
                    + "sent \(FigureText.count(book.sent)), dropped on the link \(FigureText.count(book.linkDropped)), residual \(FigureText.count(book.residual))",
                indent: 2)
    }
}
