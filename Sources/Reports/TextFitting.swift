extension TextStyle {
    /// In the signs that the locale has.
    func plainly(_ text: String) -> String { isASCII ? PlainSigns.text(text) : text }

    /// A whole report, none of whose lines goes on beyond the terminal's: what is longer is continued, indented, and what can't be broken is cut.
    public func finished(_ text: String) -> String {
        guard isASCII || columns != nil else { return text }
        return text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { fitted(plainly(String($0))) }.joined(separator: "\n")
    }

    private func fitted(_ line: String) -> [String] {
        guard let columns, columns >= 20, Self.width(line) > columns else { return [line] }
        let indent = min(line.prefix { $0 == " " }.count + 2, columns / 4)
        return wrapped(line, indent: indent).flatMap { chopped($0, columns: columns, indent: indent) }
    }

    /// Cut by what is seen, colours not counted.
    private func chopped(_ line: String, columns: Int, indent: Int) -> [String] {
        guard Self.width(line) > columns else { return [line] }
        var (lines, current, width) = ([String](), "", 0)
        var isEscape = false
        for character in line {
            if character == "\u{1B}" { isEscape = true }
            if !isEscape, width == columns {
                lines.append(current)
                (current, width) = (String(repeating: " ", count: indent), indent)
            }
            current.append(character)
            if isEscape {
                isEscape = character != "m"
            } else {
                width += 1
            }
        }
        return lines + [current]
    }
}

extension Table {
    /// The table as wide as it is; where the terminal has less room, a paragraph for each row, which names its columns.
    func lines(_ style: TextStyle) -> [String] {
        var table = self
        if style.isASCII {
            table.headings = headings.map { Heading(title: style.plainly($0.title), isNumber: $0.isNumber) }
            table.rows = rows.map { $0.map(style.plainly) }
        }
        let lines = table.lines
        guard !style.fits(lines) else { return lines }
        return table.rows.flatMap { row in
            let figures = zip(table.headings, row).dropFirst().filter { !$0.1.isEmpty }.map { heading, cell in
                heading.title.isEmpty ? cell : "\(heading.title) \(cell)"
            }
            let name = [table.headings.first.flatMap { $0.isNumber ? $0.title : nil }, row.first].compactMap { $0 }.joined(separator: " ")
            return style.wrapped("  \(name): \(figures.joined(separator: ", "))", indent: 6)
        }
    }
}

extension TextStyle {
    /// Whether no line is longer than the terminal's.
    func fits(_ lines: [String]) -> Bool {
        guard let columns else { return true }
        return lines.allSatisfy { Self.width($0) <= columns }
    }
}
