import Kernel

/// A capture tool's command line, with places for what only a run knows: `{if}`, `{file}` and `{dir}`.
public struct CaptureTool: Equatable, Sendable {
    public let words: [String]

    /// - Throws: `CaptureError.noTool`.
    public init(words: [String]) throws(CaptureError) {
        guard let first = words.first, !first.isEmpty else { throw .noTool }
        self.words = words
    }

    /// One line as it would be typed: words part at blanks, but not inside of quotes. No shell ever sees it.
    ///
    /// - Throws: `CaptureError.noTool`, `.openQuote`.
    public init(line: String) throws(CaptureError) {
        var words: [String] = []
        var word: String?
        var quote: Character?
        for character in line {
            if let open = quote {
                if character == open { quote = nil } else { word = (word ?? "") + String(character) }
            } else if character == "'" || character == "\"" {
                quote = character
                word = word ?? ""
            } else if character.isWhitespace {
                if let whole = word { words.append(whole) }
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        guard quote == nil else { throw .openQuote(line) }
        if let word { words.append(word) }
        try self.init(words: words)
    }

    /// What it is called by: the program's name without its folder.
    public var name: String { String(words[0].split(separator: "/").last ?? "") }

    /// Whether it is told to write a capture file of its own.
    public var writesFile: Bool { words.contains { $0.contains("{file}") } }

    /// The words of one run.
    func arguments(interface: String, file: String, folder: String) -> [String] {
        words.map { $0.replacing("{if}", with: interface).replacing("{file}", with: file).replacing("{dir}", with: folder) }
    }

    /// Where its program is: as named, or in PATH, and in the places that only root's PATH has.
    ///
    /// - Throws: `CaptureError.notFound`.
    public func program() throws(CaptureError) -> String {
        guard let path = ProgramFile.find(words[0]) else { throw .notFound(words[0]) }
        return path
    }
}
