import FoundationEssentials
import Kernel
import Methods
import Results

/// Saved results in some folders, the newest first.
public struct ResultLibrary {
    /// A folder that holds a result, or a sweep that has none yet.
    public struct Entry: Sendable {
        public let path: String
        /// Nil if it can't be read.
        public let kind: ResultKind?
        /// When it began; if it doesn't say so, when it was written.
        public let date: Date
        /// The answer, or why there is none.
        public let headline: String
        /// Nil where there is no result.
        public let trusted: Bool?
        /// Whether it is a file of ours, whole and readable.
        public let isOurs: Bool
        public let figures: Figures?
    }

    /// Of a run, a replay or the like: what can be put in a column. Absent is what wasn't measured.
    public struct Figures: Codable, Equatable, Sendable {
        /// Frames a second, the median over trials.
        public var rxPps: Double?
        /// Lost frames over sent frames, 0 to 1, the median over trials.
        public var lossRatio: Double?
        /// Nanoseconds, the median over trials.
        public var pathP99Nanoseconds: Double?
    }

    public let entries: [Entry]
    public let folders: [String]

    /// - Parameter folders: each a folder of results, or a result's own.
    public init(_ folders: [String]) {
        self.folders = folders
        var seen: Set<String> = []
        let paths = folders.flatMap(Self.results).filter { seen.insert(URL(fileURLWithPath: $0).standardizedFileURL.path).inserted }
        entries = paths.compactMap(Self.entry).sorted { ($0.date, $0.path) > ($1.date, $1.path) }
    }

    private static func results(in folder: String) -> [String] {
        guard !ResultStore.holdsResult(folder) else { return [folder] }
        return Folder.entries(folder).map { "\(folder)/\($0)" }.filter { isOwnFolder($0) && ResultStore.holdsResult($0) }
    }

    /// Not a link to one: what lies behind it is somewhere else's.
    private static func isOwnFolder(_ path: String) -> Bool {
        (try? FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType) == .typeDirectory
    }

    /// Nil for what is no file of ours.
    private static func entry(_ path: String) -> Entry? {
        let hasResult = SafeFile.exists(path + "/result.json")
        let file = hasResult ? path + "/result.json" : "\(path)/\(ResultStore.sweepName)"
        let written = (try? FileManager.default.attributesOfItem(atPath: file)[.modificationDate] as? Date) ?? .distantPast
        guard hasResult else { return unfinished(path, file, written) }
        do throws(SavedResult.ReadError) {
            let result = try SavedResult.loadAny(path)
            let date = result.conditions.flatMap { try? Date($0.startedAt, strategy: .iso8601) } ?? written
            return Entry(
                path: path, kind: result.kind, date: date, headline: result.headline(style: .plain), trusted: result.trusted, isOurs: true,
                figures: result.figures)
        } catch {
            guard !isForeign(file) else { return nil }
            return Entry(path: path, kind: nil, date: written, headline: error.sentence, trusted: nil, isOurs: false, figures: nil)
        }
    }

    private static func unfinished(_ path: String, _ file: String, _ written: Date) -> Entry? {
        guard !isForeign(file) else { return nil }
        return Entry(
            path: path, kind: .sweep, date: written, headline: "not ended; go on with: vethmark sweep --resume \(path.visible)",
            trusted: nil,
            isOurs: true, figures: nil)
    }

    /// Whole JSON that isn't of vethmark's.
    private static func isForeign(_ file: String) -> Bool {
        guard let data = FileManager.default.contents(atPath: file) else { return false }
        do {
            let heading = try JSONDecoder().decode(ResultHeading.self, from: data)
            return (heading.schema ?? heading.designSchema)?.hasPrefix("vethmark.") != true
        } catch DecodingError.typeMismatch {
            return true
        } catch {
            return false
        }
    }
}

extension AnyResult {
    var figures: ResultLibrary.Figures? {
        switch self {
        case .run(let result): ResultLibrary.Figures(result.summary)
        case .replay(let result): ResultLibrary.Figures(RunResult.Summary(result.trials))
        case .sweep, .tune, .bakeoff, .search, .suite, .capture, .compare, .mesh: nil
        }
    }
}

extension ResultLibrary.Figures {
    fileprivate init(_ summary: RunResult.Summary) {
        rxPps = summary.rxPps.count > 0 ? summary.rxPps.median : nil
        lossRatio = summary.lossRatio.count > 0 ? summary.lossRatio.median : nil
        pathP99Nanoseconds = summary.pathP99Nanoseconds.count > 0 ? summary.pathP99Nanoseconds.median : nil
    }
}
