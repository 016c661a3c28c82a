import CLinux
import Glibc
import Synchronization

/// A thread with a name that runs one body and hands its outcome to whoever joins.
///
/// Threads rather than tasks: CPU affinity, memory policy and the network namespace belong to a
/// kernel thread, and a task may wake up on another one.
public final class WorkerThread<Output: Sendable>: Sendable {
    // Unsafe: the start is retained for the thread, which releases it; nobody does if there is no thread. A handle is joined or detached
    // once.

    private let handle: pthread_t
    private let outcome: OutcomeBox<Output>

    /// Starts at once.
    ///
    /// - Throws: `SystemError` of `pthread_create`.
    public init(name: String, body: @escaping @Sendable () throws -> Output) throws(SystemError) {
        let outcome = OutcomeBox<Output>()
        self.outcome = outcome
        let start = ThreadStart {
            unsafe cl_name_thread(name)
            outcome.set(Result { try body() })
        }
        let argument = unsafe Unmanaged.passRetained(start)
        var handle = pthread_t()
        let number = unsafe pthread_create(&handle, nil, threadMain, argument.toOpaque())
        guard number == 0 else {
            unsafe argument.release()
            throw SystemError(call: "pthread_create", number: number)
        }
        self.handle = handle
    }

    /// Waits for the end until CLOCK_MONOTONIC reaches the deadline; nil if it hasn't come by then: the thread then goes on by itself,
    /// and nobody waits for it any more.
    public func join(untilMonotonic deadlineNanoseconds: UInt64) -> Result<Output, any Error>? {
        while !isFinished {
            guard Clock.monotonicNanoseconds < deadlineNanoseconds else {
                pthread_detach(handle)
                return nil
            }
            Clock.sleep(nanoseconds: 500_000)
        }
        return join()
    }

    /// Waits for the end; call it once.
    public func join() -> Result<Output, any Error> {
        pthread_join(handle, nil)
        return outcome.take()
    }

    /// Whether the body has come to its end, in one way or the other.
    public var isFinished: Bool { outcome.isSet }
}

private func threadMain(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    // Unsafe: the argument is what `init` retained for this call alone.

    guard let argument = unsafe argument else { return nil }
    unsafe Unmanaged<ThreadStart>.fromOpaque(argument).takeRetainedValue().body()
    return nil
}

private final class ThreadStart: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}

private final class OutcomeBox<Output: Sendable>: Sendable {
    private let value = Mutex<Result<Output, any Error>?>(nil)

    func set(_ outcome: Result<Output, any Error>) { value.withLock { $0 = outcome } }

    var isSet: Bool { value.withLock { $0 != nil } }

    func take() -> Result<Output, any Error> {
        value.withLock { $0 } ?? .failure(SystemError(call: "pthread_join", number: ESRCH))
    }
}

/// Where threads run.
public enum Affinity {
    // Unsafe: strings and structs are lent to the C library for the call alone, and it writes no more than they hold.

    /// Pins another thread, one of the kernel's for instance, to one CPU.
    ///
    /// - Throws: `SystemError` of `sched_setaffinity(2)`: ESRCH if it is gone, EPERM without CAP_SYS_NICE.
    public static func pin(thread: Int32, toCPU cpu: Int) throws(SystemError) {
        let number = cl_pin_other_thread(thread, Int32(clamping: cpu))
        if number != 0 { throw SystemError(call: "sched_setaffinity", number: number) }
    }

    /// Lets the calling thread, and programs that it starts, run on these CPUs only.
    ///
    /// - Throws: `SystemError` of `sched_setaffinity(2)`: EINVAL if none of them is there and allowed.
    public static func confineThisThread(toCPUs cpus: [Int]) throws(SystemError) {
        let numbers = cpus.map { Int32(clamping: $0) }
        let number = unsafe cl_confine_thread(numbers, Int32(numbers.count))
        if number != 0 { throw SystemError(call: "sched_setaffinity", number: number) }
    }

    /// The CPU that the calling thread is on, this moment.
    public static var currentCPU: Int { Int(cl_current_cpu()) }

    /// Pins the calling thread to one CPU.
    ///
    /// - Throws: `SystemError` of `sched_setaffinity(2)`: EINVAL for a CPU that isn't there or not allowed.
    public static func pinThisThread(toCPU cpu: Int) throws(SystemError) {
        let number = cl_pin_thread(Int32(clamping: cpu))
        if number != 0 { throw SystemError(call: "sched_setaffinity", number: number) }
    }
}

/// CPU time that the calling thread has used, nanoseconds.
public struct ThreadTimes: Sendable {
    // Unsafe: strings and structs are lent to the C library for the call alone, and it writes no more than they hold.

    public var userNanoseconds: UInt64 = 0
    public var systemNanoseconds: UInt64 = 0

    public static var ofThisThread: ThreadTimes {
        var times = ThreadTimes()
        _ = unsafe cl_thread_times(&times.userNanoseconds, &times.systemNanoseconds)
        return times
    }
}
