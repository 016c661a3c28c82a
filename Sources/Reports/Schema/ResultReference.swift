import Methods
import Trials

/// Every key of every result, for `docs/results.md`.
public enum ResultReference {
    /// Ends with a line break.
    public static var markdown: String {
        var lines: [String] = []
        var told: Set<String> = []
        for kind in ResultKind.allCases where !(kind == .rfc9004) {
            let names = kind == .rfc2544 ? "`\(kind.schema)`, `\(ResultKind.rfc9004.schema)`" : "`\(kind.schema)`"
            lines += ["### \(names)", ""]
            lines += objects(from: kind.schemaObject, &told)
        }
        lines += ["### `\(ResultListing.currentSchema)`", ""] + objects(from: ResultListing.self, &told)
        return lines.joined(separator: "\n")
    }

    /// An object and those that it leads to, each once.
    private static func objects(from root: any SchemaObject.Type, _ told: inout Set<String>) -> [String] {
        var lines: [String] = []
        var waiting = [root]
        while !waiting.isEmpty {
            let type = waiting.removeFirst()
            guard told.insert(type.schemaName).inserted else { continue }
            let keys = type.schemaKeys
            lines += ["#### \(type.schemaName)", "", type.schemaMeaning, "", "| key | type | unit | meaning |", "| --- | --- | --- | --- |"]
            lines += keys.map { "| `\($0.name)` | \(text($0.node)) | \($0.unit ?? "") | \(cell($0.meaning)) |" } + [""]
            waiting += keys.compactMap { object(in: $0.node) }
        }
        return lines
    }

    private static func object(in node: SchemaNode) -> (any SchemaObject.Type)? {
        switch node {
        case .object(let type): type
        case .list(let element), .map(let element): object(in: element)
        default: nil
        }
    }

    private static func text(_ node: SchemaNode) -> String {
        switch node {
        case .integer: "integer"
        case .number: "number"
        case .text: "text"
        case .words(let words): words.map { "`\($0)`" }.joined(separator: " ")
        case .truth: "boolean"
        case .list(let element): "list of \(text(element))"
        case .map(let element): "\(text(element)) by name"
        case .object(let type): "[\(type.schemaName)](#\(type.schemaName.lowercased().filter { $0 != "." }))"
        case .anyResult: "a result"
        }
    }

    private static func cell(_ text: String) -> String { text.replacing("|", with: "\\|") }
}
