import Kernel

/// Every signal that would end the process (`EndingSignals`), for whoever runs trials: the first asks for an orderly end. After it another
/// Ctrl-C, SIGTERM or SIGQUIT asks for an end at once; others, which often come in pairs (a terminal that closes) or in rows (SIGXCPU, timers),
/// ask for nothing more.
///
/// Make it before the first thread.
public final class Interrupts {
    private var inbox: SignalInbox?
    private var signals = 0

    /// - Parameter listening: false for a run that nobody can interrupt (tests).
    /// - Throws: `SystemError` of `signalfd(2)`.
    public init(listening: Bool = true) throws(SystemError) {
        inbox = listening ? try SignalInbox() : nil
    }

    /// A run that ends by itself goes on without a reader (`2>&1 | head -1`): its result is saved, and its exit code is its own. One until Ctrl-C
    /// ends with its last reader, who can't press it any more.
    public func expectsReader(_ isNeeded: Bool) { inbox?.endsWithItsReader = isNeeded }

    /// Whether an orderly end was asked for.
    public var isInterrupted: Bool { signals > 0 }

    /// The same, counting a signal that nobody has waited for yet.
    public var hasHeard: Bool {
        if signals == 0, inbox?.next() != nil { signals += 1 }
        return signals > 0
    }

    /// Waits for the deadline or the first signal.
    ///
    /// - Returns: whether an orderly end was asked for, now or before.
    /// - Throws: `Interrupted` on a second, insistent signal.
    public func wait(untilMonotonic deadline: UInt64) throws(Interrupted) -> Bool {
        if signals > 0 { try listen(untilMonotonic: 0) } else { try listen(untilMonotonic: deadline) }
        return signals > 0
    }

    /// Sleeps until the deadline, whatever was asked for before.
    ///
    /// - Throws: `Interrupted` on a second, insistent signal.
    public func pause(untilMonotonic deadline: UInt64) throws(Interrupted) {
        let before = signals
        try listen(untilMonotonic: deadline)
        if signals != before { Clock.sleep(untilMonotonic: deadline) }
    }

    private func listen(untilMonotonic deadline: UInt64) throws(Interrupted) {
        guard inbox != nil else { return Clock.sleep(untilMonotonic: deadline) }
        guard let signal = inbox!.wait(untilMonotonic: deadline) else { return }
        if signals > 0, EndingSignals.isInsistent(signal) { throw Interrupted(signal: signal) }
        signals += 1
    }
}

/// The user wants an end at once: exit code 130.
public struct Interrupted: Error, Sendable {
    public let signal: Int32

    package init(signal: Int32) { self.signal = signal }
}
