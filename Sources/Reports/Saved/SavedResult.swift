import FoundationEssentials
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

    /// Two runs, two sweeps or two bakeoffs side by side.
    ///
    /// - Parameter threshold: what counts as a regression, and as the same; nil for neither.
    /// - Throws: `ReadError`.
    public static func comparison(
        of base: String, and new: String, threshold: Double?, command: [String]
    ) throws(ReadError) -> ResultComparison {
        switch (try loadAny(base), try loadAny(new)) {
        case (.sweep(let left), .sweep(let right)):
            return try cells(ComparableGrid(left), base, ComparableGrid(right), new, threshold, command)
        case (.bakeoff(let left), .bakeoff(let right)):
            guard let first = ComparableGrid(left), let second = ComparableGrid(right) else {
                let name = ComparableGrid(left) == nil ? base : new
                throw ReadError(
                    sentence: "\(name.visible) is a bakeoff of before trials were kept", remedy: "measure it again with this vethmark")
            }
            return try cells(first, base, second, new, threshold, command)
        case (let left, let right) where left.kind != right.kind:
            throw ReadError(
                sentence: "\(base.visible) is \(left.kind.noun) and \(new.visible) is \(right.kind.noun)",
                remedy: "compare two runs, two sweeps or two bakeoffs")
        default:
            // What is no run says what it is.
            return ResultComparison(
                base: try load(base), called: base, new: try load(new), called: new, design: .unpaired, threshold: threshold,
                command: command)
        }
    }

    /// Two values of one of a sweep's settings side by side, or of a bakeoff's.
    ///
    /// - Parameters:
    ///   - words: `host`, `host=n1,n2`.
    ///   - threshold: what counts as a regression, and as the same; nil for neither.
    /// - Throws: `ReadError`, `GridAxis.Refusal`.
    public static func comparison(of path: String, by words: String, threshold: Double?, command: [String]) throws -> ResultComparison {
        let result = try loadAny(path)
        let grid: ComparableGrid?
        switch result {
        case .sweep(let sweep): grid = ComparableGrid(sweep)
        case .bakeoff(let bakeoff): grid = ComparableGrid(bakeoff)
        default: grid = nil
        }
        guard let grid else {
            throw ReadError(
                sentence: "\(path.visible) is \(result.kind.noun), which has no cells to compare by",
                remedy: "name a sweep, a merged one, or a bakeoff; two results are compared without --by")
        }
        let parts = words.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let axis = try GridAxis(parts[0], of: grid)
        let values = try axis.pair(parts.count == 2 ? parts[1] : nil)
        guard let comparison = ResultComparison(by: axis, values, of: path, threshold: threshold, command: command) else {
            throw ReadError(
                sentence: "cells of \(path.visible) with \(axis.setting) \(values.base) have no counterpart with \(values.new)",
                remedy: "compare values that other settings go with in the same way; --zip pairs each with one only")
        }
        return comparison
    }

    private static func cells(
        _ base: ComparableGrid, _ baseName: String, _ new: ComparableGrid, _ newName: String, _ threshold: Double?, _ command: [String]
    ) throws(ReadError) -> ResultComparison {
        let comparison = ResultComparison(
            base: base, called: baseName, new: new, called: newName, threshold: threshold, command: command)
        guard let comparison else {
            throw ReadError(
                sentence: "\(baseName.visible) and \(newName.visible) have no cell in common",
                remedy: "compare results that vary the same settings, with values in common")
        }
        return comparison
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
        guard let heading = try? JSONDecoder().decode(ResultHeading.self, from: data) else {
            throw ReadError(sentence: "\(name) is no whole JSON object", remedy: remedy)
        }
        guard let schema = heading.schema else {
            let what = heading.hasEntries ? "a bakeoff, which keeps no trials" : "no result of vethmark"
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
