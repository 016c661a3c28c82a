/// What is wrong with a text that is to be YAML.
public enum YAMLError: Error, Equatable {
    /// libyaml's words, where it met the problem, and what that is part of.
    case syntax(String, at: YAMLNode.Place, context: Context?)
    /// A character that YAML doesn't have, and how many bytes stand before it.
    case character(String, byteOffset: Int)
    case duplicateKey(String, first: YAMLNode.Place, second: YAMLNode.Place)
    case tooDeep(at: YAMLNode.Place, limit: Int)
    case outOfMemory

    /// What began before the problem: `while parsing a flow sequence`.
    public struct Context: Equatable, Sendable {
        public let text: String
        public let place: YAMLNode.Place
    }
}
