import TextTable

/// Rows of text in columns, numbers to the right: TextTable with our margins.
struct Table {
    struct Heading {
        var title: String
        var isNumber: Bool

        static func text(_ title: String) -> Heading { Heading(title: title, isNumber: false) }
        static func number(_ title: String) -> Heading { Heading(title: title, isNumber: true) }
    }

    var headings: [Heading]
    var rows: [[String]] = []

    init(_ headings: Heading...) { self.headings = headings }

    init(_ headings: [Heading]) { self.headings = headings }

    mutating func add(_ cells: String...) { rows.append(cells) }

    /// Indented lines, headings first; empty without rows.
    var lines: [String] {
        guard !rows.isEmpty else { return [] }
        let table = TextTable<[String]> { row in
            zip(headings, row).map { heading, cell in
                Column(title: heading.title, value: cell, align: heading.isNumber ? .right : .left)
            }
        }
        let text = table.string(for: rows, style: Margins.self) ?? ""
        return text.split(separator: "\n").map { line in
            var line = line
            while line.last == " " { line.removeLast() }
            return "  " + line
        }
    }
}

/// Two blanks between columns, no rules.
private enum Margins: TextTableStyle {
    static func prepare(_ text: String, for column: Column) -> String { Plain.prepare(text, for: column) }
    static func escape(_ text: String) -> String { text }
    static func begin(_ table: inout String, index: Int, columns: [Column]) {}
    static func end(_ table: inout String, index: Int, columns: [Column]) {}

    static func header(_ table: inout String, index: Int, columns: [Column]) {
        table += columns.map { $0.headerString(for: self) }.joined(separator: "  ") + "\n"
    }

    static func row(_ table: inout String, index: Int, columns: [Column]) {
        table += columns.map { $0.string(for: self) }.joined(separator: "  ") + "\n"
    }
}
