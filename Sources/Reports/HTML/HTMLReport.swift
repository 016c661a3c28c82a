import Kernel
import Results

/// Pages as one HTML document that needs nothing else: no file beside it, no network, no script to be read.
public enum HTMLReport {
    /// Ends with a line break.
    public static func text(_ pages: [ReportPage]) -> String {
        let title = pages.map(\.title).joined(separator: " · ")
        let articles = pages.enumerated().map { article($0.element, number: $0.offset + 1, isOnly: pages.count == 1) }
        let contents: Markup =
            pages.count == 1
            ? ""
            : "<h1>\(pages[0].kind == "comparison" ? "Side by side" : "\(pages.count) results")</h1>\n<nav aria-label=\"Results\"><ol>"
                + pages.enumerated().map { "<li><a href=\"#r\($0.offset + 1)\">\($0.element.title)</a></li>" }.joined() + "</ol></nav>"
        let document: Markup = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
            <meta name="color-scheme" content="light dark">
            <meta name="generator" content="vethmark">
            <title>\(title)</title>
            <style>\(Markup(stringLiteral: Palette.style + PlotStyle.text + HTMLStyle.text))</style>
            </head>
            <body>
            <a class="skip" href="#main">Skip to the result</a>
            <main id="main">
            \(contents)
            \(articles.joined(separator: "\n"))
            </main>
            <script>\(Markup(stringLiteral: HTMLScript.text))</script>
            </body>
            </html>

            """
        return document.text
    }

    // MARK: a result

    private static func article(_ page: ReportPage, number: Int, isOnly: Bool) -> Markup {
        let level = isOnly ? 1 : 2
        var markup: Markup = "<article id=\"r\(number)\" aria-labelledby=\"r\(number)-h\">\n<header>\n"
        markup +=
            "<p class=\"kind\">vethmark \(page.kind)</p>\n<h\(level) id=\"r\(number)-h\">\(page.headline.first ?? page.title)</h\(level)>\n"
        for line in page.headline.dropFirst() { markup += "<p>\(line)</p>\n" }
        markup +=
            "<p class=\"verdict \(tone(page.verdict.tone))\"><span aria-hidden=\"true\">\(sign(page.verdict.tone))</span> \(page.verdict.words)</p>\n"
        if !page.figures.isEmpty {
            markup += "<ul class=\"figures\">\n" + page.figures.map(tile).joined() + "</ul>\n"
        }
        markup += "</header>\n"
        for section in page.sections { markup += self.section(section, level: level + 1) }
        return markup + "</article>"
    }

    private static func tile(_ figure: ReportPage.KeyFigure) -> Markup {
        let note: Markup = figure.note.map { " <span class=\"note\">\(joined($0))</span>" } ?? ""
        return """
            <li><span class="name">\(figure.name)</span> <strong class="\(tone(figure.tone))">\(joined(figure.value))</strong>\(note)</li>

            """
    }

    /// No line begins with a percent sign, or ends with `±`.
    private static func joined(_ text: String) -> String { text.replacing(" %", with: "\u{00A0}%").replacing("± ", with: "±\u{00A0}") }

    private static func tone(_ tone: ReportPage.Tone) -> Markup { Markup(stringLiteral: tone.rawValue) }

    private static func sign(_ tone: ReportPage.Tone) -> Markup {
        switch tone {
        case .good: "✓"
        case .warn: "!"
        case .bad: "✗"
        case .plain: "·"
        }
    }

    // MARK: a section

    private static func section(_ section: ReportSection, level: Int) -> Markup {
        "<section>\n<h\(level)>\(section.title)</h\(level)>\n" + blocks(section.blocks) + "</section>\n"
    }

    /// Plots that follow each other stand side by side.
    private static func blocks(_ blocks: [ReportBlock]) -> Markup {
        var markup: Markup = ""
        var isAmongPlots = false
        var narrow = 0
        for block in blocks {
            if case .plot(let plot) = block {
                if !isAmongPlots { markup += "<div class=\"plots\">\n" }
                narrow = (isAmongPlots ? narrow : 0) + (plot.isBroad ? 0 : 1)
                isAmongPlots = true
                markup += figure(plot)
                continue
            }
            // A small table takes the place that an odd number of plots leaves free.
            if case .table(let table) = block, isAmongPlots, !narrow.isMultiple(of: 2), table.columns.count < 7, !table.isSorting {
                narrow += 1
                markup += self.table(table)
                continue
            }
            if isAmongPlots { markup += "</div>\n" }
            isAmongPlots = false
            markup += self.block(block)
        }
        return isAmongPlots ? markup + "</div>\n" : markup
    }

    /// Drawn for wide pages and for narrow ones, of which the style sheet shows one.
    private static func figure(_ plot: some Plot) -> Markup {
        let wide = plot.isBroad ? PlotWidth.broad : PlotWidth.wide
        let style: Markup = plot.isBroad ? " class=\"broad\"" : ""
        return """
            <figure\(style)><figcaption>\(plot.title)</figcaption>
            \(SVG.inlined(plot, width: wide, class: "wide"))
            \(SVG.inlined(plot, width: PlotWidth.narrow, class: "narrow"))
            </figure>

            """
    }

    private static func block(_ block: ReportBlock) -> Markup {
        switch block {
        case .text(let text): return "<p>\(text)</p>\n"
        case .note(let text): return "<p class=\"note\">\(text)</p>\n"
        case .facts(let facts):
            return "<dl class=\"facts\">\n" + facts.map { "<dt>\($0.name)</dt><dd>\($0.value)</dd>\n" }.joined() + "</dl>\n"
        case .table(let table): return self.table(table)
        case .plot: return ""
        case .warnings(let warnings): return "<ul class=\"warnings\">\n" + warnings.map(warning).joined() + "</ul>\n"
        case .command(let words): return "<pre><code>\(ShellText.line(words))</code></pre>\n"
        case .details(let title, let inner):
            return "<details><summary>\(title)</summary>\n" + blocks(inner) + "</details>\n"
        }
    }

    private static func warning(_ warning: Warning) -> Markup {
        let (sign, tone): (Markup, Markup) = warning.voidsResult ? ("✗", "bad") : ("!", "warn")
        let voids: Markup = warning.voidsResult ? " <strong class=\"bad\">This voids the result.</strong>" : ""
        return """
            <li><span class="\(tone)" aria-hidden="true">\(sign)</span> \(warning.message) <code>\(warning.code)</code>\(voids)\
            <br><span class="note">What helps: \(warning.remedy)</span></li>

            """
    }

    // MARK: tables

    private static func table(_ table: ReportTable) -> Markup {
        let head = table.columns.map { column -> Markup in
            let style: Markup = column.isNumber ? " class=\"n\"" : ""
            return "<th scope=\"col\"\(style)>\(column.title)</th>"
        }.joined()
        let style: Markup = table.isSorting ? " class=\"sorts\"" : ""
        var markup: Markup = """
            <div class="scroll" role="group" aria-label="\(table.caption)" tabindex="0">
            <table\(style)><caption>\(table.caption)</caption>
            <thead><tr>\(head)</tr></thead>
            <tbody>

            """
        for row in table.rows {
            markup += "<tr>"
            for (index, cell) in row.enumerated() { markup += self.cell(cell, index, table) }
            markup += "</tr>\n"
        }
        return markup + "</tbody>\n</table>\n</div>\n"
    }

    private static func cell(_ cell: ReportTable.Cell, _ index: Int, _ table: ReportTable) -> Markup {
        let isNumber = index < table.columns.count && table.columns[index].isNumber
        var names: [String] = isNumber ? ["n"] : []
        if cell.tone != .plain { names.append(cell.tone.rawValue) }
        if cell.text.count > 40 { names.append("long") }
        // A row's name beside many figures would have a line for each word.
        if index == 0, cell.text.contains(" "), cell.text.count < 20 { names.append("short") }
        let style: Markup = names.isEmpty ? "" : " class=\"\(names.joined(separator: " "))\""
        let value: Markup = table.isSorting ? (cell.value.map { " data-v=\"\("\($0)")\"" } ?? "") : ""
        return index == 0
            ? "<th scope=\"row\"\(style)\(value)>\(cell.text)</th>" : "<td\(style)\(value)>\(cell.text)</td>"
    }
}

/// Words as a shell takes them.
enum ShellText {
    static func line(_ words: [String]) -> String { words.map(quoted).joined(separator: " ") }

    private static func quoted(_ word: String) -> String {
        let plain = word.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_./:=,@+%".contains($0)) }
        return plain && !word.isEmpty ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }
}
