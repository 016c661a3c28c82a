/// A node of a YAML document: what it holds, how that is written, and where it stands.
public struct YAMLNode: Sendable {
    public typealias Pair = (key: YAMLNode, value: YAMLNode)

    public enum Content: Sendable {
        case scalar(String, ScalarStyle)
        case sequence([YAMLNode], CollectionStyle)
        /// Keys in their order; a text is the key of one pair only.
        case mapping([Pair], CollectionStyle)
    }

    /// How a text is written.
    public enum ScalarStyle: Sendable {
        /// Plain where YAML can have it so, which is the writer's to find out.
        case any
        case plain, singleQuoted, doubleQuoted, literal, folded
    }

    /// How what holds others is written: a line each, or in brackets.
    public enum CollectionStyle: Sendable {
        case block, flow
    }

    /// Line and column from 1, a column a character.
    public struct Place: Equatable, Sendable {
        public let line: Int
        public let column: Int
    }

    public let content: Content
    /// Nil for what wasn't read.
    public let place: Place?

    public init(_ content: Content, place: Place? = nil) { (self.content, self.place) = (content, place) }

    /// The text of a scalar.
    public var text: String? { if case .scalar(let text, _) = content { text } else { nil } }

    /// The pairs of a mapping.
    public var pairs: [Pair]? { if case .mapping(let pairs, _) = content { pairs } else { nil } }
}
