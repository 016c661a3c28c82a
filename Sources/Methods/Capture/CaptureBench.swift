import Frames
import Kernel
import Links
import Metrics
import Plans
import Results
import Traces

/// Capture tools on the receiving end of a session's link, each under the same load: started, waited for, loaded, waited for, ended, scored.
///
/// The receiver is `none`, and the tool stands beside the trial: the sender's book and the link's counters say what reached the receiving end, and
/// the tool's file what became of it there.
public final class CaptureBench {
    private let session: Session
    private var plan: TrialPlan
    private let toolCPUs: [Int]?
    private let keepsFiles: Bool
    private let note: (String) -> Void
    private let follow: (TrialPlan, () throws -> RunResult) throws -> RunResult
    /// Where files were left, if they are to be kept.
    public private(set) var keptFolders: [String] = []

    /// - Parameters:
    ///   - plan: with receiver `none`, one trial, and no warm-up: the tool's own counters would hold that too.
    ///   - toolCPUs: where tools may run; nil leaves it to the scheduler.
    ///   - keepsFiles: whether what the tools write stays.
    ///   - follow: runs each trial under load, probes left out.
    ///   - note: hears what is being done, for whoever waits.
    public init(
        session: Session, plan: TrialPlan, toolCPUs: [Int]?, keepsFiles: Bool,
        follow: @escaping (TrialPlan, () throws -> RunResult) throws -> RunResult = { try $1() }, note: @escaping (String) -> Void
    ) {
        self.session = session
        var plan = plan
        plan.run.repeats = 1
        plan.load.warmupNanoseconds = 0
        self.plan = plan
        self.toolCPUs = toolCPUs
        self.keepsFiles = keepsFiles
        self.note = note
        self.follow = follow
    }

    /// The tools in turns, every other round in the opposite order.
    ///
    /// - Returns: an entry for each tool. What one of several can't do is told in its entry.
    /// - Throws: `Interrupted`; with one tool, what kept its first round from being scored.
    public func measure(_ tools: [CaptureTool], rounds: Int) throws -> [CaptureResult.Entry] {
        for tool in tools { _ = try tool.program() }
        var results = [[CaptureRound]](repeating: [], count: tools.count)
        var obstacles = [String?](repeating: nil, count: tools.count)
        turns: for round in 0..<rounds {
            for index in round % 2 == 0 ? Array(tools.indices) : tools.indices.reversed() where obstacles[index] == nil {
                if session.interrupts.hasHeard { break turns }
                do {
                    results[index].append(try self.round(tools[index]))
                } catch CaptureError.interrupted where results.contains(where: { !$0.isEmpty }) {
                    break turns
                } catch let error as CaptureError where tools.count > 1 && error != .interrupted {
                    obstacles[index] = error.sentence
                }
            }
        }
        for index in tools.indices where results[index].isEmpty && obstacles[index] == nil {
            obstacles[index] = "its turn hadn't come when it was interrupted"
        }
        return tools.indices.map { index in
            // Two of one name are told apart by their number.
            let namesakes = tools[..<index].count { $0.name == tools[index].name }
            let name = namesakes == 0 ? tools[index].name : "\(tools[index].name) (\(namesakes + 1))"
            return CaptureResult.Entry(name: name, tool: tools[index], rounds: results[index], obstacle: obstacles[index])
        }
    }

    /// Whether an orderly end was asked for.
    var wasInterrupted: Bool { session.interrupts.hasHeard }

    /// A round at another rate than the plan's.
    func round(_ tool: CaptureTool, at rate: PacketRate) throws -> CaptureRound {
        plan.load.rate = .packets(rate)
        plan.load.packetRate = rate
        return try round(tool)
    }

    private func round(_ tool: CaptureTool) throws -> CaptureRound {
        guard let link = try session.link(for: plan), link.hasTwoEnds else { throw CaptureError.noReceivingEnd }
        let folder: String
        do throws(SystemError) {
            folder = try SafeFile.makeTemporaryFolder("vethmark-capture")
        } catch {
            throw CaptureError.noFolder(error.call, reason: error.reason)
        }
        defer { if keepsFiles { keptFolders.append(folder) } else { SafeFile.removeFolder(folder) } }
        note("\(tool.name): waiting until it listens")
        let start = Clock.monotonicNanoseconds
        let run = try ToolRun(tool, at: link.receive, cpus: toolCPUs, folder: folder)
        defer { run.abandon() }
        let readiness = try waitUntilListening(run)
        let startNanoseconds = Clock.monotonicNanoseconds - start
        let phaseBits = session.nextPhaseBits
        let cpuBefore = run.cpuNanoseconds
        let result = try follow(plan) { try session.run(plan) }
        guard let trial = result.trials.first else { throw CaptureError.interrupted }
        note("\(tool.name): waiting until it has written what it has")
        let isQuiet = try waitForQuiet(run)
        let cpuAfter = run.cpuNanoseconds
        let memory = run.residentPeakBytes
        let endedBy = try run.end { try session.interrupts.pause(untilMonotonic: $0) }
        let endedAtNanoseconds = run.child.endedAtNanoseconds
        let (outcome, orphans) = try run.reap()
        let record = ToolRecord(
            command: run.command, cpus: toolCPUs, readiness: readiness, startNanoseconds: startNanoseconds,
            exit: .init(code: outcome.exitCode, signal: outcome.signal, endedBy: endedBy),
            cpu: .init(
                userNanoseconds: outcome.userNanoseconds, systemNanoseconds: outcome.systemNanoseconds,
                loadNanoseconds: cpuAfter - min(cpuBefore, cpuAfter)),
            memory: .init(residentPeakBytes: memory), claims: run.claims())
        note("\(tool.name): reading what it kept")
        return CaptureJudgement(
            packetRate: plan.load.packetRate, run: run, record: record, trial: trial, warnings: result.warnings, checks: plan.mix.checks,
            phaseBits: phaseBits,
            isQuiet: isQuiet, orphans: orphans, endedAtNanoseconds: endedAtNanoseconds
        ).round
    }

    // MARK: before

    private static let patienceNanoseconds: UInt64 = 10_000_000_000
    /// How long a socket alone has to be there: a tool goes on setting up behind it, and may keep its first frames in memory.
    private static let socketNanoseconds: UInt64 = 1_000_000_000
    private static let socketWithoutFileNanoseconds: UInt64 = 3_000_000_000
    private static let probePeriodNanoseconds: UInt64 = 200_000_000
    /// More than the 4 KiB that the C library holds back, at the smallest frame size.
    private static let probeFrames: UInt64 = 64

    /// Until a frame of ours stands in its file, or, where it has none or holds it back, its socket has been there for a while.
    private func waitUntilListening(_ run: ToolRun) throws -> ToolRecord.Readiness {
        let start = Clock.monotonicNanoseconds
        var socketSince: UInt64?
        var lastProbe: UInt64 = 0
        while true {
            guard try !session.interrupts.wait(untilMonotonic: Clock.monotonicNanoseconds + 20_000_000) else {
                throw CaptureError.interrupted
            }
            guard run.child.isRunning else { throw earlyEnd(run) }
            let now = Clock.monotonicNanoseconds
            if socketSince == nil, try run.hasSocket() { socketSince = now }
            if run.tool.writesFile, socketSince != nil || run.captureFiles.contains(where: { (SafeFile.byteCount($0) ?? 0) > 0 }) {
                if showsFrames(run) { return .file }
                if now - lastProbe >= Self.probePeriodNanoseconds {
                    lastProbe = now
                    try sendProbes()
                }
            }
            let patience = run.tool.writesFile ? Self.socketWithoutFileNanoseconds : Self.socketNanoseconds
            if let socketSince, now - socketSince >= patience { return .socket }
            guard now - start < Self.patienceNanoseconds else {
                throw CaptureError.neverListened(run.tool.name, seconds: Int(Self.patienceNanoseconds / 1_000_000_000))
            }
        }
    }

    private func earlyEnd(_ run: ToolRun) -> CaptureError {
        let words = run.lastWords
        guard let (outcome, orphans) = try? run.reap() else { return .endedEarly(run.tool.name, how: "ended", lastWords: words) }
        let how = orphans > 0 ? "went into the background" : outcome.words
        return .endedEarly(run.tool.name, how: how, lastWords: words)
    }

    /// A few frames of the plan in an epoch of their own: what lets those through lets the load through.
    private func sendProbes() throws {
        var probes = plan
        probes.load.frameCount = Self.probeFrames
        probes.load.durationNanoseconds = nil
        if let rate = plan.load.packetRate, rate.packetsPerSecond < 10_000 {
            probes.load.packetRate = PacketRate(packetsPerSecond: 10_000)
            probes.load.rate = .packets(PacketRate(packetsPerSecond: 10_000))
        }
        _ = try session.run(probes)
    }

    private func showsFrames(_ run: ToolRun) -> Bool {
        let first = plan.mix.checks.reduce(Int.max) { min($0, $1.signatureOffset) } - EthernetWire.tagBytes
        return run.captureFiles.contains { path in
            guard let reader = try? CaptureFileReader(path: path, takesOtherLinkTypes: true) else { return false }
            // The end is still being written.
            while let frame = try? reader.next() {
                if frame.bytes.contains(Signature.magic, from: first) { return true }
            }
            return false
        }
    }

    // MARK: after

    /// A ring's last block goes to its reader by a timer, of a second in tcpdump.
    private static let quietNanoseconds: UInt64 = 1_500_000_000
    /// Whoever still works then polls for work.
    private static let busyNanoseconds: UInt64 = 5_000_000_000
    private static let longestNanoseconds: UInt64 = 60_000_000_000

    /// Until it has written nothing more of frames, and has had next to nothing to do, for longer than frames can wait for it.
    ///
    /// - Returns: false if it still wrote of them when the patience was over.
    private func waitForQuiet(_ run: ToolRun) throws -> Bool {
        let start = Clock.monotonicNanoseconds
        var (progress, cpu) = (run.progress(since: nil), run.cpuNanoseconds)
        var (lastWrite, lastWork) = (start, start)
        while run.child.isRunning {
            try session.interrupts.pause(untilMonotonic: Clock.monotonicNanoseconds + 100_000_000)
            let now = Clock.monotonicNanoseconds
            let (next, used) = (run.progress(since: progress), run.cpuNanoseconds)
            if !next.hasSameFrames(as: progress) { lastWrite = now }
            // Three ticks: a tenth of them comes from looking at the clock.
            if used > cpu + 30_000_000 { lastWork = now }
            (progress, cpu) = (next, used)
            if now - lastWrite >= Self.quietNanoseconds,
                now - lastWork >= Self.quietNanoseconds / 2 || now - lastWrite >= Self.busyNanoseconds
            {
                return true
            }
            if now - start >= Self.longestNanoseconds { return false }
        }
        return true
    }
}

extension ChildProcess.Outcome {
    /// `ended with exit code 1`
    var words: String { exitCode.map { "ended with exit code \($0)" } ?? "was ended by signal \(signal ?? 0)" }
}

extension [UInt8] {
    /// Whether two bytes stand anywhere from a place on.
    fileprivate func contains(_ word: UInt16, from place: Int) -> Bool {
        let (high, low) = (UInt8(word >> 8), UInt8(truncatingIfNeeded: word))
        return indices.contains { $0 >= place && $0 + 1 < count && self[$0] == high && self[$0 + 1] == low }
    }
}
