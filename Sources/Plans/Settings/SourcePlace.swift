/// A place in a profile, both counted from 1; columns in Unicode scalars.
public struct SourcePlace: Equatable, Hashable, Sendable {
    public var line: Int
    public var column: Int

    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// Where the character at `offset` of `text` stands.
    public init(offset: Int, in text: String) {
        let before = text.prefix(offset)
        let lineStart = before.lastIndex(where: \.isNewline).map(before.index(after:)) ?? before.startIndex
        self.init(
            line: before.reduce(1) { $1.isNewline ? $0 + 1 : $0 },
            column: before[lineStart...].unicodeScalars.count + 1)
    }
}
