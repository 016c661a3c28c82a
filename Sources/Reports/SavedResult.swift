import Foundation
import Kernel
import Methods
import Results

/// A run that was saved: `result.json`, or the folder it lies in.
public enum SavedResult {
    /// Why there is none.
    public struct ReadError: ExplainedError, Equatable {
        public let sentence: String
        public let remedy: String?
    }

    /// - Throws: `ReadError`.
    public static func load(_ path: String) throws(ReadError) -> RunResult {
        let isFolder = SafeFile.isFolder(path)
        let name = path.visible
        guard FileManager.default.fileExists(atPath: path) else {
            throw ReadError(sentence: "there is no result \(name)", remedy: "name a folder that `vethmark run` saved, or its result.json")
        }
        let file = isFolder ? path + "/result.json" : path
        guard let data = FileManager.default.contents(atPath: file) else {
            throw ReadError(
                sentence: isFolder && !FileManager.default.fileExists(atPath: file)
                    ? "\(name) holds no result.json" : "\(file.visible) can't be read",
                remedy: "name a folder that `vethmark run` saved, or its result.json")
        }
        return try decode(data, file.visible)
    }

    private static func decode(_ data: Data, _ name: String) throws(ReadError) -> RunResult {
        let remedy = "name the result.json of a `vethmark run`"
        guard let object = (try? JSONSerialization.jsonObject(with: data)) as? [String: Any] else {
            throw ReadError(sentence: "\(name) is no whole JSON object", remedy: remedy)
        }
        let schema = object["schema"] as? String
        guard schema == RunResult.currentSchema else {
            let what =
                schema.map { "a \($0.visible)" }
                ?? (object["entries"] != nil ? "a bakeoff, which keeps no trials" : "no result of vethmark")
            let sides = schema == ResultComparison.currentSchema ? "name one of the runs beside it, base.json or new.json" : remedy
            throw ReadError(sentence: "\(name) is \(what), not a \(RunResult.currentSchema)", remedy: sides)
        }
        do {
            let result = try JSONDecoder().decode(RunResult.self, from: data)
            guard !result.trials.isEmpty else { throw ReadError(sentence: "\(name) has no trials", remedy: remedy) }
            return result
        } catch let error as ReadError {
            throw error
        } catch {
            throw ReadError(sentence: "\(name) is not as vethmark wrote it: \(sentence(error))", remedy: remedy)
        }
    }

    static func sentence(_ error: any Error) -> String {
        func place(_ path: [any CodingKey], _ last: (any CodingKey)? = nil) -> String {
            (path + (last.map { [$0] } ?? [])).reduce("") { $0 + ($1.intValue.map { "[\($0)]" } ?? ".\($1.stringValue)") }
        }
        switch error {
        case DecodingError.keyNotFound(let key, let context): return "\(place(context.codingPath, key)) is missing"
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context),
            DecodingError.dataCorrupted(let context):
            return "\(place(context.codingPath)) can't be read"
        default: return "\(error)"
        }
    }
}
