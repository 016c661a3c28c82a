import CLinux
import Glibc

/// Signals that would end the process as something to read instead of something that happens: blocked in the whole process and taken from
/// a `signalfd`.
///
/// Make it before the first thread, which inherits the blocked mask.
public struct SignalInbox: ~Copyable, Sendable {
    // Unsafe: strings and structs are lent to the C library for the call alone, and it writes no more than they hold.

    private let descriptor: Descriptor
    /// Whether SIGPIPE in our own name counts where standard output has no reader. False for work that ends by itself and is worth something without one.
    public var endsWithItsReader = true

    /// Every signal of `EndingSignals`.
    ///
    /// - Throws: `SystemError` of `sigprocmask(2)` or `signalfd(2)`.
    public init() throws(SystemError) { try self.init(EndingSignals.taken) }

    /// - Throws: `SystemError` of `sigprocmask(2)` or `signalfd(2)`.
    public init(_ signals: [Int32]) throws(SystemError) {
        var mask = sigset_t()
        unsafe sigemptyset(&mask)
        for signal in signals { unsafe sigaddset(&mask, signal) }
        try systemCall("sigprocmask") { unsafe pthread_sigmask(SIG_BLOCK, &mask, nil) }
        descriptor = Descriptor(
            owning: try systemCall("signalfd") {
                unsafe signalfd(-1, &mask, Int32(SFD_CLOEXEC) | Int32(SFD_NONBLOCK))
            })
    }

    /// Waits until a signal comes or CLOCK_MONOTONIC reaches the deadline; the signal's number, or nil.
    public borrowing func wait(untilMonotonic deadlineNanoseconds: UInt64) -> Int32? {
        while true {
            var information = signalfd_siginfo()
            let size = MemoryLayout<signalfd_siginfo>.size
            if unsafe read(descriptor.raw, &information, size) == size {
                if isOfNoConsequence(information) { continue }
                return Int32(information.ssi_signo)
            }
            let now = Clock.monotonicNanoseconds
            guard now < deadlineNanoseconds else { return nil }
            // Rounded up, so that the last poll doesn't spin through a fraction of a millisecond.
            let milliseconds = min((deadlineNanoseconds - now + 999_999) / 1_000_000, 1_000_000)
            var entry = pollfd(fd: descriptor.raw, events: Int16(POLLIN), revents: 0)
            unsafe poll(&entry, 1, Int32(milliseconds))
        }
    }

    /// A signal that came already, without waiting.
    public borrowing func next() -> Int32? { wait(untilMonotonic: 0) }

    /// A write of our own to a pipe that nobody reads sends SIGPIPE in our own name (`pipe_write`). If only progress went there and somebody
    /// still waits for standard output, work goes on; what was written is lost, as its writer hears.
    private borrowing func isOfNoConsequence(_ information: signalfd_siginfo) -> Bool {
        guard Int32(information.ssi_signo) == SIGPIPE, Int32(bitPattern: information.ssi_pid) == getpid() else { return false }
        guard endsWithItsReader else { return true }
        var output = pollfd(fd: STDOUT_FILENO, events: 0, revents: 0)
        unsafe poll(&output, 1, 0)
        return Int32(output.revents) & (POLLERR | POLLNVAL) == 0
    }
}
