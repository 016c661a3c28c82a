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
        /// Nil while nobody owns the whole screen.
        var screen: Screen?
    }

    /// A screen of our own, the terminal's other one: what others have to say waits for its end.
    private struct Screen {
        /// Of standard output, if it is a terminal as well.
        var output: [UInt8] = []
        /// Of standard error.
        var lines: [String] = []
        /// False while the process is stopped or in the background.
        var isShown = false
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
        let failure = state.withLock { state -> SystemError? in
            if state.failure == nil, !state.pending.isEmpty {
                // Both on one screen: a line of progress makes room for what is printed.
                if state.isErrorLineOpen, isOutputTerminal { write(clearing, &state) }
                if isOutputTerminal, state.screen != nil {
                    state.screen?.output += state.pending
                    state.pending.removeAll(keepingCapacity: true)
                    return nil
                }
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
            guard state.screen == nil else {
                state.screen?.lines.append(line)
                return
            }
            write((state.isErrorLineOpen ? clearing : "") + line + "\n", &state)
        }
    }

    /// Text on standard error as it is: progress, which rewrites its line.
    static func write(progress text: String) {
        state.withLock { if $0.screen == nil { write(text, &$0) } }
    }

    // MARK: a screen of our own

    /// The other screen, cursor hidden, no line goes on in the next one.
    private static let entering = "\u{1B}[?1049h\u{1B}[?25l\u{1B}[?7l\u{1B}[2J"
    private static let leaving = "\u{1B}[?7h\u{1B}[?25h\u{1B}[?1049l"

    /// Whether standard error can show one: a terminal that obeys escape sequences.
    static var hasScreen: Bool { isErrorTerminal && ProcessFacts.environment("TERM").map { $0 != "dumb" } ?? false }

    /// How text looks on it.
    static var screenStyle: TextStyle { TextStyle(isTerminal: isErrorTerminal) }

    /// From now on until `closeScreen` lines for people are kept, and the screen is `draw`'s alone.
    static func openScreen() {
        try? flush()
        state.withLock { state in
            guard state.screen == nil else { return }
            if state.isErrorLineOpen { write(clearing, &state) }
            state.screen = Screen()
        }
    }

    /// Shows or hides the open screen.
    ///
    /// - Returns: whether it is another one than before, and empty.
    @discardableResult
    static func showScreen(_ isShown: Bool) -> Bool {
        state.withLock { state in
            guard let screen = state.screen, screen.isShown != isShown else { return false }
            state.screen?.isShown = isShown
            if isShown { JobControl.setFarewell(leaving) }
            write(isShown ? entering : leaving, &state)
            if !isShown { JobControl.setFarewell("") }
            return true
        }
    }

    /// Text on the screen; nothing where it isn't shown.
    static func draw(_ text: String) {
        state.withLock { state in
            if state.screen?.isShown == true { write(text, &state) }
        }
    }

    /// Lines that wait for the screen's end, the last of them.
    static func waitingLines(_ most: Int) -> [String] { state.withLock { ($0.screen?.lines ?? []).suffix(most).map { $0 } } }

    /// Gives the terminal back as it was, with what was said meanwhile.
    static func closeScreen() {
        state.withLock { state in
            guard let screen = state.screen else { return }
            if screen.isShown {
                write(leaving, &state)
                JobControl.setFarewell("")
            }
            state.screen = nil
            state.isErrorLineOpen = false
            for line in screen.lines { write(line + "\n", &state) }
            state.pending = screen.output + state.pending
        }
        try? flush()
    }

    private static func write(_ text: String, _ state: inout State) {
        guard !text.isEmpty else { return }
        state.isErrorLineOpen = isErrorTerminal && !text.hasSuffix("\n") && !text.hasSuffix(clearing)
        try? StandardStream.error.write(Array((isErrorASCII ? PlainSigns.text(text) : text).utf8))
    }
}
