import Plans
import Yams

extension SettingInput {
    /// A node of a profile. Nothing was written, or `null`: a quoted `"null"` is a text.
    init(_ node: Node) {
        let content: Content =
            switch node {
            case .mapping(let mapping): .mapping { mapping.map { ($0.key.scalar?.string ?? "", SettingInput($0.value)) } }
            case .alias: .other("an alias")
            case .sequence(let sequence): .list { sequence.map { SettingInput($0) } }
            case .scalar(let scalar): Self.isNull(scalar) ? .nothing : .text(scalar.string)
            }
        self.init(content, place: SourcePlace(node.mark))
    }

    private static func isNull(_ scalar: Node.Scalar) -> Bool {
        guard scalar.style == .plain || scalar.style == .any else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }
}

extension SourcePlace {
    init?(_ mark: Mark?) {
        guard let mark else { return nil }
        self.init(line: mark.line, column: mark.column)
    }
}
