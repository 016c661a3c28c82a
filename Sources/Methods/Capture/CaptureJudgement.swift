import Frames
import Kernel
import Metrics
import Results
import Traces
import Traffic

/// Puts together what was sent, what was kept and what was said, and what a reader has to know of it.
struct CaptureJudgement {
    let packetRate: PacketRate?
    let run: ToolRun
    let record: ToolRecord
    let trial: TrialResult
    /// The trial's own.
    let warnings: [Warning]
    let checks: [FrameCheck]
    let phaseBits: UInt32
    let isQuiet: Bool
    let orphans: Int
    let endedAtNanoseconds: UInt64?

    private var name: String { run.tool.name }

    var round: CaptureRound {
        var (score, warnings) = run.tool.writesFile ? scoreOfFile() : scoreOfCounters()
        if let score { warnings += contradictions(score) }
        return CaptureRound(
            loadPps: packetRate?.packetsPerSecond, score: score, tool: record, trial: trial,
            warnings: (Self.ofSender(self.warnings) + course + warnings).unique)
    }

    /// That nobody of ours counted is how it is meant. A sender who was kept from its CPU sent less, which the book says; the load isn't what is
    /// measured here.
    private static func ofSender(_ warnings: [Warning]) -> [Warning] {
        warnings.filter { $0.code != "nobody-counted" }.map { warning in
            var warning = warning
            if ["cpu-shared", "cpu-withheld"].contains(warning.code) { warning.voidsResult = false }
            return warning
        }
    }

    // MARK: scores

    private func scoreOfFile() -> (CaptureScore?, [Warning]) {
        let files = run.captureFiles
        guard !files.isEmpty else {
            return (
                nil,
                [
                    Warning(
                        code: "no-file", message: "\(name) wrote no capture file, so nothing tells what it kept",
                        remedy: "{file} stands for the path that it has to write to", voidsResult: true)
                ]
            )
        }
        let senders = trial.workers.filter { $0.role == .transmit }.sorted { $0.index < $1.index }
        let reading = CaptureReading(
            checks: checks, phaseBits: phaseBits, sent: senders.map(\.frames), startNanoseconds: trial.startedAtNanoseconds)
        var failure: TraceError?
        for file in files {
            do throws(TraceError) {
                try reading.read(file)
            } catch {
                failure = error
            }
        }
        if let failure, reading.frames == 0 {
            let why = hasFullDisk ? "the disk is full" : Explanation(of: failure).sentence
            return (
                nil,
                [
                    Warning(
                        code: "unreadable-file", message: "what \(name) wrote can't be read: \(why)",
                        remedy: "let it write pcap or pcapng", voidsResult: true)
                ]
            )
        }
        var score = reading.score(lostOnLink: trial.ledger.lost, claimedLost: record.claims?.dropped)
        score.streams = trial.streams.map { streams in
            zip(streams, reading.keptByStream).map { stream, kept in
                .init(name: stream.name, sent: stream.ledger.sent, kept: kept, lost: stream.ledger.sent - min(stream.ledger.sent, kept))
            }
        }
        return (score, ofReading(reading, score))
    }

    private func ofReading(_ reading: CaptureReading, _ score: CaptureScore) -> [Warning] {
        var warnings: [Warning] = []
        if let damage = reading.damage {
            warnings.append(
                Warning(
                    code: "damaged-file", message: "the capture file breaks off: \(damage)",
                    remedy: "it is scored as far as it can be read; see how the tool ended", voidsResult: true))
        }
        if let unreadable = score.unreadable, unreadable > 0 {
            warnings.append(
                Warning(
                    code: "cut-before-signature",
                    message:
                        "\(FigureText.count(unreadable, "frame")) in the file end before their signature, so nobody can tell which they are",
                    remedy:
                        "let the tool keep \(checks.reduce(0) { max($0, $1.signatureOffset) } + Signature.byteCount) bytes of each frame or more",
                    voidsResult: true))
        }
        if reading.inventedFrames > 0 {
            warnings.append(
                Warning(
                    code: "invented-frames",
                    message: "\(FigureText.count(reading.inventedFrames, "frame")) in the file have numbers that were never sent",
                    remedy: "look for what alters frames on the path", voidsResult: true))
        }
        if score.kept == 0, score.sent > 0 {
            warnings.append(
                Warning(
                    code: "nothing-kept", message: "none of \(FigureText.count(score.sent, "frame")) is in the file of \(name)",
                    remedy: "see whether its filter lets the plan's frames through", voidsResult: true))
        }
        if let altered = score.altered, altered > 0 {
            warnings.append(
                Warning(
                    code: "altered-in-file",
                    message:
                        "\(FigureText.count(altered, "kept frame")) \(altered == 1 ? "has" : "have") another length or payload than they left with",
                    remedy: "look for what rewrites frames in the tool or on the path"))
        }
        return warnings
    }

    private func scoreOfCounters() -> (CaptureScore?, [Warning]) {
        let claims = record.claims
        guard let kept = claims?.captured ?? claims.flatMap({ claims in claims.received.map { $0 - min($0, claims.dropped ?? 0) } }) else {
            return (
                nil,
                [
                    Warning(
                        code: "no-evidence",
                        message: "\(name) has neither a capture file nor counters that are known, so nothing tells what it kept",
                        remedy: "let it write to {file}, or its logs into {dir}", voidsResult: true)
                ]
            )
        }
        let sent = trial.ledger.sent
        var score = CaptureScore(
            sent: sent, source: .counters, kept: min(kept, sent), lost: sent - min(kept, sent), lostOnLink: trial.ledger.lost)
        score.claimedLost = claims?.dropped
        score.untold = claims?.dropped.map { Int64(score.lostByTool) - Int64(clamping: $0) }
        var warnings = [
            Warning(
                code: "counters-only", message: "what \(name) kept is known from its own counters only, not frame by frame",
                remedy: "let it write a capture file to {file} as well, if it can")
        ]
        if kept > sent {
            warnings.append(
                Warning(
                    code: "counted-more", message: "\(name) counted \(FigureText.count(kept - sent, "frame")) more than were sent",
                    remedy: "silence the others on this link: its counters can't tell them from ours", voidsResult: true))
        }
        return (score, warnings)
    }

    private func contradictions(_ score: CaptureScore) -> [Warning] {
        let reached = score.sent - min(score.sent, score.lostOnLink)
        guard score.source == .file, score.kept > reached else { return [] }
        return [
            Warning(
                code: "kept-more-than-came",
                message: "the file holds \(FigureText.count(score.kept - reached, "frame")) that the link's counters say it dropped",
                remedy: "silence the others on this link: only on a quiet one do its drop counters speak of ours", voidsResult: true)
        ]
    }

    // MARK: how it went

    private var course: [Warning] {
        var warnings: [Warning] = []
        if hasFullDisk {
            warnings.append(
                Warning(
                    code: "disk-full", message: "the disk that \(name) wrote to is full",
                    remedy: "make room, or choose another place with TMPDIR",
                    voidsResult: true))
        }
        switch record.exit.endedBy {
        case nil:
            warnings.append(
                Warning(
                    code: "tool-ended", message: "\(name) \(ending),\(when)\(lastWords)",
                    remedy: "what came after that is lost whatever it could have kept; let it run until it is told to end",
                    voidsResult: true))
        case .interrupt:
            if record.exit.signal != nil {
                warnings.append(
                    Warning(
                        code: "tool-unhandled-signal", message: "\(name) doesn't handle SIGINT: what it hadn't written by then is lost",
                        remedy: "let it write each frame at once"))
            } else if let code = record.exit.code, code != 0 {
                warnings.append(
                    Warning(
                        code: "tool-failed", message: "\(name) ended with exit code \(code)\(lastWords)",
                        remedy: "see what it has to say about that"))
            }
        case .terminate:
            warnings.append(
                Warning(
                    code: "tool-needed-sigterm", message: "\(name) did not end on SIGINT, but on SIGTERM",
                    remedy: "what it kept is all there"))
        case .kill:
            warnings.append(
                Warning(
                    code: "tool-killed",
                    message: "\(name) ended neither on SIGINT nor on SIGTERM and was killed: what it hadn't written is lost",
                    remedy: "let it end on a signal", voidsResult: true))
        }
        if !isQuiet {
            warnings.append(
                Warning(
                    code: "tool-never-quiet", message: "\(name) still wrote a minute after the last frame",
                    remedy: "use a shorter --time or a lower --rate", voidsResult: true))
        }
        if orphans > 0 {
            warnings.append(
                Warning(
                    code: "tool-forked",
                    message: "\(name) left \(orphans == 1 ? "a process" : "\(orphans) processes") behind, which had to be killed",
                    remedy: "keep it in the foreground"))
        }
        if run.tool.writesFile, record.readiness == .socket, !run.captureFiles.isEmpty {
            warnings.append(
                Warning(
                    code: "readiness-by-socket",
                    message:
                        "\(name) showed no frame in its file before the load, so its packet socket was taken for a sign that it listens",
                    remedy: "let it write each frame at once (tcpdump -U) to be sure that the first frames found it listening"))
        }
        return warnings
    }

    private var ending: String {
        record.exit.code.map { "ended by itself with exit code \($0)" } ?? "was ended by signal \(record.exit.signal ?? 0)"
    }

    /// Against the window's start.
    private var when: String {
        guard let endedAtNanoseconds, endedAtNanoseconds > trial.startedAtNanoseconds else { return " before the load" }
        return " \(FigureText.nanoseconds(endedAtNanoseconds - trial.startedAtNanoseconds)) after the load's start"
    }

    private var lastWords: String { run.lastWords.map { "; its last words: \($0)" } ?? "" }

    /// Less than a mebibyte is left where it writes.
    private var hasFullDisk: Bool { SafeFile.freeBytes(run.folder).map { $0 < 1 << 20 } ?? false }
}
