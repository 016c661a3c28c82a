import Kernel
import Reports
import Synchronization

/// The one way to standard output and standard error: every write is checked, and none can end the program by itself.
enum Terminal {
    /// Nobody reads standard output any more, as behind `| head`: an ordinary end.
    struct ReaderGone: Error {}

    /// Standard output takes no more.
    struct Failure: Error, CustomStringConvertible {
        let error: SystemError
        var description: String {
            error.number == ErrorNumber.badDescriptor
                ? "standard output is closed; leave it open, or send it to a file"
                : "standard output can't be written: \(error.reason); make room, or send it elsewhere"
        }
    }

    private struct State {
        var pending: [UInt8] = []
        var failure: SystemError?
        /// Whether what stands last on standard error is a whole line.
        var isErrorLineOpen = false
    }

    private static let state = Mutex(State())
    private static let isOutputTerminal = ProcessFacts.isTerminal(1)
    private static let isErrorTerminal = ProcessFacts.isTerminal(2)
    /// Lines into a pipe are gathered; `flush` brings them out.
    private static let pendingBytes = 65_536
    private static let isErrorASCII = TextStyle(isTerminal: isErrorTerminal).isASCII
    private static let clearing = "\r\u{1B}[K"

    /// How text for people looks on standard output.
    static var style: TextStyle { TextStyle(isTerminal: isOutputTerminal, columns: StandardStream.output.columns) }

    /// Text on standard output: at once on a terminal, else with what comes after it.
    ///
    /// - Throws: `ReaderGone`, `Failure`, also for what was printed before.
    static func print(_ text: String = "", terminator: String = "\n") throws {
        let isFull = state.withLock { state in
            state.pending += Array(text.utf8)
            state.pending += Array(terminator.utf8)
            return state.pending.count >= pendingBytes
        }
        if isFull || isOutputTerminal { try flush() }
    }

    /// Brings out what was printed so far.
    ///
    /// - Throws: `ReaderGone`, `Failure`.
    static func flush() throws {
        let failure = state.withLock { state in
            if state.failure == nil, !state.pending.isEmpty {
                // Both on one screen: a line of progress makes room for what is printed.
                if state.isErrorLineOpen, isOutputTerminal { write(clearing, &state) }
                do throws(SystemError) {
                    try StandardStream.output.write(state.pending)
                } catch {
                    state.failure = error
                }
            }
            state.pending.removeAll(keepingCapacity: true)
            return state.failure
        }
        guard let failure else { return }
        if failure.isReaderGone { throw ReaderGone() }
        throw Failure(error: failure)
    }

    /// A line on standard error, behind what was printed before it, on a line of its own. If it can't be written nobody is there to hear that.
    static func say(_ line: String) {
        // Kept for the next `print` to throw.
        try? flush()
        state.withLock { state in
            write((state.isErrorLineOpen ? clearing : "") + line + "\n", &state)
        }
    }

    /// Text on standard error as it is: progress, which rewrites its line.
    static func write(progress text: String) {
        state.withLock { write(text, &$0) }
    }

    private static func write(_ text: String, _ state: inout State) {
        guard !text.isEmpty else { return }
        state.isErrorLineOpen = isErrorTerminal && !text.hasSuffix("\n") && !text.hasSuffix(clearing)
        try? StandardStream.error.write(Array((isErrorASCII ? PlainSigns.text(text) : text).utf8))
    }
}
