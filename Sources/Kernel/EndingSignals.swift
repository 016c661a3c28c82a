import CLinux
import Glibc

/// The signals that end a process that does nothing about them (signal(7): "Term", and those of "Core" that others send on purpose).
///
/// Faults of our own (SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS) aren't among them: blocked, they would end the process all the
/// same (`force_sig`), and without a word. SIGKILL can't be caught.
public enum EndingSignals {
    /// Those that are to be taken from a `signalfd`: all but the ones that whoever started us had ignored, such as SIGHUP under nohup(1).
    ///
    /// SIGINT and SIGQUIT are taken all the same: a shell without job control ignores them for everything behind an `&`, and a `kill -INT`
    /// of such a run means what it says. SIGTERM and SIGPIPE too: many a parent ignores the latter for itself and passes that on.
    static var taken: [Int32] { all.filter { always.contains($0) || cl_is_ignored($0) == 0 } }

    static var all: [Int32] {
        [
            SIGHUP, SIGINT, SIGQUIT, SIGABRT, SIGUSR1, SIGUSR2, SIGPIPE, SIGALRM, SIGTERM, SIGSTKFLT, SIGXCPU, SIGXFSZ, SIGVTALRM, SIGPROF,
            SIGPOLL, SIGPWR
        ] + (__libc_current_sigrtmin()...__libc_current_sigrtmax())
    }

    private static let always: Set<Int32> = [SIGINT, SIGQUIT, SIGTERM, SIGPIPE]

    /// What somebody at a terminal, or a supervisor, sends again when it doesn't end fast enough.
    public static func isInsistent(_ signal: Int32) -> Bool { [SIGINT, SIGQUIT, SIGTERM].contains(signal) }
}
