import Kernel

/// Ctrl-C and SIGTERM for whoever runs trials: the first asks for an orderly end, the second for
/// an end at once.
///
/// Make it before the first thread.
public final class Interrupts {
    private let inbox: SignalInbox?
    private var signals = 0

    /// - Parameter listening: false for a run that nobody can interrupt (tests).
    /// - Throws: `SystemError` of `signalfd(2)`.
    public init(listening: Bool = true) throws(SystemError) {
        inbox = listening ? try SignalInbox() : nil
    }

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
    /// - Throws: `Interrupted` on the second signal.
    public func wait(untilMonotonic deadline: UInt64) throws(Interrupted) -> Bool {
        if signals > 0 { try listen(untilMonotonic: 0) } else { try listen(untilMonotonic: deadline) }
        return signals > 0
    }

    /// Sleeps until the deadline, whatever was asked for before.
    ///
    /// - Throws: `Interrupted` on the second signal.
    public func pause(untilMonotonic deadline: UInt64) throws(Interrupted) {
        let before = signals
        try listen(untilMonotonic: deadline)
        if signals != before { Clock.sleep(untilMonotonic: deadline) }
    }

    private func listen(untilMonotonic deadline: UInt64) throws(Interrupted) {
        guard inbox != nil else { return Clock.sleep(untilMonotonic: deadline) }
        guard let signal = inbox!.wait(untilMonotonic: deadline) else { return }
        signals += 1
        if signals > 1 { throw Interrupted(signal: signal) }
    }
}

/// The user wants an end at once: exit code 130.
public struct Interrupted: Error, Sendable {
    public let signal: Int32
}
