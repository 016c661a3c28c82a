import CLinux
import Glibc

/// A program that runs beside us: the leader of a process group of its own, in the network namespace of one's choice.
///
/// A thread of its own starts it, waits for it, and lives as long as it does: the kernel kills the program when that thread is gone, so also when we
/// are killed. It stays a zombie until `reap`, so that its number is nobody else's meanwhile.
public final class ChildProcess: Sendable {
    // Unsafe: strings and structs are lent to the C library for the call alone, and it writes no more than they hold.

    /// How it ended, and what it used: `wait4(2)`.
    public struct Outcome: Equatable, Sendable {
        /// What it returned; nil if a signal ended it.
        public var exitCode: Int32?
        public var signal: Int32?
        /// Of its children as well, as far as it waited for them.
        public var userNanoseconds: UInt64
        public var systemNanoseconds: UInt64
    }

    private struct State {
        var identifier: Int32 = 0
        var failure: SystemError?
        var endedAtNanoseconds: UInt64?
        var mayBeReaped = false
    }

    private let state: Monitor<State>
    private let thread: WorkerThread<Outcome>
    /// Its process number, which is its group's too.
    public let identifier: Int32

    /// - Parameters:
    ///   - path: the program's file; it is not looked for.
    ///   - arguments: from `argv[0]` on.
    ///   - namespace: nil leaves it in the caller's.
    ///   - cpus: where it may run; nil leaves it where the caller may.
    ///   - output: files for what it prints, made or emptied.
    /// - Throws: `SystemError` of `open(2)`, `setns(2)`, `sched_setaffinity(2)`, `fork(2)` or `execve(2)`.
    public init(
        path: String, arguments: [String], in namespace: NetworkNamespace?, cpus: [Int]? = nil, output: String, errors: String
    ) throws(SystemError) {
        let flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC
        let output = Descriptor(owning: try systemCall("open \(output)") { unsafe open(output, flags, 0o644) })
        let errors = Descriptor(owning: try systemCall("open \(errors)") { unsafe open(errors, flags, 0o644) })
        let (outputRaw, errorsRaw) = (output.raw, errors.raw)
        let state = Monitor(State())
        self.state = state
        thread = try WorkerThread(name: "child") {
            let identifier: Int32
            do throws(SystemError) {
                try namespace?.enter()
                if let cpus { try Affinity.confineThisThread(toCPUs: cpus) }
                identifier = try Self.spawn(path, arguments, outputRaw, errorsRaw)
            } catch {
                state.change { $0.failure = error }
                throw error
            }
            state.change { $0.identifier = identifier }
            var information = unsafe siginfo_t()
            while unsafe waitid(P_PID, id_t(identifier), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
            state.change { $0.endedAtNanoseconds = Clock.realtimeNanoseconds }
            _ = state.wait { $0.mayBeReaped ? true : nil }
            // Whoever is left of the group, while its number is still taken.
            kill(-identifier, SIGKILL)
            return try Self.wait(for: identifier)
        }
        let started = state.wait { $0.identifier != 0 || $0.failure != nil ? $0 : nil }
        if let failure = started?.failure {
            _ = thread.join()
            throw failure
        }
        identifier = started?.identifier ?? 0
        // Held until the child has its own.
        _ = (output.raw, errors.raw)
    }

    private static func spawn(_ path: String, _ arguments: [String], _ output: Int32, _ errors: Int32) throws(SystemError) -> Int32 {
        // Copies of ours, which the child has until it runs another program, and a nil behind the last, as execve(2) wants it.
        var words = unsafe arguments.map { unsafe strdup($0) }
        unsafe words.append(nil)
        defer { unsafe words.forEach { unsafe free($0) } }
        let result = unsafe cl_spawn(path, &words, output, errors)
        guard result > 0 else { throw SystemError(call: "execve \(path)", number: -result) }
        return result
    }

    private static func wait(for identifier: Int32) throws(SystemError) -> Outcome {
        var status: Int32 = 0
        var usage = rusage()
        try systemCall("wait4") { unsafe wait4(identifier, &status, 0, &usage) }
        func nanoseconds(_ time: timeval) -> UInt64 { UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_usec) * 1_000 }
        // WIFEXITED and its like are macros: the lower seven bits hold the signal, the next byte the code.
        let signal = status & 0x7F
        return Outcome(
            exitCode: signal == 0 ? status >> 8 & 0xFF : nil, signal: signal == 0 ? nil : signal,
            userNanoseconds: nanoseconds(usage.ru_utime), systemNanoseconds: nanoseconds(usage.ru_stime))
    }

    /// When it ended, CLOCK_REALTIME; nil while it runs.
    public var endedAtNanoseconds: UInt64? { state.read { $0.endedAtNanoseconds } }
    public var isRunning: Bool { endedAtNanoseconds == nil }

    /// Sends a signal to its whole group. Not to be called after `reap`.
    public func send(_ signal: Signal) {
        // A leader that has made itself a session has left the group.
        if kill(-identifier, signal.number) != 0 { kill(identifier, signal.number) }
    }

    public enum Signal: Sendable {
        case interrupt, terminate, kill

        var number: Int32 {
            switch self {
            case .interrupt: SIGINT
            case .terminate: SIGTERM
            case .kill: SIGKILL
            }
        }
    }

    /// Kills what is left of it and of its group, and takes its last word; call it once.
    ///
    /// - Throws: `SystemError` of `wait4(2)`.
    public func reap() throws -> Outcome {
        if isRunning { send(.kill) }
        state.change { $0.mayBeReaped = true }
        return try thread.join().get()
    }
}

extension ChildProcess {
    /// From now on descendants of ours whose parents have ended become our children (PR_SET_CHILD_SUBREAPER), and so don't get lost.
    ///
    /// - Throws: `SystemError` of `prctl(2)`.
    public static func adoptOrphans() throws(SystemError) {
        let number = cl_adopt_orphans()
        if number != 0 { throw SystemError(call: "prctl", number: number) }
    }

    /// Kills the children of ours that are in a namespace: orphans that left their group.
    ///
    /// - Returns: how many they were.
    public static func killOrphans(in namespace: NetworkNamespace) -> Int {
        var killed: Set<Int32> = []
        // One that dies may leave another.
        for _ in 0..<20 {
            let orphans = ProcessTable.all().filter {
                $0.parent == getpid() && NamespaceIdentity(path: "/proc/\($0.identifier)/ns/net") == namespace.identity
            }
            if orphans.isEmpty { break }
            for orphan in orphans {
                kill(orphan.identifier, SIGKILL)
                killed.insert(orphan.identifier)
                waitpid(orphan.identifier, nil, 0)
            }
        }
        return killed.count
    }
}
