/// A line of words as sh(1) splits it: blanks part, quotes and backslashes keep together. Nothing is expanded.
enum ShellWords {
    /// A quote without its end, or a backslash with nothing behind it.
    struct Unfinished: Error, Equatable {
        let mark: Character
    }

    static func split(_ line: String) throws(Unfinished) -> [String] {
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
