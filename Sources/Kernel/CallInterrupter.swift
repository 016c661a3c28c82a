import CLinux
import Synchronization

/// Gets a thread out of a system call that would last for long: told by a flag, woken by a signal that ends the call with
/// EINTR.
///
/// A signal that comes just before the call is lost, so whoever stops goes on sending until the thread has left.
public final class CallInterrupter: Sendable {
    private let isRequested = Atomic(false)
    /// The thread between `enter` and `leave`, nobody else's number: only then may it get signals.
    private let thread = Mutex<Int32?>(nil)
    /// The kernel's, for that thread.
    private let timer = Mutex<UInt?>(nil)

    /// How long a call lasts at most, nanoseconds.
    ///
    /// Whoever stops may not get to it. A group whose CPU quota is used up keeps its threads from user space only (since Linux 6.18,
    /// `throttle_cfs_rq_work`): one that stays in the kernel goes on and uses up the quota of all the others, for as long as its call lasts.
    public static let longestCallNanoseconds: UInt64 = 10_000_000_000

    /// - Throws: `SystemError` of `sigaction(2)`.
    public init() throws(SystemError) {
        let number = cl_install_interrupt()
        if number != 0 { throw SystemError(call: "sigaction", number: number) }
    }

    /// Whether the thread shall leave; to be asked before each call, and after EINTR.
    public var isStopping: Bool { isRequested.load(ordering: .acquiring) }

    /// From here to `leave`, the calling thread is who `stop` ends; one at a time. Its calls end by themselves every `longestCallNanoseconds`,
    /// and one of those ends is at the deadline.
    ///
    /// - Parameter deadline: CLOCK_MONOTONIC; nil if there is none.
    public func enter(untilMonotonic deadline: UInt64? = nil) {
        // Threads that libdispatch made block every signal, and theirs inherit that.
        _ = cl_allow_interrupt()
        thread.withLock { $0 = cl_thread_id() }
        let now = Clock.monotonicNanoseconds
        let rest = deadline.map { $0 > now ? ($0 - now) % Self.longestCallNanoseconds : 1 } ?? 0
        var made: UInt = 0
        guard cl_start_interrupts(rest == 0 ? Self.longestCallNanoseconds : rest, Self.longestCallNanoseconds, &made) == 0 else { return }
        timer.withLock { $0 = made }
    }

    /// The thread is done, and gets no signals any more.
    public func leave() {
        thread.withLock { $0 = nil }
        timer.withLock { timer in
            if let timer { cl_end_interrupts(timer) }
            timer = nil
        }
    }

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
