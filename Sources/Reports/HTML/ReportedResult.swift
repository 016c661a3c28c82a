import Foundation
import Kernel
import Methods
import Results

/// A saved result of any kind that there are pages of.
public enum ReportedResult: Sendable {
    case run(RunResult)
    case sweep(SweepResult)
    case tune(TuneResult)
    case bakeoff(Bakeoff.Outcome)
    case comparison(SavedComparison)
    case search(SearchResult)
    case suite(SuiteResult)
    case capture(CaptureResult)
    case replay(ReplayResult)

    /// Reads `result.json`, or that of a folder.
    ///
    /// - Throws: `SavedResult.ReadError`.
    public static func load(_ path: String) throws(SavedResult.ReadError) -> ReportedResult {
        let remedy = "name a folder that vethmark saved, or the result.json in it"
        guard SafeFile.exists(path) else { throw SavedResult.ReadError(sentence: "there is no result \(path.visible)", remedy: remedy) }
        let isFolder = SafeFile.isFolder(path)
        let file = isFolder ? path + "/result.json" : path
        if isFolder, !SafeFile.exists(file) {
            let isSweep = SafeFile.exists("\(path)/\(ResultStore.sweepName)")
            throw SavedResult.ReadError(
                sentence: "\(path.visible) holds no result.json\(isSweep ? ", but a sweep that has not ended" : "")",
                remedy: isSweep ? "go on with it first: vethmark sweep --resume \(path.visible)" : remedy)
        }
        guard let data = FileManager.default.contents(atPath: file) else {
            throw SavedResult.ReadError(sentence: "\(file.visible) can't be read", remedy: remedy)
        }
        return try decode(data, file.visible)
    }

    private static func decode(_ data: Data, _ name: String) throws(SavedResult.ReadError) -> ReportedResult {
        guard let object = (try? JSONSerialization.jsonObject(with: data)) as? [String: Any] else {
            throw SavedResult.ReadError(sentence: "\(name) is no whole JSON object", remedy: "name the result.json of a vethmark command")
        }
        let schema = object["schema"] as? String ?? (object["entries"] != nil && object["winners"] != nil ? "vethmark.bakeoff/1" : "")
        do {
            switch schema {
            case RunResult.currentSchema: return .run(try JSONDecoder().decode(RunResult.self, from: data))
            case SweepResult.currentSchema: return .sweep(try JSONDecoder().decode(SweepResult.self, from: data))
            case TuneResult.currentSchema: return .tune(try JSONDecoder().decode(TuneResult.self, from: data))
            case "vethmark.bakeoff/1": return .bakeoff(try JSONDecoder().decode(Bakeoff.Outcome.self, from: data))
            case ResultComparison.currentSchema: return .comparison(try JSONDecoder().decode(SavedComparison.self, from: data))
            case "vethmark.search/1": return .search(try JSONDecoder().decode(SearchResult.self, from: data))
            case "vethmark.rfc2544/1", "vethmark.rfc9004/1": return .suite(try JSONDecoder().decode(SuiteResult.self, from: data))
            case CaptureResult.currentSchema: return .capture(try JSONDecoder().decode(CaptureResult.self, from: data))
            case "vethmark.replay/1": return .replay(try JSONDecoder().decode(ReplayResult.self, from: data))
            default: break
            }
        } catch {
            throw SavedResult.ReadError(
                sentence: "\(name) is not as vethmark wrote it: \(SavedResult.sentence(error))",
                remedy: "name a result that nobody has changed")
        }
        let what =
            schema.isEmpty
            ? "no result of vethmark"
            : schema.hasPrefix("vethmark.") ? "a \(schema.visible), of which there is no report" : "no result of vethmark"
        throw SavedResult.ReadError(
            sentence: "\(name) is \(what)",
            remedy: "reports are made of run, sweep, tune, bakeoff, compare, search, rfc2544, rfc9004, capture and replay")
    }

    /// - Parameter source: which of several it is.
    public func page(source: String? = nil) -> ReportPage {
        switch self {
        case .run(let result): ReportPage(result, source: source)
        case .sweep(let result): ReportPage(result, source: source)
        case .tune(let result): ReportPage(result, source: source)
        case .bakeoff(let result): ReportPage(result, source: source)
        case .comparison(let result): ReportPage(result, source: source)
        case .search(let result): ReportPage(result, source: source)
        case .suite(let result): ReportPage(result, source: source)
        case .capture(let result): ReportPage(result, source: source)
        case .replay(let result): ReportPage(result, source: source)
        }
    }

    /// A line each for trials, cells, rounds or figures, with a heading; ends with a line break.
    public var csv: String {
        switch self {
        case .run(let result): CSVReport.text(result)
        case .sweep(let result): SweepCSV.cells(result)
        case .search(let result): MethodWords.csv(result.trials)
        case .suite(let result): MethodWords.csv(result.trials)
        default: page().mainTable?.csv ?? ""
        }
    }

    /// Of each result a page; of two runs, and of two sweeps with cells in common, their comparison in front.
    ///
    /// - Parameters:
    ///   - results: with the names by which they were asked for.
    ///   - command: the words of the command line, where a comparison is made.
    /// - Throws: what encoding throws.
    public static func pages(_ results: [(name: String, result: ReportedResult)], command: [String]) throws -> [ReportPage] {
        let pages = results.map { $0.result.page(source: results.count > 1 ? $0.name : nil) }
        guard results.count == 2 else { return pages }
        if case .sweep(let base) = results[0].result, case .sweep(let new) = results[1].result {
            let comparison = ReportPage(base: base, called: results[0].name, new: new, called: results[1].name)
            return (comparison.map { [$0] } ?? []) + pages
        }
        guard case .run(let base) = results[0].result, case .run(let new) = results[1].result else { return pages }
        let comparison = ResultComparison(
            base: base, called: results[0].name, new: new, called: results[1].name, design: .unpaired, command: command)
        return [ReportPage(try SavedComparison(comparison))] + pages
    }
}
