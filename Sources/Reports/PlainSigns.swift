/// The signs of our reports in ASCII, for locales that have no others.
public enum PlainSigns {
    private static let signs: [Character: String] = [
        "µ": "u", "σ": "s", "–": "-", "—": "-", "−": "-", "─": "-", "·": ".", "×": "x", "→": "->", "…": "..", "±": "+-", "≤": "<=",
        "≥": ">=",
        "✗": "x", "✓": "+", "├": "|", "└": "`", "│": "|", "█": "#", "▉": "#", "▊": "#", "▋": "#", "▌": "=", "▍": "-", "▎": "-", "▏": "-",
        "▁": "_", "▂": ".", "▃": ":", "▄": "-", "▅": "=", "▆": "+", "▇": "*"
    ]

    /// Whether the locale's characters are others than UTF-8's (POSIX: LC_ALL over LC_CTYPE over LANG); nil if none is set.
    public static func isWanted(_ environment: [String: String]) -> Bool? {
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
        return locale.map { !$0.lowercased().replacing("-", with: "").contains("utf8") }
    }

    /// Names of others stay as they are.
    public static func text(_ text: String) -> String {
        guard !text.utf8.allSatisfy({ $0 < 0x80 }) else { return text }
        return text.reduce(into: "") { $0 += signs[$1] ?? String($1) }
    }
}
