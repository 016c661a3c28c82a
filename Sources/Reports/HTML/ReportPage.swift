import Metrics
import Results

/// What is told of a result, before anybody knows how: as HTML, as Markdown, or as pictures. All of it is plain text.
public struct ReportPage: Sendable {
    /// `run`, `sweep`: of file names, and which of several results it is.
    var kind: String
    /// Of the window, and of the page's heading.
    var title: String
    /// The answer, a sentence each.
    var headline: [String]
    var verdict: Verdict
    var figures: [KeyFigure]
    var sections: [ReportSection]
    /// What `--csv` prints, where the kind has no table of its own for that.
    var mainTable: ReportTable?

    enum Tone: String, Sendable { case good, warn, bad, plain }

    /// Whether to believe it.
    struct Verdict: Sendable {
        var tone: Tone
        var words: String
    }

    /// A number large enough to be read from afar.
    struct KeyFigure: Sendable {
        var name: String
        var value: String
        var note: String?
        var tone = Tone.plain
    }
}

struct ReportSection: Sendable {
    var title: String
    var blocks: [ReportBlock]

    /// Nil if there is nothing in it.
    init?(_ title: String, _ blocks: [ReportBlock?]) {
        self.title = title
        self.blocks = blocks.compactMap { $0 }
        if self.blocks.isEmpty { return nil }
    }
}

indirect enum ReportBlock: Sendable {
    case text(String)
    case note(String)
    case facts([Fact])
    case table(ReportTable)
    case plot(any Plot)
    case warnings([Warning])
    /// Words of a command line.
    case command([String])
    case details(String, [ReportBlock])

    struct Fact: Sendable {
        var name: String
        var value: String
    }

    static func facts(_ pairs: KeyValuePairs<String, String?>) -> ReportBlock? {
        let facts = pairs.compactMap { name, value in value.map { Fact(name: name, value: $0) } }
        return facts.isEmpty ? nil : .facts(facts)
    }

    static func warnings(ofAll warnings: [Warning]) -> ReportBlock? { warnings.isEmpty ? nil : .warnings(warnings) }
    static func table(unlessEmpty table: ReportTable) -> ReportBlock? { table.rows.isEmpty ? nil : .table(table) }

    /// All plots in it.
    var plots: [any Plot] {
        switch self {
        case .plot(let plot): [plot]
        case .details(_, let blocks): blocks.flatMap(\.plots)
        default: []
        }
    }
}

struct ReportTable: Sendable {
    struct Column: Sendable {
        var title: String
        var isNumber: Bool

        static func text(_ title: String) -> Column { Column(title: title, isNumber: false) }
        static func number(_ title: String) -> Column { Column(title: title, isNumber: true) }
    }

    struct Cell: Sendable, ExpressibleByStringLiteral {
        var text: String
        /// What it is sorted by, and what a spreadsheet takes.
        var value: Double?
        var tone = ReportPage.Tone.plain

        init(_ text: String, value: Double? = nil, tone: ReportPage.Tone = .plain) {
            (self.text, self.value, self.tone) = (text, value, tone)
        }

        init(stringLiteral value: String) { self.init(value) }

        /// A dash where it wasn't measured.
        init(_ value: Double?, _ unit: PlotUnit, tone: ReportPage.Tone = .plain) {
            self.init(value.map(unit.text) ?? "–", value: value, tone: tone)
        }

        init(_ value: Int, tone: ReportPage.Tone = .plain) {
            self.init(FigureText.count(value), value: Double(value), tone: tone)
        }

        init(_ value: UInt64?, _ unit: PlotUnit = .count, tone: ReportPage.Tone = .plain) {
            self.init(value.map { Double($0) }, unit, tone: tone)
        }
    }

    var caption: String
    var columns: [Column]
    /// The first cell of each names the row.
    var rows: [[Cell]] = []
    /// Whether readers may sort and filter it.
    var isSorting = false

    init(_ caption: String, _ columns: [Column], isSorting: Bool = false) {
        (self.caption, self.columns, self.isSorting) = (caption, columns, isSorting)
    }

    /// With a heading; numbers as they are, not measured is an empty field (RFC 4180).
    var csv: String {
        func field(_ text: String) -> String {
            text.contains(where: { ",\"\n\r".contains($0) }) ? "\"" + text.replacing("\"", with: "\"\"") + "\"" : text
        }
        func number(_ value: Double) -> String {
            value == value.rounded() && value.magnitude < 1e15 ? "\(Int(value))" : "\(value)"
        }
        let lines =
            [columns.map { field($0.title) }]
            + rows.map { row in
                row.map { cell in cell.value.map(number) ?? (cell.text == "–" ? "" : field(cell.text)) }
            }
        return lines.map { $0.joined(separator: ",") + "\n" }.joined()
    }
}
