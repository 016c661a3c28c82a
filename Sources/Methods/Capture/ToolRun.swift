import Kernel
import Links

/// A capture tool at work on the receiving end of a link.
final class ToolRun {
    let tool: CaptureTool
    let command: [String]
    let child: ChildProcess
    /// Where all that it writes lies.
    let folder: String
    private let namespace: NetworkNamespace
    private let interfaceIndex: Int
    private let earlierSockets: Set<UInt64>
    private var isReaped = false

    private static let captureName = "capture.pcap"
    private static let outputName = "tool.out"
    private static let errorsName = "tool.err"

    /// - Throws: `CaptureError.notFound`, `.notStarted`.
    init(_ tool: CaptureTool, at end: LinkEnd, cpus: [Int]?, folder: String) throws {
        self.tool = tool
        self.folder = folder
        namespace = end.namespace
        interfaceIndex = end.link.index
        let program = try tool.program()
        command = tool.arguments(interface: end.link.name, file: "\(folder)/\(Self.captureName)", folder: folder)
        earlierSockets = Set(try PacketSocketTable.all(in: end.namespace).map(\.inode))
        do throws(SystemError) {
            child = try ChildProcess(
                path: program, arguments: command, in: end.namespace, cpus: cpus, output: "\(folder)/\(Self.outputName)",
                errors: "\(folder)/\(Self.errorsName)")
        } catch {
            throw CaptureError.notStarted(tool.name, reason: error.reason)
        }
    }

    // MARK: what it does

    /// Whether a packet socket that wasn't there before it takes frames of the interface.
    func hasSocket() throws -> Bool {
        try PacketSocketTable.all(in: namespace).contains {
            $0.isRunning && ($0.interfaceIndex == interfaceIndex || $0.interfaceIndex == 0) && !earlierSockets.contains($0.inode)
        }
    }

    /// Of its whole group so far, as far as its threads still live.
    var cpuNanoseconds: UInt64 { group.reduce(0) { $0 + (ProcessTable.runNanoseconds($1.identifier) ?? $1.cpuNanoseconds) } }

    /// The largest resident sets of its processes, added up; nil if none is left.
    var residentPeakBytes: UInt64? {
        let peaks = group.compactMap { ProcessTable.residentPeakBytes($0.identifier) }
        return peaks.isEmpty ? nil : peaks.reduce(0, +)
    }

    private var group: [ProcessTable.Entry] { ProcessTable.all().filter { $0.group == child.identifier } }

    // MARK: what it wrote

    /// Its capture files: one, or several with its name where it starts a new one now and then, in the order in which it wrote them.
    var captureFiles: [String] {
        let stem = "capture"
        return Folder.entries(folder).filter { $0.hasPrefix(stem) }.sorted { ($0.count, $0) < ($1.count, $1) }.map { "\(folder)/\($0)" }
    }

    var writtenBytes: UInt64 { Folder.entries(folder).reduce(0) { $0 + (SafeFile.byteCount("\(folder)/\($1)") ?? 0) } }

    /// How far it has got with frames.
    struct Progress {
        fileprivate var writtenBytes: UInt64
        /// Of its capture files; of all files where it writes none and has said nothing yet.
        fileprivate var frameBytes: UInt64
        /// What it said of frames in its logs.
        fileprivate var claims: ToolClaims?

        /// Whether it has got no further. A log that goes on by the clock, as Suricata's statistics do, is no progress.
        func hasSameFrames(as other: Progress) -> Bool {
            claims == other.claims && (claims != nil || frameBytes == other.frameBytes)
        }
    }

    /// - Parameter earlier: what it was before, which saves reading logs that nobody wrote to.
    func progress(since earlier: Progress?) -> Progress {
        let written = writtenBytes
        if let earlier, earlier.writtenBytes == written { return earlier }
        if tool.writesFile {
            return Progress(writtenBytes: written, frameBytes: captureFiles.reduce(0) { $0 + (SafeFile.byteCount($1) ?? 0) }, claims: nil)
        }
        return Progress(writtenBytes: written, frameBytes: written, claims: claims())
    }

    var output: String { TextFile.read("\(folder)/\(Self.outputName)") ?? "" }
    var errors: String { TextFile.read("\(folder)/\(Self.errorsName)") ?? "" }

    /// What it printed last.
    var lastWords: String? {
        for text in [errors, output] {
            let lines = text.split(whereSeparator: \.isNewline).filter { $0.contains { !$0.isWhitespace } }
            if let last = lines.last { return last.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
        }
        return nil
    }

    func claims() -> ToolClaims? {
        ToolClaims.read(tool: tool.name, printed: output + "\n" + errors) { TextFile.read("\(folder)/\($0)") }
    }

    // MARK: its end

    /// How long it may take to end after each signal, without having written anything meanwhile; and in all.
    private static let patienceNanoseconds: UInt64 = 5_000_000_000
    private static let wholePatienceNanoseconds: UInt64 = 60_000_000_000

    /// Asks it to end, ever more urgently, and gives it time to write what it has.
    ///
    /// - Parameter pause: sleeps until a time on CLOCK_MONOTONIC.
    /// - Returns: what it took; nil if it had ended by itself.
    func end(pause: (UInt64) throws -> Void) rethrows -> ToolRecord.EndedBy? {
        guard child.isRunning else { return nil }
        let steps: [(ChildProcess.Signal, ToolRecord.EndedBy)] = [(.interrupt, .interrupt), (.terminate, .terminate)]
        let start = Clock.monotonicNanoseconds
        for (signal, name) in steps {
            child.send(signal)
            var bytes = writtenBytes
            var since = Clock.monotonicNanoseconds
            while true {
                try pause(Clock.monotonicNanoseconds + 10_000_000)
                if !child.isRunning { return name }
                let now = Clock.monotonicNanoseconds
                let written = writtenBytes
                if written != bytes { since = now }
                bytes = written
                if now - since >= Self.patienceNanoseconds || now - start >= Self.wholePatienceNanoseconds { break }
            }
        }
        child.send(.kill)
        return .kill
    }

    /// Takes its last word. Nothing of it runs afterwards.
    ///
    /// - Returns: its outcome, and how many orphans it left.
    func reap() throws -> (outcome: ChildProcess.Outcome, orphans: Int) {
        isReaped = true
        let outcome = try child.reap()
        return (outcome, ChildProcess.killOrphans(in: namespace))
    }

    /// Ends it at once, if that is still to be done.
    func abandon() {
        guard !isReaped else { return }
        child.send(.kill)
        _ = try? reap()
    }
}
