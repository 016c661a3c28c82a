import CLinux
import Synchronization

/// Gets a thread out of a system call that would last for long: told by a flag, woken by a signal that ends the call with
/// EINTR.
///
/// A signal that comes just before the call is lost, so whoever stops goes on sending until the thread has left.
public final class CallBrake: Sendable {
    private let isRequested = Atomic(false)
    /// The thread between `enter` and `leave`, nobody else's number: only then may it get signals.
    private let thread = Mutex<Int32?>(nil)

    /// - Throws: `SystemError` of `sigaction(2)`.
    public init() throws(SystemError) {
        let number = cl_install_interrupt()
        if number != 0 { throw SystemError(call: "sigaction", number: number) }
    }

    /// Whether the thread shall leave; to be asked before each call, and after EINTR.
    public var isStopping: Bool { isRequested.load(ordering: .acquiring) }

    /// From here to `leave`, the calling thread is who `stop` ends; one at a time.
    public func enter() {
        // Threads that libdispatch made block every signal, and theirs inherit that.
        _ = cl_allow_interrupt()
        thread.withLock { $0 = cl_thread_id() }
    }

    /// The thread is done, and gets no signals any more.
    public func leave() { thread.withLock { $0 = nil } }

    /// Asks the thread to leave. Whoever enters later finds `isStopping`.
    public func request() {
        isRequested.store(true, ordering: .releasing)
        _ = interrupt()
    }

    /// Asks the thread to leave, and waits until it has, or there was none, but no longer than ten seconds.
    public func stop() {
        request()
        let deadline = Clock.monotonicNanoseconds + 10_000_000_000
        while interrupt(), Clock.monotonicNanoseconds < deadline { Clock.sleep(nanoseconds: 500_000) }
    }

    /// For another run.
    public func release() { isRequested.store(false, ordering: .releasing) }

    /// - Returns: false if there is no thread inside.
    private func interrupt() -> Bool {
        thread.withLock { thread in
            guard let thread else { return false }
            _ = cl_interrupt_thread(thread)
            return true
        }
    }
}
