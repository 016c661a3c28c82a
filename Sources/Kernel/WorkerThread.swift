import CLinux
import Glibc
import Synchronization

/// A thread with a name, perhaps pinned, that runs one body and hands its outcome to whoever joins.
///
/// Threads rather than tasks: CPU affinity, memory policy and the network namespace belong to a
/// kernel thread, and a task may wake up on another one.
public final class WorkerThread<Output: Sendable>: Sendable {
    private let handle: pthread_t
    private let outcome: OutcomeBox<Output>

    /// Starts at once.
    ///
    /// - Parameter cpu: the CPU to pin the thread to before `body` runs; nil leaves it free.
    /// - Throws: `SystemError` of `pthread_create`. Failing to pin is told by `join`.
    public init(
        name: String, cpu: Int? = nil, body: @escaping @Sendable () throws -> Output
    ) throws(SystemError) {
        let outcome = OutcomeBox<Output>()
        self.outcome = outcome
        let start = ThreadStart {
            cl_name_thread(name)
            if let cpu {
                let number = cl_pin_thread(Int32(cpu))
                guard number == 0 else {
                    outcome.set(.failure(SystemError(call: "sched_setaffinity", number: number)))
                    return
                }
            }
            outcome.set(Result { try body() })
        }
        let argument = Unmanaged.passRetained(start)
        var handle = pthread_t()
        let number = pthread_create(&handle, nil, threadMain, argument.toOpaque())
        guard number == 0 else {
            argument.release()
            throw SystemError(call: "pthread_create", number: number)
        }
        self.handle = handle
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
    guard let argument else { return nil }
    Unmanaged<ThreadStart>.fromOpaque(argument).takeRetainedValue().body()
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

/// CPU time that the calling thread has used, nanoseconds.
public struct ThreadTimes: Sendable {
    public var userNanoseconds: UInt64 = 0
    public var systemNanoseconds: UInt64 = 0

    public static var ofThisThread: ThreadTimes {
        var times = ThreadTimes()
        _ = cl_thread_times(&times.userNanoseconds, &times.systemNanoseconds)
        return times
    }
}
