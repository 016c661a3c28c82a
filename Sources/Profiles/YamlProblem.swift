import Plans
import YAML

extension ProfileProblem {
    /// What the reader of YAML says, at the place where it says it.
    init(_ error: YAMLError, file: String, text: String) {
        switch error {
        case .syntax(let problem, let place, let context):
            let around = context.map { " (\($0.text) that starts in line \($0.place.line))" } ?? ""
            self.init(file: file, place: SourcePlace(place), message: "this is not valid YAML: \(problem)\(around)")
        case .character(let problem, let byteOffset):
            let before = text.utf8.prefix(byteOffset)
            self.init(
                file: file, place: SourcePlace(offset: text[..<before.endIndex].count, in: text),
                message: "this is not valid YAML: \(problem)")
        case .duplicateKey(let name, let first, let second):
            self.init(
                file: file, place: SourcePlace(first),
                message: "the key '\(name.onOneLine)' stands twice in the same mapping"
                    + (second.line == first.line ? "" : ", here and in line \(second.line)") + "; keep one of them")
        case .tooDeep(let place, let limit):
            self.init(
                file: file, place: SourcePlace(place), message: "there are more than \(limit) nodes within each other; write it with fewer")
        case .outOfMemory:
            self.init(file: file, message: "there is no memory left to read it")
        }
    }
}
