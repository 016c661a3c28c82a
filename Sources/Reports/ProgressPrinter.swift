import Metrics
import Results

/// Live progress on stderr: one line rewritten in place on a terminal, plain lines elsewhere.
public final class ProgressPrinter {
    private let isTerminal: Bool
    private let write: (String) -> Void
    private var isLineOpen = false
    private var lastPhase: TrialProgress.Phase?

    /// - Parameters:
    ///   - write: where text goes.
    public init(isTerminal: Bool, write: @escaping (String) -> Void) {
        self.isTerminal = isTerminal
        self.write = write
    }

    public func show(_ progress: TrialProgress) {
        // Without a terminal a phase is told once, and the running one by its intervals.
        guard isTerminal || progress.interval != nil || progress.phase != lastPhase else { return }
        if !isTerminal && progress.phase == .running && progress.interval == nil { return }
        lastPhase = progress.phase
        let line = Self.line(progress)
        write(isTerminal ? "\r\u{1B}[K" + line : line + "\n")
        isLineOpen = isTerminal
    }

    /// A line of somebody else's words: rewritten in place on a terminal, a line of its own elsewhere.
    public func note(_ text: String) {
        write(isTerminal ? "\r\u{1B}[K" + text : text + "\n")
        isLineOpen = isTerminal
    }

    /// Clears the line, so that what follows stands alone.
    public func finish() {
        if isLineOpen { write("\r\u{1B}[K") }
        isLineOpen = false
    }

    /// One line without its end, 79 characters at most.
    static func line(_ progress: TrialProgress) -> String {
        let trial = progress.trialCount > 1 ? "trial \(progress.trialIndex + 1)/\(progress.trialCount)  " : ""
        switch progress.phase {
        case .preparing: return trial + "preparing"
        case .warmingUp:
            return trial + "warming up" + (progress.totalNanoseconds.map { " for \(DurationText(nanoseconds: $0))" } ?? "")
        case .draining: return trial + "draining"
        case .running: return trial + running(progress, room: mostCharacters - trial.count)
        }
    }

    private static let mostCharacters = 79

    private static func running(_ progress: TrialProgress, room: Int) -> String {
        var parts = [seconds(progress.elapsedNanoseconds)]
        if let interval = progress.interval {
            let words = PieceWords(noun: progress.noun)
            parts.append("tx \(words.bare(interval.txPps))")
            parts.append("rx \(words.rate(interval.rxPps))")
            let outstanding = "\(word(progress.lostSoFar, interval)) \(FigureText.count(progress.lostSoFar))"
            if parts.joined(separator: "  ").count + 2 + outstanding.count <= room { parts.append(outstanding) }
        }
        if let total = progress.totalNanoseconds, total > progress.elapsedNanoseconds {
            let left = "\(seconds(total - progress.elapsedNanoseconds)) left"
            // A line that wraps can't be rewritten.
            if parts.joined(separator: "  ").count + left.count < 65 { parts.append(left) }
        }
        return parts.joined(separator: "  ")
    }

    /// Frames that are on their way, or in a reader's block that isn't full, are not lost; so many that a tenth of a second doesn't explain them may be.
    private static func word(_ outstanding: UInt64, _ interval: IntervalResult) -> String {
        Double(outstanding) <= max(interval.txPps * 0.1, 1) ? "in flight" : "in flight or lost"
    }

    private static func seconds(_ nanoseconds: UInt64) -> String {
        let tenths = (nanoseconds + 50_000_000) / 100_000_000
        return "\(tenths / 10).\(tenths % 10) s"
    }
}
