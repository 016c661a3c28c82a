import Plans
import YAML

extension SettingInput {
    /// A node of a profile. Nothing was written, or `null`: a quoted `"null"` is a text.
    init(_ node: YAMLNode) {
        let content: Content =
            switch node.content {
            case .mapping(let pairs, _): .mapping { pairs.map { ($0.key.text ?? "", SettingInput($0.value)) } }
            case .sequence(let nodes, _): .list { nodes.map { SettingInput($0) } }
            case .scalar(let text, let style): style == .plain && Self.isNull(text) ? .nothing : .text(text)
            }
        self.init(content, place: SourcePlace(node.place))
    }

    private static func isNull(_ text: String) -> Bool { ["", "~", "null", "Null", "NULL"].contains(text) }
}

extension SourcePlace {
    init?(_ place: YAMLNode.Place?) {
        guard let place else { return nil }
        self.init(line: place.line, column: place.column)
    }
}
