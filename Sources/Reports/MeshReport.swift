import Metrics
import Results

/// A mesh for people: who received how much from whom, with what loss and latency, and what wasn't held.
public enum MeshReport {
    /// More ranks than that don't fit a terminal side by side.
    static let mostRanks = 16
    /// Lines of a list, at most.
    private static let mostLines = 16

    /// Ends with a line break.
    public static func text(_ result: MeshResult, style: TextStyle) -> String {
        let held = result.meetings.filter { $0.missed == nil }
        var lines = style.wrapped(style.heading(headline(result)), indent: 2)
        if result.pattern == "pairs", result.ranks.count <= mostRanks {
            lines += matrices(result, style)
        } else {
            lines += section(worst(held), more: held.count - mostLines, style, held.count > mostLines ? "Worst meetings" : "Meetings")
        }
        lines += hosts(result, style) + missed(result, style) + untrusted(result, style)
        lines.append("")
        lines += style.wrapped(verdict(result, style), indent: 2)
        return style.finished(lines.joined(separator: "\n") + "\n")
    }

    static func headline(_ result: MeshResult) -> String {
        let held = result.meetings.filter { $0.missed == nil }
        let rates = held.filter(\.isTrusted).compactMap { Figure.rate.value($0) }
        var parts = ["\(held.count) of \(FigureText.count(result.meetings.count, "meeting")) held"]
        if let least = rates.min(), let most = rates.max() {
            parts.append("received \(MeshReport.rate(least)) to \(MeshReport.rate(most))")
        }
        if let loss = held.filter(\.isTrusted).compactMap({ Figure.loss.value($0) }).max() {
            parts.append(loss == 0 ? "none lost" : "at most \(FigureText.percent(loss)) lost")
        }
        return parts.joined(separator: "  ")
    }

    static func rate(_ value: Double) -> String { "\(PacketRate(packetsPerSecond: max(value, 0.001)))" }

    // MARK: a matrix

    private static func matrices(_ result: MeshResult, _ style: TextStyle) -> [String] {
        let cells = Dictionary(result.meetings.map { ([$0.sender, $0.receiver], $0) }) { first, _ in first }
        return Figure.allCases.flatMap { figure -> [String] in
            let known = result.meetings.filter { $0.missed == nil }.compactMap { figure.value($0) }
            guard !known.isEmpty, figure != .loss || known.contains(where: { $0 > 0 }) else { return [] }
            // Rank 0 receives nothing, and the last one sends nothing.
            let receivers = 1..<result.ranks.count
            let rows = (0..<result.ranks.count - 1).map { sender in
                let figures = receivers.map { text(cells[[sender, $0]], figure, isNarrow: width(result) < 6) }
                return "\(sender)".padded(4, toRight: true) + figures.map { $0.padded(width(result), toRight: true) }.joined()
            }
            let heading = "    " + receivers.map { "\($0)".padded(width(result), toRight: true) }.joined()
            return ["", style.heading("\(figure.title): from the rank at the left to the one above"), style.faint(heading)]
                + rows.map { row in style.plainly(row) }
        }
    }

    /// Of a cell: as many characters as let the widest matrix end within 80 columns.
    private static func width(_ result: MeshResult) -> Int { result.ranks.count > 13 ? 5 : 6 }

    private static func text(_ meeting: MeshResult.Meeting?, _ figure: Figure, isNarrow: Bool) -> String {
        guard let meeting else { return "" }
        if meeting.missed != nil { return "x" }
        guard meeting.isTrusted else { return "!" }
        return figure.value(meeting).map { figure.short($0, isNarrow: isNarrow) } ?? "-"
    }

    // MARK: lists

    /// Most loss first, then the lowest rate.
    private static func worst(_ meetings: [MeshResult.Meeting]) -> [MeshResult.Meeting] {
        let keyed = meetings.map { ($0, Figure.loss.value($0) ?? 0, Figure.rate.value($0) ?? 0) }
        return keyed.sorted { $0.1 != $1.1 ? $0.1 > $1.1 : $0.2 < $1.2 }.map(\.0)
    }

    private static func section(_ meetings: [MeshResult.Meeting], more: Int, _ style: TextStyle, _ title: String) -> [String] {
        guard !meetings.isEmpty else { return [] }
        var table = Table(.text("meeting"), .number("received"), .number("lost"), .number("p50"), .number("p99"))
        for meeting in meetings.prefix(mostLines) {
            func figure(_ figure: Figure, _ text: (Double) -> String) -> String { figure.value(meeting).map(text) ?? "–" }
            table.add(
                "\(meeting.sender) → \(meeting.receiver)\(meeting.isTrusted ? "" : " !")", figure(.rate, rate),
                figure(.loss) { FigureText.percent($0) }, figure(.p50) { FigureText.nanoseconds($0) },
                figure(.p99) { FigureText.nanoseconds($0) })
        }
        let rest = more > 0 ? ["  and \(more) more; the JSON has all"] : []
        return ["", style.heading(title)] + table.lines(style) + rest
    }

    private static func hosts(_ result: MeshResult, _ style: TextStyle) -> [String] {
        guard result.ranks.count <= mostRanks else { return [] }
        let hosts = result.ranks.grouped { $0.host?.visible ?? "?" }
        let words = hosts.map { host, ranks in "\(ranks.map { "\($0.rank)" }.joined(separator: ", ")) on \(host)" }.joined(separator: "; ")
        return [""] + style.wrapped(style.faint("  ranks: \(words)"), indent: 4)
    }

    /// Each reason once, with all that it kept from being held.
    private static func missed(_ result: MeshResult, _ style: TextStyle) -> [String] {
        let reasons = result.meetings.grouped(by: \.missed)
        guard !reasons.isEmpty else { return [] }
        let rest = reasons.count > mostLines ? ["  and \(reasons.count - mostLines) more reasons; the JSON has all"] : []
        return ["", style.heading("Missed (x)")]
            + reasons.prefix(mostLines).flatMap { reason, meetings -> [String] in
                let rest = meetings.count > mostLines ? " and \(meetings.count - mostLines) more" : ""
                let shown = meetings.prefix(mostLines).map { "\($0.sender) → \($0.receiver)" }.joined(separator: ", ") + rest
                return style.wrapped("  \(shown): \(style.warning(reason.visible))", indent: 4)
            } + rest
    }

    private static func untrusted(_ result: MeshResult, _ style: TextStyle) -> [String] {
        let meetings = result.meetings.filter { $0.missed == nil && !$0.isTrusted }
        guard !meetings.isEmpty else { return [] }
        let lines = meetings.prefix(mostLines).flatMap { meeting in
            style.wrapped("  \(meeting.sender) → \(meeting.receiver): \(style.warning(doubt(meeting)))", indent: 4)
        }
        return ["", style.heading("Not to be trusted, or out of bounds (!)")] + lines
            + (meetings.count > mostLines ? ["  and \(meetings.count - mostLines) more; the JSON has all"] : [])
    }

    static func doubt(_ meeting: MeshResult.Meeting) -> String {
        guard let result = meeting.result else { return "no result" }
        let broken = (result.gates ?? []).filter { !$0.passed }.map(\.words)
        if !broken.isEmpty { return broken.joined(separator: "; ").visible }
        let codes = result.warnings.voidingCodes
        let loss = Figure.loss.value(meeting).map { "\(FigureText.percent($0)) lost" }
        let figures = [Figure.rate.value(meeting).map(rate), loss].compactMap { $0 }
        return ([codes.isEmpty ? "its book is open" : codes.joined(separator: ", ")] + figures).joined(separator: ", ")
    }

    static func verdict(_ result: MeshResult) -> (isGood: Bool, words: String) {
        let missed = result.meetings.count { $0.missed != nil }
        let untrusted = result.meetings.count { $0.missed == nil && $0.result?.trusted != true }
        if result.meetings.isEmpty || missed == result.meetings.count { return (false, "No meeting was held.") }
        let parts = [
            missed > 0 ? "\(FigureText.count(missed, "meeting")) \(missed == 1 ? "was" : "were") missed" : nil,
            untrusted > 0 ? "\(FigureText.count(untrusted, "meeting")) can't be trusted" : nil
        ].compactMap { $0 }
        return parts.isEmpty
            ? (true, "Trusted: every meeting was held, and every book closed.") : (false, "Not complete: \(parts.joined(separator: ", ")).")
    }

    private static func verdict(_ result: MeshResult, _ style: TextStyle) -> String {
        let verdict = verdict(result)
        return verdict.isGood ? style.good(verdict.words) : style.bad(verdict.words)
    }
}
