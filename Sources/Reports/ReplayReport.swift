import Methods
import Metrics
import Results

/// A replay as text for people: the answer first.
public struct ReplayReport {
    private let result: ReplayResult
    private let style: TextStyle

    public init(_ result: ReplayResult, style: TextStyle) {
        self.result = result
        self.style = style
    }

    private var trial: TrialResult? { result.trials.first }

    /// Ends with a line break.
    public var text: String {
        var lines = style.wrapped(style.heading(headline), indent: 2)
        lines += section("File", file)
        lines += section("Timing", timing)
        lines += section("Rates", rates)
        lines += section("Ledger", ledger)
        lines += section("Latency", latency)
        lines += section("Warnings", warnings)
        lines.append("")
        lines += style.wrapped(verdict, indent: 2)
        return style.finished(lines.joined(separator: "\n") + "\n")
    }

    private func section(_ title: String, _ lines: [String]) -> [String] {
        lines.isEmpty ? [] : ["", style.heading(title)] + lines
    }

    private var headline: String {
        guard let trial else { return "nothing was replayed" }
        let ledger = trial.ledger
        var parts = [
            "\(FigureText.count(ledger.sent, "frame")) sent", "\(rate(trial.rates.txPps)), \(bits(trial.rates.txL2Bps)) (L2)",
            "\(FigureText.count(ledger.lost)) lost"
        ]
        if let drift = result.timing.driftNanoseconds { parts.append("drift \(FigureText.nanoseconds(drift))") }
        return parts.joined(separator: "  ")
    }

    private func rate(_ value: Double) -> String { PacketRate(packetsPerSecond: max(value, 0.001)).description }
    private func bits(_ value: Double) -> String { BitRate(bitsPerSecond: value).description }

    private var file: [String] {
        let file = result.file
        var table = Table(.text(""), .text(""))
        let length = file.durationNanoseconds > 0 ? " over \(FigureText.nanoseconds(file.durationNanoseconds))" : ""
        table.add(
            "file",
            "\(file.path.visible), \(FigureText.count(file.frames, "frame"))\(length)\(file.isWhole ? "" : ", as far as it was read")")
        if file.loops != 1 {
            table.add(
                "loops", "\(FigureText.count(file.loopsCompleted))\(file.loops.map { " of \(FigureText.count($0))" } ?? "") completed")
        }
        for move in file.moves ?? [] {
            let still = move.unmoved == 0 ? "" : ", but for \(FigureText.count(move.unmoved, "frame")) of the file"
            table.add("  moves", "\(move.field) by \(move.step) a loop\(still)")
        }
        table.add("read", FigureText.count(file.read))
        if file.skipped.total > 0 {
            table.add("  skipped", "\(FigureText.count(file.skipped.total)): \(file.skipped.words(mtuBytes: nil))")
        }
        if file.unsent > 0 { table.add("  not reached", FigureText.count(file.unsent)) }
        if let trial {
            let stamped = file.stamped > 0 ? ", \(FigureText.count(file.stamped)) of them with a signature" : ""
            table.add("  offered", "\(FigureText.count(trial.ledger.offered))\(stamped)")
        }
        return table.lines(style).filter { !$0.allSatisfy { $0 == " " } }.flatMap { style.wrapped($0, indent: 13) }
    }

    private var timing: [String] {
        let timing = result.timing
        var table = Table(.text(""), .text(""))
        let mode =
            switch timing.mode {
            case "original": timing.speed == 1 ? "the file's own times" : "the file's own times, \(timing.speed ?? 1) times as fast"
            case "rate": "\(timing.rate.map { "\($0)" } ?? "")"
            default: "as fast as possible"
            }
        table.add("mode", mode)
        table.add("first to last", FigureText.nanoseconds(timing.sentNanoseconds))
        if let planned = timing.plannedNanoseconds, let drift = timing.driftNanoseconds {
            table.add("planned", FigureText.nanoseconds(planned))
            table.add("drift", FigureText.nanoseconds(drift))
            if let median = timing.error.p50, let p99 = timing.error.p99, let most = timing.error.max {
                table.add(
                    "late by",
                    "p50 \(FigureText.nanoseconds(median)), p99 \(FigureText.nanoseconds(p99)), at most \(FigureText.nanoseconds(most))")
            }
        }
        return table.lines(style).filter { !$0.allSatisfy { $0 == " " } }
    }

    private var rates: [String] {
        guard let rates = trial?.rates else { return [] }
        var table = Table(.text(""), .number("frames/s"), .number("L2 bit/s"), .number("L1 bit/s"))
        table.add("sent", rate(rates.txPps), bits(rates.txL2Bps), "")
        table.add(isUncounted ? "not dropped" : "received", rate(rates.rxPps), bits(rates.rxL2Bps), bits(rates.rxL1Bps))
        return table.lines(style) + [
            "  over \(FigureText.nanoseconds(rates.durationNanoseconds)), ended by \(result.ended == "file" ? "the file's end" : result.ended)"
        ]
    }

    private var isUncounted: Bool { trial?.receiver.abilities.counting == .byTheLink }

    private var ledger: [String] {
        guard let book = trial?.ledger else { return [] }
        var table = Table(.text("row"), .number("frames"), .number("of sent"))
        func add(_ name: String, _ count: UInt64, share: Bool = true) {
            let ratio = share && book.sent > 0 ? FigureText.percent(Double(count) / Double(book.sent)) : ""
            table.add(name, FigureText.count(count), ratio)
        }
        add("offered", book.offered, share: false)
        add("  refused by the kernel", book.refused, share: false)
        add("sent", book.sent, share: false)
        add("  dropped on the link", book.linkDropped)
        add("  dropped by the receiver's ring", book.receiverDropped)
        add(isUncounted ? "not dropped" : "received", book.received)
        if result.file.stamped > 0 {
            add("  duplicates besides", book.duplicates)
            add("  of these reordered", book.reordered)
        }
        if book.inFlightAtEnd > 0 { add("in flight at the end", book.inFlightAtEnd) }
        if book.foreign > 0 { add("foreign", book.foreign, share: false) }
        table.add("residual", FigureText.count(book.residual), "")
        var lines = table.lines(style)
        if let last = lines.popLast() { lines.append(book.residual == 0 ? style.good(last) : style.bad(last)) }
        return lines
    }

    private var latency: [String] {
        guard let path = trial?.latency.path, path.count > 0 else { return [] }
        func text(_ value: UInt64?) -> String { value.map { FigureText.nanoseconds($0) } ?? "–" }
        var table = Table(.text(""), .number("frames"), .number("p50"), .number("p99"), .number("p99.9"), .number("max"))
        table.add("path", FigureText.count(path.count), text(path.p50), text(path.p99), text(path.p999), text(path.max))
        return table.lines(style)
    }

    private var warnings: [String] {
        result.warnings.flatMap { warning in
            let mark = warning.voidsResult ? style.bad("✗") : style.warning("!")
            return ["  \(mark) \(warning.message.visible) [\(warning.code)]", "    \(style.faint("→ " + warning.remedy.visible))"]
        }.flatMap { style.wrapped($0, indent: 6) }
    }

    private var verdict: String {
        if let failure = result.failure { return style.bad("Not complete: \(failure.visible).") }
        guard !result.trusted else { return style.good("The book is closed: every frame is accounted for.") }
        let reasons = result.warnings.filter(\.voidsResult).map(\.message.visible)
        return style.bad("Don't trust this result: \(reasons.isEmpty ? "the book does not close" : reasons.joined(separator: "; ")).")
    }
}
