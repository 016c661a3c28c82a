import FoundationEssentials
import Methods
import Metrics
import Results

/// What `schema` of a result file says that it is.
public enum ResultKind: String, CaseIterable, Sendable {
    case run, sweep, tune, bakeoff, search, rfc2544, rfc9004, capture, replay, compare, mesh

    /// `vethmark.result/1`.
    public var schema: String {
        switch self {
        case .run: RunResult.currentSchema
        case .sweep: SweepResult.currentSchema
        case .tune: TuneResult.currentSchema
        case .bakeoff: BakeoffResult.currentSchema
        case .search: SearchResult.currentSchema
        case .rfc2544, .rfc9004: "vethmark.\(rawValue)/1"
        case .capture: CaptureResult.currentSchema
        case .replay: ReplayResult.currentSchema
        case .compare: ResultComparison.currentSchema
        case .mesh: MeshResult.currentSchema
        }
    }

    public init?(schema: String) {
        guard let kind = Self.allCases.first(where: { $0.schema == schema }) else { return nil }
        self = kind
    }

    /// The command that makes such results.
    public var command: String { self == .mesh ? "across" : rawValue }

    /// Stands behind "is": `a sweep`.
    public var noun: String {
        switch self {
        case .run: "a run"
        case .sweep: "a sweep"
        case .tune: "a tuning"
        case .bakeoff: "a bakeoff"
        case .search: "a search"
        case .rfc2544: "an RFC 2544 suite"
        case .rfc9004: "an RFC 9004 suite"
        case .capture: "a capture"
        case .replay: "a replay"
        case .compare: "a comparison"
        case .mesh: "a mesh"
        }
    }
}

/// A saved result of whatever kind.
public enum AnyResult: Sendable {
    case run(RunResult)
    case sweep(SweepResult)
    case tune(TuneResult)
    case bakeoff(BakeoffResult)
    case search(SearchResult)
    case suite(SuiteResult)
    case capture(CaptureResult)
    case replay(ReplayResult)
    case compare(ResultComparison)
    case mesh(MeshResult)

    /// - Throws: `DecodingError`.
    init(_ kind: ResultKind, from data: Data) throws {
        let decoder = JSONDecoder()
        switch kind {
        case .run: self = .run(try decoder.decode(RunResult.self, from: data))
        case .sweep: self = .sweep(try decoder.decode(SweepResult.self, from: data))
        case .tune: self = .tune(try decoder.decode(TuneResult.self, from: data))
        case .bakeoff: self = .bakeoff(try decoder.decode(BakeoffResult.self, from: data))
        case .search: self = .search(try decoder.decode(SearchResult.self, from: data))
        case .rfc2544, .rfc9004: self = .suite(try decoder.decode(SuiteResult.self, from: data))
        case .capture: self = .capture(try decoder.decode(CaptureResult.self, from: data))
        case .replay: self = .replay(try decoder.decode(ReplayResult.self, from: data))
        case .compare: self = .compare(try decoder.decode(ResultComparison.self, from: data))
        case .mesh: self = .mesh(try decoder.decode(MeshResult.self, from: data))
        }
    }

    public var kind: ResultKind {
        switch self {
        case .run: .run
        case .sweep: .sweep
        case .tune: .tune
        case .bakeoff: .bakeoff
        case .search: .search
        case .suite(let result): ResultKind(schema: result.schema) ?? .rfc2544
        case .capture: .capture
        case .replay: .replay
        case .compare: .compare
        case .mesh: .mesh
        }
    }

    /// Nil where nothing was measured, or in results of before conditions were kept.
    public var conditions: Conditions? {
        switch self {
        case .run(let result): result.conditions
        case .sweep(let result): result.conditions
        case .tune(let result): result.conditions
        case .bakeoff(let result): result.conditions
        case .search(let result): result.conditions
        case .suite(let result): result.conditions
        case .capture(let result): result.conditions
        case .replay(let result): result.conditions
        case .compare(let result): result.conditions
        // Each meeting has its own.
        case .mesh(let result): result.meetings.lazy.compactMap { $0.result?.conditions }.first
        }
    }

    /// The words of the command line; nil in results of before they were kept.
    public var command: [String]? {
        switch self {
        case .run(let result): result.command
        case .sweep(let result): result.command
        case .tune(let result): result.command
        case .bakeoff(let result): result.command
        case .search(let result): result.command
        case .suite(let result): result.command
        case .capture(let result): result.command
        case .replay(let result): result.command
        case .compare(let result): result.command
        case .mesh(let result): result.command
        }
    }

    public var trusted: Bool {
        switch self {
        case .run(let result): result.trusted
        case .sweep(let result): result.trusted
        case .tune(let result): result.trusted
        case .bakeoff(let result): result.trusted
        case .search(let result): result.trusted
        case .suite(let result): result.trusted
        case .capture(let result): result.trusted
        case .replay(let result): result.trusted
        case .compare(let result): result.trusted
        case .mesh(let result): result.trusted
        }
    }

    /// The console report. Ends with a line break.
    public func text(style: TextStyle) -> String {
        switch self {
        case .run(let result): ConsoleReport(result, style: style).text
        case .sweep(let result): SweepReport(result, style: style).text
        case .tune(let result): TuneReport.text(result, style: style)
        case .bakeoff(let result): BakeoffReport.text(result, style: style)
        case .search(let result): SearchReport.text(result, style: style)
        case .suite(let result): SuiteReport.text(result, style: style)
        case .capture(let result): CaptureReport.text(result, style: style)
        case .replay(let result): ReplayReport(result, style: style).text
        case .compare(let result): ComparisonReport(result, style: style).text
        case .mesh(let result): MeshReport.text(result, style: style)
        }
    }

    /// One JSON object as `--json` prints it. Ends with a line break.
    public func json() throws -> String {
        switch self {
        case .run(let result): try JSONReport.text(result)
        case .sweep(let result): try JSONReport.text(result)
        case .tune(let result): try JSONReport.text(result)
        case .bakeoff(let result): try JSONReport.text(result)
        case .search(let result): try JSONReport.text(result)
        case .suite(let result): try JSONReport.text(result)
        case .capture(let result): try JSONReport.text(result)
        case .replay(let result): try JSONReport.text(result)
        case .compare(let result): try JSONReport.text(result)
        case .mesh(let result): try JSONReport.text(result)
        }
    }

    /// The answer, in few words.
    public func headline(style: TextStyle) -> String {
        let style = style.unbroken
        switch self {
        case .run(let result): return Headline(result: result, style: style).lines.joined(separator: "; ")
        case .suite(let result): return Self.headline(result)
        case .bakeoff(let result): return Self.headline(result)
        case .capture(let result): return Self.headline(result)
        case .sweep, .tune, .search, .replay, .compare, .mesh:
            // Above the first blank line stands the answer.
            let lines = text(style: style).split(separator: "\n", omittingEmptySubsequences: false).prefix { !$0.isEmpty }
            return lines.prefix(2).map { $0.drop { $0 == " " } }.joined(separator: "; ")
        }
    }

    private static func headline(_ result: SuiteResult) -> String {
        let sizes = result.sizes.compactMap { row in
            row.throughputPps.map { "\(row.frameBytes) bytes \($0 > 0 ? "\(PacketRate(packetsPerSecond: $0))" : "none")" }
                ?? row.backToBack.map { "\(row.frameBytes) bytes \(FigureText.count(UInt64(max($0.frames.median, 0)), "frame"))" }
        }
        return sizes.isEmpty ? "nothing was measured" : sizes.joined(separator: ", ")
    }

    private static func headline(_ result: BakeoffResult) -> String {
        guard let name = result.winners["throughput"],
            let best = result.entries.first(where: { "\($0.engine.rawValue) → \($0.receiver.rawValue)" == name })
        else { return "nothing was measured that can be trusted" }
        return "most frames a second: \(name), \(PacketRate(packetsPerSecond: max(best.rxPps.median, 0)))"
    }

    private static func headline(_ result: CaptureResult) -> String {
        if let cells = result.cells {
            let rates = cells.map { cell in
                let rate = cell.search?.lowerBoundPps.map { "\(PacketRate(packetsPerSecond: $0))" } ?? "–"
                return "\(cell.name(result.vary ?? [])): \(rate)"
            }
            return "no loss at " + rates.joined(separator: "; ")
        }
        if let search = result.search {
            let rate = search.lowerBoundPps.map { "no loss up to \(PacketRate(packetsPerSecond: $0))" } ?? "no rate without loss"
            return "\(result.entries.first?.name.visible ?? ""): \(rate)"
        }
        let entries = result.entries.map { entry -> String in
            guard entry.lossRatio.count > 0 else { return "\(entry.name.visible): \(entry.obstacle?.visible ?? "not scored")" }
            return "\(entry.name.visible): \(FigureText.percent(entry.lossRatio.median)) lost"
        }
        return entries.joined(separator: ", ")
    }
}
