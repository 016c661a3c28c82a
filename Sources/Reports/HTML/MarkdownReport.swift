import Kernel

/// Pages as Markdown, for pull requests and notes: headline, figures, tables, warnings. Pictures are left to HTML and SVG.
public enum MarkdownReport {
    /// Ends with a line break.
    public static func text(_ pages: [ReportPage]) -> String {
        pages.map { lines($0).map { $0 + "\n" }.joined() }.joined(separator: "\n")
    }

    private static func lines(_ page: ReportPage) -> [String] {
        var lines = ["# \(plain(page.headline.first ?? page.title))", ""]
        lines += page.headline.dropFirst().flatMap { [plain($0), ""] }
        lines += ["**\(plain(page.verdict.words))**", ""]
        lines += page.figures.map { figure in
            "- \(plain(figure.name)): **\(plain(figure.value))**\(figure.note.map { " (\(plain($0)))" } ?? "")"
        }
        for section in page.sections {
            let blocks = section.blocks.flatMap(block)
            if !blocks.isEmpty { lines += ["", "## \(plain(section.title))", ""] + blocks }
        }
        return lines
    }

    private static func block(_ block: ReportBlock) -> [String] {
        switch block {
        case .text(let text), .note(let text): [plain(text), ""]
        case .facts(let facts): facts.map { "- \(plain($0.name)): \(plain($0.value))" } + [""]
        case .table(let table): self.table(table) + [""]
        case .plot: []
        case .warnings(let warnings):
            warnings.map {
                "- \($0.voidsResult ? "**voids the result:** " : "")\(plain($0.message)) (\(plain($0.code))); \(plain($0.remedy))"
            } + [""]
        case .command(let words): [fenced(ShellText.line(words)), ""]
        case .details(_, let blocks): blocks.flatMap(self.block)
        }
    }

    private static func table(_ table: ReportTable) -> [String] {
        func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
        return [
            "\(plain(table.caption)):", "", line(table.columns.map { plain($0.title) }),
            line(table.columns.map { $0.isNumber ? "---:" : "---" })
        ]
            + table.rows.map { row in line(row.map { plain($0.text) }) }
    }

    /// A fence that nothing in the text ends.
    private static func fenced(_ text: String) -> String { "    " + text.visible }

    /// Without anything that Markdown or HTML would take for its own.
    static func plain(_ text: String) -> String {
        var escaped = ""
        for character in text.visible {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case "\\", "`", "*", "_", "[", "]", "|", "#", "!", "~": escaped += "\\\(character)"
            default: escaped.append(character)
            }
        }
        return escaped
    }
}
