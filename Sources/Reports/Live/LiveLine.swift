/// A line of a live screen: pieces of text, each with its tone, which is cut to the width it gets.
struct LiveLine {
    enum Tone { case plain, heading, faint, good, bad, warning }

    private(set) var pieces: [(text: String, tone: Tone)] = []

    init() {}
    init(_ text: String, _ tone: Tone = .plain) { add(text, tone) }

    mutating func add(_ text: String, _ tone: Tone = .plain) {
        if !text.isEmpty { pieces.append((text, tone)) }
    }

    static func + (left: LiveLine, right: LiveLine) -> LiveLine {
        var line = left
        line.pieces += right.pieces
        return line
    }

    /// Characters, in the signs that the locale has.
    func width(_ style: TextStyle) -> Int { pieces.reduce(0) { $0 + style.plainly($1.text).count } }

    /// The text in its colours, no wider than `width`, with a sign at its end where it was cut: half a number is another number.
    ///
    /// - Parameter isPadded: whether blanks fill it up to the width.
    func text(_ style: TextStyle, width: Int, isPadded: Bool = false) -> String {
        let isCut = self.width(style) > width
        var left = max(isCut ? width - 1 : width, 0)
        var text = ""
        for piece in pieces where left > 0 {
            let seen = String(style.plainly(piece.text).prefix(left))
            left -= seen.count
            text += Self.paint(seen, piece.tone, style)
        }
        if isCut, width > 0 { return text + style.cutSign }
        return isPadded ? text + String(repeating: " ", count: left) : text
    }

    private static func paint(_ text: String, _ tone: Tone, _ style: TextStyle) -> String {
        switch tone {
        case .plain: text
        case .heading: style.heading(text)
        case .faint: style.faint(text)
        case .good: style.good(text)
        case .bad: style.bad(text)
        case .warning: style.warning(text)
        }
    }

    /// The first of them that fits, else the last, which is cut.
    static func first(of lines: [LiveLine], thatFits width: Int, _ style: TextStyle) -> LiveLine {
        lines.first { $0.width(style) <= width } ?? lines.last ?? LiveLine()
    }

    /// Pieces side by side, two blanks between, on as many lines as they need; all but the first line begin with `indent` blanks.
    static func flow(_ start: LiveLine, _ parts: [LiveLine], indent: Int, width: Int, _ style: TextStyle) -> [LiveLine] {
        var (lines, current, isEmpty) = ([LiveLine](), start, true)
        for part in parts {
            if !isEmpty, current.width(style) + 2 + part.width(style) > width {
                lines.append(current)
                (current, isEmpty) = (LiveLine(String(repeating: " ", count: indent)), true)
            }
            if !isEmpty { current.add("  ") }
            current = current + part
            isEmpty = false
        }
        return lines + [current]
    }
}

extension String {
    func padded(_ width: Int, toRight: Bool = false) -> String {
        let blanks = String(repeating: " ", count: max(0, width - count))
        return toRight ? blanks + self : self + blanks
    }

    /// In the signs of the locale, with one more where it was cut.
    func shortened(_ width: Int, _ style: TextStyle) -> String {
        let text = style.plainly(self)
        return text.count <= width ? text : String(text.prefix(max(0, width - 1))) + (width > 0 ? style.cutSign : "")
    }
}

extension TextStyle {
    /// One character, unlike the ellipsis of `PlainSigns`.
    var cutSign: String { isASCII ? ">" : "…" }
}
