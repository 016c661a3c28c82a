import Foundation
import Kernel
import Methods

/// A sweep on the disk: `sweep.json` says what is laid out, `trials/` holds a file for each turn, written as it ends; the rest comes with the result.
///
/// Every file is there whole or not at all, so whatever ends a sweep, it can be gone on with from here.
public final class SweepFolder {
    /// Why a folder's sweep can't be gone on with.
    public struct ResumeError: ExplainedError, Equatable, CustomStringConvertible {
        public let sentence: String
        public let remedy: String?
        public var exitCode: Int32? { 64 }
        public var description: String { explanation }
    }

    /// What a sweep's own file holds.
    private struct Page: Codable {
        let design: SweepDesign
        let machine: Machine
        /// Nil for a sweep.
        let method: Method?
    }

    /// What is made of the turns.
    public enum Method: String, Codable, Sendable { case sweep, bakeoff }

    /// Figures of two machines are no repeats of each other.
    private struct Machine: Codable, Equatable {
        var cpuModel = MachineFacts.cpuModel
        var kernelRelease = MachineFacts.kernelRelease
    }

    private static let designName = ResultStore.sweepName
    private static let trials = "trials"

    public let path: String
    private let method: Method
    private let store: ResultStore
    /// Held as long as the sweep is at work.
    private let lock: FileLock?

    /// Takes a folder for a new sweep.
    ///
    /// - Throws: `ResultStore.SaveError`.
    public init(_ design: SweepDesign, for method: Method = .sweep, in store: ResultStore) throws(ResultStore.SaveError) {
        (self.method, self.store) = (method, store)
        path = try store.save { [(Self.designName, try JSONReport.text(Page(design: design, machine: Machine(), method: method)))] }
        do throws(SystemError) {
            try SafeFile.makeFolder("\(path)/\(Self.trials)")
            // The store holds it already, where it could.
            lock = store.lock == nil ? try FileLock(path) : nil
        } catch {
            throw ResultStore.SaveError(path: path, reason: error.reason)
        }
    }

    private init(resuming path: String, for method: Method, lock: FileLock?) {
        (self.path, self.method) = (path, method)
        self.lock = lock
        store = ResultStore(adopting: path)
    }

    /// Opens the folder of a sweep that is to go on.
    ///
    /// - Parameter design: What was asked for this time; nil to do what was asked for then.
    /// - Returns: the folder, the design, and all turns that were had.
    /// - Throws: `ResumeError`.
    public static func resume(
        _ folder: String, for method: Method = .sweep, design asked: SweepDesign?
    ) throws(ResumeError) -> (folder: SweepFolder, design: SweepDesign, records: [SweepRecord]) {
        let path = folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder
        guard let data = FileManager.default.contents(atPath: "\(path)/\(designName)") else {
            throw ResumeError(
                sentence: "there is no sweep in \(path): it has no \(designName)", remedy: "name the folder that a sweep was saved in")
        }
        guard let page = try? JSONDecoder().decode(Page.self, from: data), page.design.schema == SweepDesign.currentSchema else {
            throw ResumeError(
                sentence: "\(path)/\(designName) can't be read as \(SweepDesign.currentSchema)", remedy: "start the sweep anew")
        }
        let saved = page.method ?? .sweep
        guard saved == method else {
            throw ResumeError(
                sentence: "what is in \(path) is a \(saved.rawValue), not a \(method.rawValue)",
                remedy: "go on with it by `vethmark \(saved.rawValue) --resume \(path)`")
        }
        if let asked, !asked.isSame(as: page.design) {
            throw ResumeError(
                sentence: "the \(method.rawValue) in \(path) was another one",
                remedy: "leave out all options but --resume to go on with it, or --resume to start anew")
        }
        guard page.machine == Machine() else {
            throw ResumeError(
                sentence:
                    "the \(method.rawValue) in \(path) was measured on \(page.machine.cpuModel) with Linux \(page.machine.kernelRelease), and this is another machine or kernel",
                remedy: "go on there, or start it anew here")
        }
        guard let lock = try? FileLock(path) else {
            throw ResumeError(sentence: "the \(method.rawValue) in \(path) is still at work", remedy: "wait for it, or end it with Ctrl-C")
        }
        let records = try records(path)
        return (SweepFolder(resuming: path, for: method, lock: lock), page.design, records)
    }

    private static func records(_ path: String) throws(ResumeError) -> [SweepRecord] {
        let names = Folder.entries("\(path)/\(trials)")
        // Drafts that nobody came to rename.
        SafeFile.remove(names.filter { !$0.hasSuffix(".json") }, in: "\(path)/\(trials)")
        var records: [SweepRecord] = []
        for name in names.filter({ $0.hasSuffix(".json") }).sorted() {
            let file = "\(path)/\(trials)/\(name)"
            guard let data = FileManager.default.contents(atPath: file),
                let record = try? JSONDecoder().decode(SweepRecord.self, from: data)
            else {
                throw ResumeError(sentence: "\(file) can't be read as a trial of a sweep", remedy: "remove it to have that trial repeated")
            }
            records.append(record)
        }
        return records
    }

    /// Another number of rounds, or precision, for a sweep that goes on.
    ///
    /// - Throws: `ResultStore.SaveError`.
    public func change(_ design: SweepDesign) throws(ResultStore.SaveError) {
        try store.save { [(Self.designName, try JSONReport.text(Page(design: design, machine: Machine(), method: method)))] }
    }

    /// Keeps what a turn came to.
    ///
    /// - Throws: `ResultStore.SaveError`; what was kept before stays.
    public func keep(_ record: SweepRecord) throws(ResultStore.SaveError) {
        let cell = record.cell.map { "cell-\(padded($0 + 1, 4))" } ?? "calibration"
        do {
            try SafeFile.makeFolder("\(path)/\(Self.trials)")
            try SafeFile.write(
                try JSONReport.text(record), to: "\(path)/\(Self.trials)/round-\(padded(record.round + 1, 3))-\(cell).json")
        } catch {
            throw ResultStore.SaveError(path: path, reason: (error as? SystemError)?.reason ?? "\(error)")
        }
    }

    /// - Throws: `ResultStore.SaveError`.
    public func save(_ result: SweepResult) throws(ResultStore.SaveError) {
        try store.save {
            [
                ("report.txt", SweepReport(result, style: .plain).text), ("cells.csv", SweepCSV.cells(result)),
                ("trials.csv", SweepCSV.trials(result)), ("result.json", try JSONReport.text(result))
            ]
        }
    }

    /// - Throws: `ResultStore.SaveError`.
    public func save(_ result: BakeoffResult) throws(ResultStore.SaveError) {
        try store.save { [("report.txt", BakeoffReport.text(result, style: .plain)), ("result.json", try JSONReport.text(result))] }
    }

    private func padded(_ number: Int, _ digits: Int) -> String {
        let text = "\(number)"
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
