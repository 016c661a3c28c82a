import Metrics
import Results

extension ReportPage {
    /// Who sent to whom, a line for each meeting.
    public init(_ mesh: MeshResult, source: String? = nil) {
        kind = "mesh"
        title = "vethmark mesh\(source.map { " · \($0)" } ?? "")"
        headline = [MeshReport.headline(mesh)]
        let (isGood, words) = MeshReport.verdict(mesh)
        verdict = .init(tone: isGood ? .good : .bad, words: words)
        figures = [
            .init(name: "Pattern", value: mesh.pattern), .init(name: "Ranks", value: "\(mesh.ranks.count)"),
            .init(name: "Missed", value: "\(mesh.meetings.count { $0.missed != nil })")
        ]
        var table = ReportTable(
            "Meetings",
            [
                .text("from"), .text("to"), .number("round"), .number("received"), .number("loss"), .number("p50"), .number("p99"),
                .text("obstacle")
            ], isSorting: true)
        for meeting in mesh.meetings {
            let isHeld = meeting.missed == nil
            func figure(_ figure: MeshReport.Figure) -> Double? { isHeld ? figure.value(meeting) : nil }
            let loss = figure(.loss)
            table.rows.append([
                .init("\(meeting.sender)"), .init("\(meeting.receiver)"), .init(meeting.round + 1), .init(figure(.rate), .frameRate),
                .init(loss, .ratio, tone: (loss ?? 0) > 0 ? .bad : .plain), .init(figure(.p50), .nanoseconds),
                .init(figure(.p99), .nanoseconds),
                .init(meeting.missed ?? (meeting.isTrusted ? "" : MeshReport.doubt(meeting)), tone: .warn)
            ])
        }
        mainTable = table
        var ranks = ReportTable("Ranks", [.text("rank"), .text("host"), .text("lost")])
        ranks.rows = mesh.ranks.map { [.init("\($0.rank)"), .init($0.host ?? "–"), .init($0.lost ?? "", tone: .warn)] }
        sections = [
            ReportSection("Meetings", [.table(unlessEmpty: table)]), ReportSection("Ranks", [.table(ranks)]),
            ReportSection("Command", [.command(mesh.command)])
        ].compactMap { $0 }
    }
}
