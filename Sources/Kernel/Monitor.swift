import CLinux
import Glibc

/// State shared by threads that wait for each other: a mutex and a condition variable on
/// CLOCK_MONOTONIC. For set-up and phase changes only; no hot loop ever takes it.
@safe
public final class Monitor<State>: @unchecked Sendable {
    // Unsafe: both lie still on the heap from `init`, which makes them, to `deinit`, which ends them; nobody else has them.
    // Safe because `state` is touched only while `mutex` is held.

    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var state: State

    public init(_ state: State) {
        self.state = state
        unsafe pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        unsafe pthread_condattr_init(&attributes)
        unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        unsafe pthread_cond_init(condition, &attributes)
        unsafe pthread_condattr_destroy(&attributes)
    }

    deinit {
        unsafe pthread_cond_destroy(condition)
        unsafe pthread_mutex_destroy(mutex)
        unsafe condition.deallocate()
        unsafe mutex.deallocate()
    }

    /// Changes the state, and wakes everybody who waits for it to change.
    public func change<Output>(_ body: (inout State) throws -> Output) rethrows -> Output {
        unsafe pthread_mutex_lock(mutex)
        defer {
            unsafe pthread_cond_broadcast(condition)
            unsafe pthread_mutex_unlock(mutex)
        }
        return try body(&state)
    }

    public func read<Output>(_ body: (State) throws -> Output) rethrows -> Output {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        return try body(state)
    }

    /// Waits until `body` returns something, or the time is over.
    ///
    /// - Parameter deadlineNanoseconds: on CLOCK_MONOTONIC; nil waits for ever.
    public func wait<Output>(untilMonotonic deadlineNanoseconds: UInt64? = nil, for body: (State) -> Output?) -> Output? {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        while true {
            if let output = body(state) { return output }
            guard let deadlineNanoseconds else {
                unsafe pthread_cond_wait(condition, mutex)
                continue
            }
            var deadline = timespec(
                tv_sec: Int(deadlineNanoseconds / 1_000_000_000), tv_nsec: Int(deadlineNanoseconds % 1_000_000_000))
            if unsafe pthread_cond_timedwait(condition, mutex, &deadline) == ETIMEDOUT { return body(state) }
        }
    }
}
