import Kernel
import Links
import Metrics
import Reports
import Traces

/// `sniff IF`: frames off an interface, until enough, time, Ctrl-C, or the interface's end.
struct LiveReading {
    let interface: OpenInterface
    let settings: LiveCapture.Settings
    let limit: UInt64
    let durationNanoseconds: UInt64?
    let printer: FramePrinter?
    /// Where to write frames; nil if they are only shown.
    let output: String?
    let isQuiet: Bool

    func run() throws {
        let signals = try SignalInbox()
        do throws(SystemError) {
            // This command has no other thread, and needs no other namespace.
            try interface.table.namespace.enter()
        } catch {
            throw CommandFailure.cannotEnter(namespace: interface.table.namespace.name, error)
        }
        let before = try interface.table.link(index: interface.link.index).counters
        let capture = try LiveCapture(settings)
        // Last, when nothing else can fail: it empties the file.
        let writer = try output.map {
            try CaptureFileWriter(
                path: $0, snapBytes: settings.snapBytes > 0 ? settings.snapBytes : CaptureFilter.maximumBytes, interface: settings.interface
            )
        }
        var count: UInt64 = 0
        var failure: (any Error)?
        do {
            count = try read(capture, writer, signals)
        } catch {
            failure = error
        }
        capture.updateCounts()
        do { try printer?.flush() } catch { failure = failure ?? error }
        do { try writer?.flush() } catch { failure = failure ?? error }
        let after = try? interface.table.link(index: interface.link.index).counters
        if !isQuiet { report(before, after, capture, writer, writer?.frames ?? count) }
        if let failure { throw failure }
    }

    /// - Returns: frames shown or written.
    private func read(_ capture: LiveCapture, _ writer: CaptureFileWriter?, _ signals: borrowing SignalInbox) throws -> UInt64 {
        let progress = CaptureProgress(isShown: printer == nil && !isQuiet)
        defer { progress.finish() }
        let deadline = Clock.monotonicNanoseconds.advanced(bySaturating: durationNanoseconds ?? .max)
        var count: UInt64 = 0
        while count < limit {
            let step = try step(capture, writer, limit - count)
            count += step
            guard signals.next() == nil, Clock.monotonicNanoseconds < deadline else {
                // What the ring holds came before the end.
                return count + (try drain(capture, writer, limit - count))
            }
            progress.show(count, capture)
            guard step == 0 else { continue }
            try printer?.flush()
            try writer?.flush()
            capture.wait(milliseconds: 100)
            if capture.hasFailed {
                _ = try drain(capture, writer, limit - count)
                throw CommandFailure.wentAway(interface: "\(interface.reference)")
            }
        }
        return count
    }

    /// Frames that came already, a thousand at most, so that signals are heard under any load.
    private func step(_ capture: LiveCapture, _ writer: CaptureFileWriter?, _ limit: UInt64) throws -> UInt64 {
        let most = min(limit, 1_024)
        guard let printer else {
            guard let writer else { return 0 }
            return try capture.write(to: writer, limit: most)
        }
        let shown = CaptureInterface(name: settings.interface)
        var count: UInt64 = 0
        while count < most, let frame = capture.next() {
            try printer.show(frame, of: shown)
            try writer?.write(frame)
            count += 1
        }
        return count
    }

    private func drain(_ capture: LiveCapture, _ writer: CaptureFileWriter?, _ limit: UInt64) throws -> UInt64 {
        // A block that isn't full is handed over when its timer fires.
        capture.wait(milliseconds: 120)
        // No more than the ring can hold: a flood that goes on would have no end.
        let end = Clock.monotonicNanoseconds + 1_000_000_000
        var count: UInt64 = 0
        while count < limit, Clock.monotonicNanoseconds < end {
            let step = try step(capture, writer, limit - count)
            if step == 0 { break }
            count += step
        }
        return count
    }

    private func report(
        _ before: Link.Counters, _ after: Link.Counters?, _ capture: LiveCapture, _ writer: CaptureFileWriter?, _ taken: UInt64
    ) {
        var parts: [String] = []
        if let after {
            let seen = Self.frames(after, settings) &- Self.frames(before, settings)
            parts.append("\(FigureText.count(seen)) \(seen == 1 ? "frame" : "frames") on \("\(interface.reference)".visible)")
        }
        parts.append("\(FigureText.count(capture.matched)) matched")
        parts.append("\(FigureText.count(capture.dropped)) dropped by the ring")
        parts.append("\(FigureText.count(taken)) \(writer == nil ? "shown" : "written")")
        if capture.cut > 0 { parts.append("\(FigureText.count(capture.cut)) cut, being longer than a block of the ring") }
        if let writer, writer.shortened > 0 {
            parts.append("\(FigureText.count(writer.shortened)) cut to \(FigureText.count(CaptureFilter.maximumBytes)) bytes in the file")
        }
        if capture.filtersHere { parts.append("filtered here, for the kernel doesn't take this filter") }
        Exit.say(parts.joined(separator: ", "))
    }

    /// What passed the interface; what a loopback sent is what it received.
    private static func frames(_ counters: Link.Counters, _ settings: LiveCapture.Settings) -> UInt64 {
        settings.isLoopback ? counters.rxPackets : counters.rxPackets &+ counters.txPackets
    }
}

extension UInt64 {
    /// This moment and `duration` later, or the end of time.
    fileprivate func advanced(bySaturating duration: UInt64) -> UInt64 {
        let (sum, overflow) = addingReportingOverflow(duration)
        return overflow ? .max : sum
    }
}

/// How far a capture into a file has come, once a second on a terminal.
private final class CaptureProgress {
    private let isShown: Bool
    private var nextNanoseconds = Clock.monotonicNanoseconds + 1_000_000_000
    private var isLineOpen = false

    init(isShown: Bool) { self.isShown = isShown && ProcessFacts.isTerminal(2) }

    func show(_ count: UInt64, _ capture: LiveCapture) {
        guard isShown, Clock.monotonicNanoseconds >= nextNanoseconds else { return }
        nextNanoseconds += 1_000_000_000
        capture.updateCounts()
        Terminal.write(
            progress: "\r\u{1B}[K\(FigureText.count(count)) frames written, \(FigureText.count(capture.dropped)) dropped")
        isLineOpen = true
    }

    func finish() {
        if isLineOpen { Terminal.write(progress: "\r\u{1B}[K") }
    }
}
