/// Rows of text in columns with two blanks between them, numbers to the right.
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
        let widths = headings.indices.map { column in
            rows.reduce(headings[column].title.count) { column < $1.count ? max($0, $1[column].count) : $0 }
        }
        return ([headings.map(\.title)] + rows).map { cells in
            let padded = zip(zip(headings, widths), cells).map { $1.padded($0.1, toRight: $0.0.isNumber) }
            var line = padded.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            return "  " + line
        }
    }
}
