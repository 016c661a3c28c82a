import CLinux
import Glibc

/// What a shell and a terminal tell a program that owns the screen: that it shall stop, that it goes on, that the window has another size.
///
/// Make it before the first thread, which inherits the blocked mask.
public struct JobControl: ~Copyable, Sendable {
    // Unsafe: text is lent to the C library for the call alone.

    public enum Event: Equatable, Sendable { case stop, goOn, resized }

    private let inbox: SignalInbox

    /// SIGTSTP stays ignored where whoever started us had it ignored, as shells without job control do.
    ///
    /// - Throws: `SystemError` of `sigprocmask(2)` or `signalfd(2)`.
    public init() throws(SystemError) {
        inbox = try SignalInbox((cl_is_ignored(SIGTSTP) == 0 ? [SIGTSTP] : []) + [SIGCONT, SIGWINCH])
    }

    /// Waits for an event until CLOCK_MONOTONIC reaches the deadline; nil if none came.
    public borrowing func wait(untilMonotonic deadlineNanoseconds: UInt64) -> Event? {
        switch inbox.wait(untilMonotonic: deadlineNanoseconds) {
        case SIGTSTP: .stop
        case SIGCONT: .goOn
        case SIGWINCH: .resized
        default: nil
        }
    }

    /// Stops this process as Ctrl-Z does, and returns when it goes on. In a process group that nobody could wake again the kernel does nothing.
    public static func stop() { _ = cl_stop_process() }

    /// Whether a terminal's input and screen are ours: false in the background. True where the terminal isn't the one that controls us.
    public static func isInForeground(of descriptor: Int32) -> Bool {
        let group = tcgetpgrp(descriptor)
        return group < 0 || group == getpgrp()
    }

    /// Text for standard error, 64 bytes at most, if a fault of the program's own ends it: what brings the terminal back. Empty for none.
    public static func setFarewell(_ text: String) {
        let bytes = Array(text.utf8)
        unsafe bytes.withUnsafeBytes { unsafe cl_set_farewell($0.bindMemory(to: CChar.self).baseAddress, $0.count) }
    }
}
