import FoundationEssentials
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
        /// The whole sweep's, also of a shard.
        var design: SweepDesign
        var machine = Machine()
        /// Nil for a sweep.
        let method: Method?
        /// Nil for a whole sweep.
        var share: SweepShare?
        /// Where a part of a fleet's sweep began; nil for a sweep of one machine, which names no host.
        var host: String?
        /// Whether the whole sweep is measured on each host; nil for no.
        var isPerHost: Bool?

        var part: SweepDesign { share?.part(of: design) ?? design }
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
    /// Whose cells are measured here; nil for all.
    public var share: SweepShare? { page.share }
    private var page: Page
    /// Who measures; nil where nobody asked for hosts.
    private let host: String?
    private let store: ResultStore
    /// Held as long as the sweep is at work.
    private let lock: FileLock?

    /// Takes a folder for a new sweep.
    ///
    /// - Parameters:
    ///   - share: whose cells are measured; nil for all.
    ///   - host: the name of this host, where several have a part in it.
    /// - Throws: `ResultStore.SaveError`.
    public convenience init(
        _ design: SweepDesign, for method: Method = .sweep, share: SweepShare? = nil, host: String? = nil, in store: ResultStore
    ) throws(ResultStore.SaveError) {
        let page = Page(design: design, method: method, share: share, host: host, isPerHost: host != nil && share == nil ? true : nil)
        let path = try store.save { [(Self.designName, try JSONReport.text(page))] }
        do throws(SystemError) {
            try SafeFile.makeFolder("\(path)/\(Self.trials)")
            // The store holds it already, where it could.
            self.init(path, page, host: host, store, lock: store.lock == nil ? try FileLock(path) : nil)
        } catch {
            throw ResultStore.SaveError(path: path, reason: error.reason)
        }
    }

    private init(_ path: String, _ page: Page, host: String?, _ store: ResultStore, lock: FileLock?) {
        (self.path, self.page, self.host) = (path, page, host)
        (self.store, self.lock) = (store, lock)
    }

    /// Opens the folder of a sweep that is to go on.
    ///
    /// - Parameter design: What was asked for this time; nil to do what was asked for then.
    /// - Returns: the folder, the design of what is measured there, and all turns that were had.
    /// - Throws: `ResumeError`.
    public static func resume(
        _ folder: String, for method: Method = .sweep, design asked: SweepDesign?
    ) throws(ResumeError) -> (folder: SweepFolder, design: SweepDesign, records: [SweepRecord]) {
        let path = folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder
        let page = try page(path)
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
        return try opened(path, page, host: page.host)
    }

    private static func page(_ path: String) throws(ResumeError) -> Page {
        guard let data = FileManager.default.contents(atPath: "\(path)/\(designName)") else {
            throw ResumeError(
                sentence: "there is no sweep in \(path): it has no \(designName)", remedy: "name the folder that a sweep was saved in")
        }
        guard let page = try? JSONDecoder().decode(Page.self, from: data), page.design.schema == SweepDesign.currentSchema else {
            throw ResumeError(
                sentence: "\(path)/\(designName) can't be read as \(SweepDesign.currentSchema)", remedy: "start the sweep anew")
        }
        return page
    }

    private static func opened(
        _ path: String, _ page: Page, host: String?
    ) throws(ResumeError) -> (folder: SweepFolder, design: SweepDesign, records: [SweepRecord]) {
        guard let lock = try? FileLock(path) else {
            throw ResumeError(
                sentence: "the \((page.method ?? .sweep).rawValue) in \(path) is still at work",
                remedy: "wait for it, or end it with Ctrl-C")
        }
        // Drafts that nobody came to rename.
        SafeFile.remove(Folder.entries("\(path)/\(trials)").filter { !$0.hasSuffix(".json") }, in: "\(path)/\(trials)")
        let records = try records(path)
        return (SweepFolder(path, page, host: host, ResultStore(adopting: path), lock: lock), page.part, records)
    }

    private static func records(_ path: String) throws(ResumeError) -> [SweepRecord] {
        let names = Folder.entries("\(path)/\(trials)")
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
        (page.design.rounds, page.design.precision) = (design.rounds, design.precision)
        let text = page
        try store.save { [(Self.designName, try JSONReport.text(text))] }
    }

    /// Keeps what a turn came to.
    ///
    /// - Throws: `ResultStore.SaveError`; what was kept before stays.
    public func keep(_ record: SweepRecord) throws(ResultStore.SaveError) {
        var record = record
        record.host = host
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
        try store.save(result)
    }

    /// - Throws: `ResultStore.SaveError`.
    public func save(_ result: BakeoffResult) throws(ResultStore.SaveError) {
        try store.save { [("report.txt", BakeoffReport.text(result, style: .plain)), ("result.json", try JSONReport.text(result))] }
    }

    private func padded(_ number: Int, _ digits: Int) -> String { Self.padded(number, digits) }

    fileprivate static func padded(_ number: Int, _ digits: Int) -> String {
        let text = "\(number)"
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}

extension ResultStore {
    /// A sweep: `report.txt`, `cells.csv`, `trials.csv` and `result.json`.
    ///
    /// - Returns: the folder.
    /// - Throws: `SaveError`; what was saved before is as it was then.
    @discardableResult
    public func save(_ result: SweepResult) throws(SaveError) -> String {
        try save {
            [
                ("report.txt", SweepReport(result, style: .plain).text), ("cells.csv", SweepCSV.cells(result)),
                ("trials.csv", SweepCSV.trials(result)), ("result.json", try JSONReport.text(result))
            ]
        }
    }
}

// MARK: parts of a fleet's sweep

extension SweepFolder {
    /// What a folder that hosts share has for one of them.
    public enum Part {
        /// There are turns to be had.
        case open(folder: SweepFolder, design: SweepDesign, records: [SweepRecord])
        case finished(path: String, result: SweepResult)
    }

    /// The folder of a shard, or of a host, within one that all of them share: begun, gone on with, or found finished. Where it was begun under another kernel
    /// or on another CPU model it is begun anew in a neighbour, for figures of two machines are no repeats of each other.
    ///
    /// - Parameters:
    ///   - design: the whole sweep's.
    ///   - share: nil for all cells on each host.
    ///   - host: the name of this one.
    /// - Throws: `ResumeError`, `ResultStore.SaveError`.
    public static func part(of design: SweepDesign, _ share: SweepShare?, on host: String, in root: String) throws -> Part {
        let plain = root.count > 1 && root.hasSuffix("/") ? String(root.dropLast()) : root
        let name = share.map { "shard-\(padded($0.shard.index, 3))-of-\(padded($0.shard.count, 3))" } ?? "host-\(host)"
        let neighbour = share == nil ? name : "\(name)-\(host)"
        for number in 1... {
            let path = "\(plain)/\(number == 1 ? name : number == 2 && share != nil ? neighbour : "\(neighbour)-\(number)")"
            guard SafeFile.exists("\(path)/\(designName)") else {
                let folder = try SweepFolder(design, share: share, host: host, in: ResultStore(folder: path))
                return .open(folder: folder, design: share?.part(of: design) ?? design, records: [])
            }
            if let part = try part(of: design, share, on: host, at: path) { return part }
        }
        preconditionFailure("numbers don't end")
    }

    /// Nil if it was begun on another machine, and is not finished.
    private static func part(of design: SweepDesign, _ share: SweepShare?, on host: String, at path: String) throws -> Part? {
        var page = try page(path)
        guard page.method ?? .sweep == .sweep, design.isSame(as: page.design), page.share == share else {
            throw ResumeError(
                sentence: "what is in \(path) is a part of another sweep", remedy: "name another folder with -o, or ask for the same sweep")
        }
        let isLonger = design.rounds != page.design.rounds || design.precision != page.design.precision
        (page.design.rounds, page.design.precision) = (design.rounds, design.precision)
        let isDone = page.part.isDone(by: try records(path))
        if isDone, let data = FileManager.default.contents(atPath: "\(path)/result.json"),
            let result = try? JSONDecoder().decode(SweepResult.self, from: data), result.failure == nil, !result.interrupted
        {
            return .finished(path: path, result: result)
        }
        guard isDone || page.machine == Machine() else { return nil }
        let (folder, part, records) = try opened(path, page, host: host)
        if isLonger { try folder.change(design) }
        return .open(folder: folder, design: part, records: records)
    }

    /// Parts of a fleet's sweep: each folder is one, or holds some. Nothing in them is changed, and who is at work in one goes on.
    ///
    /// - Throws: `ResumeError`.
    public static func parts(in folders: [String]) throws(ResumeError) -> [SweepPart] {
        var seen: Set<String> = []
        var parts: [SweepPart] = []
        for folder in folders {
            guard SafeFile.isFolder(folder) else {
                throw ResumeError(
                    sentence: "there is no folder \(folder.visible)", remedy: "name folders that `vethmark sweep` saved parts in")
            }
            let isPart = SafeFile.exists("\(folder)/\(designName)")
            let found =
                isPart
                ? [folder] : Folder.entries(folder).sorted().map { "\(folder)/\($0)" }.filter { SafeFile.exists("\($0)/\(designName)") }
            guard !found.isEmpty else {
                throw ResumeError(
                    sentence: "\(folder.visible) is no part of a sweep, and holds none",
                    remedy: "name folders of `vethmark sweep --shard` or `--per-host`, or the one that holds them")
            }
            for path in found where seen.insert(URL(fileURLWithPath: path).resolvingSymlinksInPath().path).inserted {
                parts.append(try part(path))
            }
        }
        return parts
    }

    private static func part(_ path: String) throws(ResumeError) -> SweepPart {
        let page = try page(path)
        guard page.method ?? .sweep == .sweep, let host = page.host else {
            throw ResumeError(
                sentence: "\(path.visible) is a \((page.method ?? .sweep).rawValue) of one machine",
                remedy: "name folders of `vethmark sweep --shard` or `--per-host`; `vethmark compare` compares two sweeps")
        }
        let result = FileManager.default.contents(atPath: "\(path)/result.json").flatMap {
            try? JSONDecoder().decode(SweepResult.self, from: $0)
        }
        return SweepPart(
            design: page.design, share: page.share, host: host, cpuModel: page.machine.cpuModel, kernelRelease: page.machine.kernelRelease,
            records: try records(path), warnings: result?.warnings ?? [])
    }
}
