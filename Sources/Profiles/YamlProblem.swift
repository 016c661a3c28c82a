import Plans
import Yams

extension ProfileProblem {
    /// What Yams says, at the place where it says it.
    init(_ error: YamlError, file: String, text: String) {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let around = context.map { " (\($0.text) that starts in line \($0.mark.line))" } ?? ""
            self.init(file: file, place: SourcePlace(mark), message: "this is not valid YAML: \(problem)\(around)")
        case .reader(let problem, let offset, _, _):
            self.init(
                file: file, place: offset.map { SourcePlace(offset: $0, in: text) },
                message: "this is not valid YAML: \(problem)")
        case .duplicatedKeysInMapping(let names, let context):
            let first = SourcePlace(context.mark)
            let again = names.first.flatMap { Self.line(ofSecond: $0, after: first, in: text) }
            self.init(
                file: file, place: first,
                message: "the key '\(names.first?.onOneLine ?? "")' stands twice in the same mapping"
                    + (again.map { ", here and in line \($0)" } ?? "") + "; keep one of them")
        default:
            self.init(file: file, message: "this is not valid YAML: \(error)")
        }
    }

    /// Yams tells only the first place; in block style the second begins in the same column.
    private static func line(ofSecond key: String, after first: SourcePlace?, in text: String) -> Int? {
        guard let first else { return nil }
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        let indent = String(repeating: " ", count: first.column - 1)
        return lines.indices.dropFirst(first.line)
            .first { lines[$0].hasPrefix(indent + key + ":") }
            .map { $0 + 1 }
    }
}
