import CLinux
import Synchronization

/// Gets a thread out of a system call that would last for long: told by a flag, woken by a signal that ends the call with
/// EINTR.
///
/// A signal that comes just before the call is lost, so whoever stops goes on sending until the thread has left. A thread may have left by itself and
/// be on to its next stage when it is asked to leave the last one: what is asked for names the stage, and the next one isn't ended by it.
public final class CallInterrupter: Sendable {
    // Unsafe: strings and structs are lent to the C library for the call alone, and it writes no more than they hold.

    /// The last stage that is over. Signed: `Atomic<UInt64>.max` of Swift 6.3 compares as if it were.
    private let ended = Atomic(0)
    /// The one that the thread is in, or goes into next.
    private let stage = Atomic(1)
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
    public var isStopping: Bool { ended.load(ordering: .acquiring) >= stage.load(ordering: .relaxed) }

    /// From here to `leave`, the calling thread is who `stop` ends; one at a time. Its calls end by themselves every `longestCallNanoseconds`,
    /// and one of those ends is at the deadline.
    ///
    /// - Parameters:
    ///   - stage: from 1 on, and never back.
    ///   - deadline: CLOCK_MONOTONIC; nil if there is none.
    public func enter(stage: Int = 1, untilMonotonic deadline: UInt64? = nil) {
        self.stage.store(stage, ordering: .relaxed)
        // Threads that libdispatch made block every signal, and theirs inherit that.
        _ = cl_allow_interrupt()
        thread.withLock { $0 = cl_thread_id() }
        let now = Clock.monotonicNanoseconds
        let rest = deadline.map { $0 > now ? ($0 - now) % Self.longestCallNanoseconds : 1 } ?? 0
        var made: UInt = 0
        guard unsafe cl_start_interrupts(rest == 0 ? Self.longestCallNanoseconds : rest, Self.longestCallNanoseconds, &made) == 0 else {
            return
        }
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

    /// Asks the thread to leave a stage, or any, and all before. Whoever enters one of them later finds `isStopping`.
    public func request(through stage: Int = .max) {
        ended.max(stage, ordering: .acquiringAndReleasing)
        _ = interrupt()
    }

    /// Asks the thread to leave, and waits until it has, or there was none, but no longer than ten seconds.
    public func stop(through stage: Int = .max) {
        request(through: stage)
        let deadline = Clock.monotonicNanoseconds + 10_000_000_000
        while interrupt(), Clock.monotonicNanoseconds < deadline { Clock.sleep(nanoseconds: 500_000) }
    }

    /// - Returns: false if there is no thread inside.
    private func interrupt() -> Bool {
        thread.withLock { thread in
            guard let thread else { return false }
            _ = cl_interrupt_thread(thread)
            return true
        }
    }
}
