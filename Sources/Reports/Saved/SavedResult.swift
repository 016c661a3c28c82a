import Foundation
import Kernel
import Methods
import Results

/// What was saved: `result.json`, or the folder it lies in.
public enum SavedResult {
    /// Why there is none.
    public struct ReadError: ExplainedError, Equatable {
        public let sentence: String
        public let remedy: String?
    }

    /// A run.
    ///
    /// - Throws: `ReadError`.
    public static func load(_ path: String) throws(ReadError) -> RunResult {
        let remedy = "name the result.json of a `vethmark run`"
        let (data, name) = try data(path, made: "`vethmark run`")
        let schema = try schema(of: data, name, wanted: RunResult.currentSchema, remedy: remedy)
        guard schema == RunResult.currentSchema else {
            let sides = schema == ResultComparison.currentSchema ? "name one of the runs beside it, base.json or new.json" : remedy
            throw ReadError(sentence: "\(name) is a \(schema.visible), not a \(RunResult.currentSchema)", remedy: sides)
        }
        guard case .run(let result) = try decoded(.run, data, name, remedy: remedy) else { preconditionFailure("a run is one") }
        guard !result.trials.isEmpty else { throw ReadError(sentence: "\(name) has no trials", remedy: remedy) }
        return result
    }

    /// A result of whatever kind.
    ///
    /// - Throws: `ReadError`.
    public static func loadAny(_ path: String) throws(ReadError) -> AnyResult {
        let remedy = "name a folder or result.json that vethmark saved; `vethmark results list` tells which there are"
        let (data, name) = try data(path, made: "vethmark")
        let schema = try schema(of: data, name, remedy: remedy)
        guard let kind = ResultKind(schema: schema) else {
            let what = schema.hasPrefix("vethmark.") ? "a \(schema.visible), which this vethmark can't read" : "no result of vethmark"
            throw ReadError(sentence: "\(name) is \(what)", remedy: remedy)
        }
        return try decoded(kind, data, name, remedy: remedy)
    }

    private static func data(_ path: String, made maker: String) throws(ReadError) -> (Data, name: String) {
        let isFolder = SafeFile.isFolder(path)
        let remedy = "name a folder that \(maker) saved, or its result.json"
        let name = path.visible
        guard SafeFile.exists(path) else { throw ReadError(sentence: "there is no result \(name)", remedy: remedy) }
        let file = isFolder ? path + "/result.json" : path
        if isFolder, !SafeFile.exists(file) {
            guard SafeFile.exists("\(path)/\(ResultStore.sweepName)") else {
                throw ReadError(sentence: "\(name) holds no result.json", remedy: remedy)
            }
            throw ReadError(
                sentence: "\(name) holds no result.json, but a sweep that has not ended",
                remedy: "go on with it first: vethmark sweep --resume \(name)")
        }
        guard let data = FileManager.default.contents(atPath: file) else {
            throw ReadError(sentence: "\(file.visible) can't be read", remedy: remedy)
        }
        return (data, file.visible)
    }

    private static func schema(of data: Data, _ name: String, wanted: String? = nil, remedy: String) throws(ReadError) -> String {
        guard let object = (try? JSONSerialization.jsonObject(with: data)) as? [String: Any] else {
            throw ReadError(sentence: "\(name) is no whole JSON object", remedy: remedy)
        }
        guard let schema = object["schema"] as? String else {
            let what = object["entries"] != nil ? "a bakeoff, which keeps no trials" : "no result of vethmark"
            throw ReadError(sentence: "\(name) is \(what)\(wanted.map { ", not a \($0)" } ?? "")", remedy: remedy)
        }
        return schema
    }

    private static func decoded(_ kind: ResultKind, _ data: Data, _ name: String, remedy: String) throws(ReadError) -> AnyResult {
        do {
            return try AnyResult(kind, from: data)
        } catch {
            throw ReadError(sentence: "\(name) is not as vethmark wrote it: \(sentence(error))", remedy: remedy)
        }
    }

    private static func sentence(_ error: any Error) -> String {
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
