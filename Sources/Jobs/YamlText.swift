import Yams

/// Nodes of a YAML document, and the text of several.
enum YamlText {
    /// One of our own words, none of which YAML takes for a number or a flag.
    static func word(_ text: String) -> Node { Node(text, Tag(.str), .any) }

    /// A text that stands as it is whatever is in it.
    static func quoted(_ text: String) -> Node { Node(text, Tag(.str), .doubleQuoted) }

    /// A text of several lines, which stand as lines where YAML can have them so.
    static func lines(_ text: String) -> Node { Node(text, Tag(.str), .literal) }

    static func number(_ number: Int) -> Node { Node("\(number)", Tag(.int), .plain) }

    static func flag(_ isOn: Bool) -> Node { Node(isOn ? "true" : "false", Tag(.bool), .plain) }

    static func map(_ pairs: KeyValuePairs<String, Node>, _ style: Node.Mapping.Style = .block) -> Node {
        .mapping(Node.Mapping(pairs.map { (word($0.key), $0.value) }, Tag(.map), style))
    }

    static func list(_ nodes: [Node], _ style: Node.Sequence.Style = .block) -> Node { .sequence(Node.Sequence(nodes, Tag(.seq), style)) }

    /// Documents one behind the other, lines of any length.
    ///
    /// Safe because libyaml refuses only documents that aren't one node each, and text that isn't UTF-8; a Swift string always is.
    static func text(_ documents: [Node]) -> String {
        do {
            return try serialize(nodes: documents, indent: 2, width: -1, allowUnicode: true, explicitStart: documents.count > 1)
        } catch {
            preconditionFailure("\(error)")
        }
    }
}
