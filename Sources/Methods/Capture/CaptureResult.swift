import Metrics
import Plans
import Results

/// What `vethmark capture` came to.
public struct CaptureResult: Codable, Sendable {
    public static let currentSchema = "vethmark.capture/1"

    public let schema: String
    public let command: [String]
    public let plan: TrialPlan
    public let conditions: Conditions
    /// Of the only round of the only tool; nil where there are more, and where it couldn't be scored.
    public let score: CaptureScore?
    public let tool: ToolRecord?
    public let trial: TrialResult?
    /// One for each tool, in the order they were named.
    public let entries: [Entry]
    public let rounds: Int
    /// Nil where nothing was searched. The rounds are its trials then.
    public let search: CaptureSearch?
    /// The settings that tell `cells` apart; nil where one load was searched, or none.
    public let vary: [SweepDesign.Axis]?
    /// A search each; `entries` are their trials, in the same order.
    public let cells: [Cell]?
    public let warnings: [Warning]
    /// Whether every round was scored, its sender's book closed, and no warning voids it.
    public let trusted: Bool

    /// A combination of settings under which a tool was searched.
    public struct Cell: Codable, Sendable {
        public let settings: [String: String]
        /// Nil for the reason in `obstacle`.
        public let search: CaptureSearch?
        public let obstacle: String?

        public init(settings: [String: String], search: CaptureSearch?, obstacle: String?) {
            (self.settings, self.search, self.obstacle) = (settings, search, obstacle)
        }

        /// `size 64, flows 1000`.
        public func name(_ vary: [SweepDesign.Axis]) -> String {
            vary.name(of: settings) ?? ""
        }
    }

    /// One tool in all its rounds.
    public struct Entry: Codable, Sendable {
        public let command: [String]
        public let name: String
        public let rounds: [CaptureRound]
        /// Why it was not run to the end; nil if it was.
        public let obstacle: String?
        /// Of what reached the receiving end, 0 to 1.
        public let lossRatio: SampleSummary
        /// CPU time for each frame kept, nanoseconds.
        public let cpuNanosecondsPerFrame: SampleSummary
        public let trusted: Bool

        public init(name: String, tool: CaptureTool, rounds: [CaptureRound], obstacle: String?) {
            command = tool.words
            self.name = name
            self.rounds = rounds
            self.obstacle = obstacle
            lossRatio = SampleSummary(rounds.compactMap { $0.score?.lossRatio })
            cpuNanosecondsPerFrame = SampleSummary(
                rounds.compactMap { round in
                    guard let kept = round.score?.kept, kept > 0 else { return nil }
                    return Double(round.tool.cpu.loadNanoseconds) / Double(kept)
                })
            trusted = obstacle == nil && !rounds.isEmpty && rounds.allSatisfy(\.trusted)
        }
    }

    public init(
        command: [String], plan: TrialPlan, conditions: Conditions, entries: [Entry], rounds: Int, search: CaptureSearch? = nil,
        vary: [SweepDesign.Axis]? = nil, cells: [Cell]? = nil, warnings more: [Warning]
    ) {
        schema = Self.currentSchema
        self.command = command
        self.plan = plan
        self.conditions = conditions
        self.entries = entries
        self.rounds = rounds
        self.search = search
        self.vary = vary
        self.cells = cells
        let isSearch = search != nil || cells != nil
        let only = !isSearch && entries.count == 1 && entries[0].rounds.count == 1 ? entries[0].rounds[0] : nil
        score = only?.score
        tool = only?.tool
        trial = only?.trial
        warnings = (entries.flatMap { $0.rounds.flatMap(\.warnings) } + (isSearch ? [] : Self.unequalLoads(entries)) + more).unique
        // A cell that can't be is no fault of those that can.
        let made = entries.filter { $0.obstacle == nil || cells == nil }
        trusted = !made.isEmpty && made.allSatisfy(\.trusted) && !more.contains { $0.voidsResult }
    }
}

extension CaptureResult {
    /// Tools that had different loads are no match for each other.
    private static func unequalLoads(_ entries: [Entry]) -> [Warning] {
        let sent = entries.filter { !$0.rounds.isEmpty }.map { entry in
            entry.rounds.reduce(0.0) { $0 + Double($1.trial.ledger.sent) } / Double(entry.rounds.count)
        }
        guard let least = sent.min(), let most = sent.max(), most > 1.05 * least else { return [] }
        return [
            Warning(
                code: "unequal-loads",
                message:
                    "the tools did not have the same load: from \(FigureText.count(UInt64(least))) to \(FigureText.count(UInt64(most))) frames a round",
                remedy: "use a --rate that the sender can hold, and --count instead of --time")
        ]
    }
}

/// One tool under one load.
public struct CaptureRound: Codable, Sendable {
    /// Frames a second that were asked for; nil for as many as the kernel takes.
    public var loadPps: Double?
    /// Nil if what it kept could not be read; a warning says why.
    public var score: CaptureScore?
    public var tool: ToolRecord
    /// The sender's book.
    public var trial: TrialResult
    public var warnings: [Warning]
    public var trusted: Bool { score != nil && trial.ledger.isClosed && !warnings.contains { $0.voidsResult } }
}

/// How a tool was run, and what it used and said.
public struct ToolRecord: Codable, Equatable, Sendable {
    /// As it was started, with all places filled in.
    public var command: [String]
    /// Where it was confined to; nil if it wasn't.
    public var cpus: [Int]?
    /// What showed that it listens.
    public var readiness: Readiness
    /// How long that took.
    public var startNanoseconds: UInt64
    public var exit: Exit
    public var cpu: CPU
    public var memory: Memory
    /// Nil for a tool that isn't known, or that said nothing.
    public var claims: ToolClaims?

    public enum Readiness: String, Codable, CaseIterable, Sendable {
        /// A frame of ours in its file.
        case file
        /// A packet socket of its own on the interface.
        case socket
    }

    public struct Exit: Codable, Equatable, Sendable {
        /// Nil if a signal ended it.
        public var code: Int32?
        public var signal: Int32?
        /// What it took to end it; nil if it ended by itself.
        public var endedBy: EndedBy?
    }

    public enum EndedBy: String, Codable, CaseIterable, Sendable { case interrupt = "SIGINT", terminate = "SIGTERM", kill = "SIGKILL" }

    public struct CPU: Codable, Equatable, Sendable {
        /// From its start to its end (`wait4(2)`).
        public var userNanoseconds: UInt64
        public var systemNanoseconds: UInt64
        /// From the load's start until it had nothing more to do, of the threads that lived then.
        public var loadNanoseconds: UInt64
    }

    public struct Memory: Codable, Equatable, Sendable {
        /// The largest resident set, of all its processes together; nil if it ended before it could be asked.
        public var residentPeakBytes: UInt64?
    }
}
