import YAML

/// Nodes of a YAML document.
enum YamlText {
    /// One of our own words, none of which YAML takes for a number or a flag.
    static func word(_ text: String) -> YAMLNode { YAMLNode(.scalar(text, .any)) }

    /// A text that stands as it is whatever is in it.
    static func quoted(_ text: String) -> YAMLNode { YAMLNode(.scalar(text, .doubleQuoted)) }

    /// A text of several lines, which stand as lines where YAML can have them so.
    static func lines(_ text: String) -> YAMLNode { YAMLNode(.scalar(text, .literal)) }

    static func number(_ number: Int) -> YAMLNode { YAMLNode(.scalar("\(number)", .plain)) }

    static func flag(_ isOn: Bool) -> YAMLNode { YAMLNode(.scalar(isOn ? "true" : "false", .plain)) }

    static func map(_ pairs: KeyValuePairs<String, YAMLNode>) -> YAMLNode { map(pairs.map { ($0.key, $0.value) }) }

    static func map(_ pairs: [(String, YAMLNode)]) -> YAMLNode { YAMLNode(.mapping(pairs.map { (word($0.0), $0.1) }, .block)) }

    static func list(_ nodes: [YAMLNode], _ style: YAMLNode.CollectionStyle = .block) -> YAMLNode { YAMLNode(.sequence(nodes, style)) }
}
