/// A line of words as sh(1) splits it: blanks part, quotes and backslashes keep together. Nothing is expanded.
public enum ShellWords {
    /// A quote without its end, or a backslash with nothing behind it.
    public struct Unfinished: Error, Equatable {
        public let mark: Character
    }

    public static func split(_ line: String) throws(Unfinished) -> [String] {
        var words: [String] = []
        var word: String?
        var quote: Character?
        var characters = line.makeIterator()
        while let character = characters.next() {
            switch (character, quote) {
            case (_, let open?) where character == open: quote = nil
            case ("\\", nil), ("\\", "\""):
                guard let next = characters.next() else { throw Unfinished(mark: "\\") }
                // Between double quotes a backslash is one, unless it stands before what it takes the meaning from.
                if quote != nil, !"\"\\$`".contains(next) { word = (word ?? "") + "\\" }
                word = (word ?? "") + String(next)
            case ("'", nil), ("\"", nil):
                quote = character
                word = word ?? ""
            case (_, nil) where character.isWhitespace:
                if let whole = word { words.append(whole) }
                word = nil
            default: word = (word ?? "") + String(character)
            }
        }
        if let quote { throw Unfinished(mark: quote) }
        return words + (word.map { [$0] } ?? [])
    }
}

extension ShellWords {
    /// Words as sh(1) would take them again: those with anything but plain characters in single quotes.
    public static func joined(_ words: [String]) -> String {
        words.map { isPlain($0) ? $0 : "'" + $0.replacing("'", with: #"'\''"#) + "'" }.joined(separator: " ")
    }

    /// The same where somebody fills in a template before sh(1) reads it: no brace is followed by what would make it one, for an empty pair of quotes
    /// stands behind each. So neither GNU parallel's `{}`, `{#}` and `{= =}` nor Jinja's `{{`, `{%` and `{#` are found in it.
    public static func joinedForTemplate(_ words: [String]) -> String {
        words.map { isPlain($0) ? $0 : "'" + $0.replacing("'", with: #"'\''"#).replacing("{", with: "{''") + "'" }.joined(separator: " ")
    }

    private static func isPlain(_ word: String) -> Bool {
        !word.isEmpty
            && word.utf8.allSatisfy { byte in
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) || "-_=,./:@%+".utf8.contains(byte)
            }
    }
}
