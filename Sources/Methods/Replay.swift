import Engines
import Kernel
import Metrics
import Plans
import Results

/// A capture file sent over a link: `vethmark.replay/1`.
public struct ReplayResult: Codable, Sendable {
    public static let currentSchema = "vethmark.replay/1"

    public let schema: String
    public let command: [String]
    public let file: File
    public let timing: Timing
    /// `file` for its end after the last loop, else why before: `count`, `duration`, `interrupted`, `linkLost`, `workerFailed`.
    public let ended: String
    /// One, as in a run.
    public let trials: [TrialResult]
    public let placement: Placement
    public let conditions: Conditions
    public private(set) var warnings: [Warning]
    /// Whether the book closed from the file to the receiving end, and no warning voids the result.
    public private(set) var trusted: Bool
    /// Why the file was not replayed as a whole, where that was nobody's wish.
    public let failure: String?

    /// With what was noticed when the link was given back.
    public func adding(_ more: [Warning]) -> ReplayResult {
        var result = self
        result.warnings = (warnings + more).unique
        result.trusted = trusted && !more.contains { $0.voidsResult }
        return result
    }

    /// What was in the file, and what became of it.
    public struct File: Codable, Sendable {
        public let path: String
        /// In the file, as far as it was read; of all kinds, as captured.
        public let frames: UInt64
        public let bytes: UInt64
        /// From the first time in it to the latest.
        public let durationNanoseconds: UInt64
        /// Whether it was read to its end.
        public let isWhole: Bool
        /// Whether it lay in memory as a whole.
        public let isKept: Bool
        public let withoutTime: UInt64
        public let timesBackwards: UInt64
        /// Nil for no end.
        public let loops: UInt64?
        /// From the file's begin to its end.
        public let loopsCompleted: UInt64
        /// Over all loops: `read` is what was skipped, left unsent at the end, and offered to the kernel.
        public let read: UInt64
        public let skipped: ReplayFileAccount.Skips
        public let unsent: UInt64
        /// Of the offered frames, those that carry a signature.
        public let stamped: UInt64
        /// What moves from loop to loop; nil where nothing does.
        public let moves: [Move]?
    }

    /// A field that moves by a step from one loop to the next.
    public struct Move: Codable, Sendable {
        public let field: String
        /// `+1`
        public let step: String
        /// Of the frames that one pass sends, those that keep what they have: without the field, or without its checksum being safe.
        public let unmoved: UInt64
    }

    /// When frames left, against when they were due.
    public struct Timing: Codable, Sendable {
        /// `max`, `original`, `rate`.
        public let mode: String
        /// Nil but for original times.
        public let speed: Double?
        /// As it was asked for.
        public let rate: RateRequest?
        /// From the first frame's time to the last one's; nil where no frame has one.
        public let plannedNanoseconds: UInt64?
        /// From the first frame's departure to the last one's.
        public let sentNanoseconds: UInt64
        /// How late the last frame was, against the time that the start of the replay gave it.
        public let driftNanoseconds: UInt64?
        /// How late each frame was; frames never leave early.
        public let error: LatencySummary
        /// How long the sender waited for the file.
        public let starvedNanoseconds: UInt64
    }
}

extension Session {
    /// Sends a capture file over the plan's link.
    ///
    /// - Parameters:
    ///   - plan: link, engine, receiver and bounds; its frames and rate don't matter.
    ///   - source: that nobody has started.
    /// - Throws: as `run` does, and `ReplayError`, `TraceError`. The link stays as it is; `close` gives it back.
    public func replay(_ plan: TrialPlan, _ source: ReplaySource) throws -> ReplayResult {
        let run = try run(plan, replaying: source)
        guard var trial = run.trials.first else { preconditionFailure("a run has a trial, or throws") }
        // Sizes are those of plans; `rates` counts every byte.
        trial.sizes = nil
        let account = source.account
        let warnings = ReplayWarnings(plan: plan, trial: trial, source: source, account: account, isDirect: run.conditions.isDirect).all
        let all = run.warnings + warnings
        trial.trusted = trial.trusted && !warnings.contains { $0.voidsResult }
        return ReplayResult(
            schema: ReplayResult.currentSchema, command: run.command ?? [], file: .init(source, account), timing: .init(source, trial),
            ended: trial.endedBecause == .count && account.isComplete(source.settings.passes) ? "file" : trial.endedBecause.rawValue,
            trials: [trial], placement: run.placement,
            conditions: run.conditions, warnings: all, trusted: run.trusted && trial.trusted,
            failure: account.unsent == 0 ? account.damage : nil)
    }
}

extension ReplayResult.File {
    fileprivate init(_ source: ReplaySource, _ account: ReplayFileAccount) {
        path = source.settings.path
        frames = account.frames
        bytes = account.bytes
        durationNanoseconds = account.durationNanoseconds
        isWhole = account.isWhole
        isKept = account.isKept
        withoutTime = account.withoutTime
        timesBackwards = account.timesBackwards
        loops = source.settings.passes
        loopsCompleted = account.passes
        read = account.read
        skipped = account.skipped
        unsent = account.unsent
        stamped = source.departures.stamped
        let moves = zip(source.settings.moves, account.unmoved).map { ReplayResult.Move(field: $0.field, step: $0.stepText, unmoved: $1) }
        self.moves = moves.isEmpty ? nil : moves
    }
}

extension ReplayResult.Timing {
    fileprivate init(_ source: ReplaySource, _ trial: TrialResult) {
        let departures = source.departures
        switch source.settings.timing {
        case .asFastAsPossible: (mode, speed, rate) = ("max", nil, nil)
        case .original(let factor): (mode, speed, rate) = ("original", factor, nil)
        case .steady(let request, _): (mode, speed, rate) = ("rate", nil, request)
        }
        let isTimed = source.settings.timing.isTimed && departures.frames > 0
        sentNanoseconds = departures.lastNanoseconds - departures.firstNanoseconds
        plannedNanoseconds = isTimed ? departures.lastDueNanoseconds - departures.firstDueNanoseconds : nil
        driftNanoseconds = isTimed ? departures.lastNanoseconds - departures.lastDueNanoseconds : nil
        error = trial.latency.sendLag
        starvedNanoseconds = departures.starvedNanoseconds
    }
}

extension ReplayFileAccount {
    fileprivate func isComplete(_ loops: UInt64?) -> Bool { damage == nil && isWhole && unsent == 0 && passes == loops }
}

extension Conditions {
    /// Whether the ends are each other's veth peers, as far as indices tell.
    fileprivate var isDirect: Bool {
        transmitLink.kind == "veth" && transmitLink.peerIndex == receiveLink.index && receiveLink.peerIndex == transmitLink.index
    }
}

/// What the reader of a replay's figures must know besides.
struct ReplayWarnings {
    let plan: TrialPlan
    let trial: TrialResult
    let source: ReplaySource
    let account: ReplayFileAccount
    let isDirect: Bool

    var all: [Warning] { [book, damaged, skipped, unmoved, backwards, starved, late, countedOnly].compactMap { $0 } }

    private var damaged: Warning? {
        account.damage.map {
            Warning(code: "file-damaged", message: $0, remedy: "only what stands in front of the damage is replayed")
        }
    }

    /// Reader and sender counted apart from each other.
    private var book: Warning? {
        // A sender that came to the file's end has nothing left.
        let isThrough = trial.endedBecause == .count && trial.ledger.offered < plan.load.frameCount ?? .max
        let accounted = account.skipped.total + (isThrough ? 0 : account.unsent) + trial.ledger.offered
        guard account.read != accounted else { return nil }
        return Warning(
            code: "file-residual",
            message:
                "\(FigureText.count(account.read, "frame")) were read, and \(FigureText.count(accounted)) were skipped, left over or offered",
            remedy: "this is a fault of vethmark: please report it", voidsResult: true)
    }

    private var skipped: Warning? {
        guard account.skipped.total > 0 else { return nil }
        return Warning(
            code: "frames-skipped",
            message:
                "\(FigureText.count(account.skipped.total)) of \(FigureText.count(account.read, "frame")) were not sent: \(account.skipped.words(mtuBytes: nil))",
            remedy: account.skipped.oversized > 0
                ? "a larger --mtu takes larger frames; captures with offloads on hold frames that were never on a wire"
                : "capture whole Ethernet frames (tcpdump -s 0)")
    }

    /// A field that not one frame has moves nothing: mostly the wrong name, as `ip.src` for frames of IPv6.
    private var unmoved: Warning? {
        let fields = zip(source.settings.moves, account.unmoved).filter { $1 > 0 && $1 == source.usableFrames }.map(\.0.field)
        guard !fields.isEmpty else { return nil }
        return Warning(
            code: "nothing-moved", message: "no frame of the file has \(fields.joined(separator: " or ")) in a place where it may move",
            remedy: "name a field that its frames have; vethmark sniff -r shows them")
    }

    private var backwards: Warning? {
        guard case .original = source.settings.timing, account.timesBackwards + account.withoutTime > 0 else { return nil }
        return Warning(
            code: "times-missing",
            message:
                "\(FigureText.count(account.timesBackwards + account.withoutTime, "frame")) of the file have no time of their own or one before that of a frame in front of them",
            remedy: "they left right behind it; reordercap sorts a file")
    }

    private var starved: Warning? {
        let starved = source.departures.starvedNanoseconds
        guard starved > trial.rates.durationNanoseconds / 20, starved > 1_000_000 else { return nil }
        return Warning(
            code: "file-too-slow", message: "the sender waited \(FigureText.nanoseconds(starved)) for the file to be read",
            remedy: "use a --buffer that holds it as a whole, or a file that isn't packed")
    }

    /// One frame in a hundred a millisecond late: the schedule was not kept.
    private var late: Warning? {
        guard let p99 = trial.latency.sendLag.p99, p99 > 1_000_000 else { return nil }
        return Warning(
            code: "sender-late", message: "one frame in a hundred left more than \(FigureText.nanoseconds(p99)) after its time",
            remedy: "leave the sender its CPU, or use a lower --speed or --rate")
    }

    private var countedOnly: Warning? {
        let stamped = source.departures.stamped
        guard !isDirect, trial.receiver.abilities.countsFrames, stamped < trial.ledger.offered else { return nil }
        return Warning(
            code: "counted-only",
            message:
                "\(stamped == 0 ? "frames" : "frames without a signature") are known by their number only, so others' frames on the path count for lost ones",
            remedy: stamped == 0 ? "--stamp tells them apart, at the cost of 18 bytes of payload" : "silence the others on the path")
    }
}
