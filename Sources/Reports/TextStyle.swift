import FoundationEssentials

/// How text for people looks: with colour on a terminal, plain everywhere else.
public struct TextStyle: Sendable {
    public let isColoured: Bool
    /// Where lines have to end; nil where they may go on, as in files and pipes.
    public let columns: Int?
    /// Whether signs beyond ASCII are told by others, as the locale has none.
    public let isASCII: Bool

    public init(isColoured: Bool, columns: Int? = nil, isASCII: Bool = false) {
        self.isColoured = isColoured
        self.columns = columns
        self.isASCII = isASCII
    }

    public static let plain = TextStyle(isColoured: false)

    /// Colour if `isTerminal`, unless the user set NO_COLOR (no-color.org) or has a dumb terminal.
    public init(isTerminal: Bool, columns: Int? = nil, environment: [String: String] = ProcessInfo.processInfo.environment) {
        isColoured = isTerminal && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
        self.columns = isTerminal ? columns : nil
        // Without a word on it a terminal's locale is C; a pipe or a file may be read anywhere.
        isASCII = PlainSigns.isWanted(environment) ?? isTerminal
    }

    /// The same without an end of lines.
    var unbroken: TextStyle { TextStyle(isColoured: isColoured, isASCII: isASCII) }

    /// Words on as many lines as they need, those below the first indented.
    func wrapped(_ line: String, indent: Int) -> [String] {
        let line = plainly(line)
        // So narrow a terminal would hold nothing but the indent.
        guard let columns, columns >= indent + 20, Self.width(line) > columns else { return [line] }
        let start = line.prefix { $0 == " " }
        var lines: [String] = []
        var current = String(start)
        for word in line.dropFirst(start.count).split(separator: " ", omittingEmptySubsequences: false) {
            if Self.width(current) + 1 + Self.width(word) > columns, current.contains(where: { $0 != " " }) {
                lines.append(current)
                current = String(repeating: " ", count: indent) + word
            } else {
                current += (current.allSatisfy { $0 == " " } && lines.isEmpty && current.count == start.count ? "" : " ") + word
            }
        }
        return lines + [current]
    }

    /// Characters that are seen: colours are not.
    static func width(_ text: some StringProtocol) -> Int {
        guard text.utf8.contains(0x1B) else { return text.count }
        var (width, isEscape) = (0, false)
        for character in text {
            if character == "\u{1B}" { isEscape = true }
            if !isEscape { width += 1 }
            if character == "m" { isEscape = false }
        }
        return width
    }

    func heading(_ text: String) -> String { painted(text, "1") }
    func good(_ text: String) -> String { painted(text, "32") }
    func bad(_ text: String) -> String { painted(text, "31;1") }
    func warning(_ text: String) -> String { painted(text, "33") }
    func faint(_ text: String) -> String { painted(text, "2") }

    /// Between SGR sequences (ECMA-48, 8.3.117); the last takes all back.
    private func painted(_ text: String, _ rendition: String) -> String { isColoured ? "\u{1B}[\(rendition)m\(text)\u{1B}[0m" : text }
}
