import ArgumentParser
import Kernel
import Methods
import Plans
import Reports
import Synchronization
import Trials

/// The live screen of a command, drawn by a thread of its own: it reads what the trial's workers publish anyway, and never waits for them, nor they for it.
///
/// It draws four times a second, and after whatever changes the window. Ctrl-Z gives the terminal back, `fg` draws it anew; in the background nothing is drawn.
final class LiveView: Sendable {
    private struct Scene {
        var state: LiveState
        var gauge: TrialGauge?
        /// Of the trial; nil once the thread has made way for it.
        var takenCPUs: Set<Int>?
        var isOver = false
    }

    private let scene: Mutex<Scene>
    private static let periodNanoseconds: UInt64 = 250_000_000
    /// Looks between two at /proc/stat, whose ticks are 10 ms.
    private static let cpuPeriod = 4
    private static let mostNotes = 6

    /// Before the first thread, and behind all that needs a process of one.
    ///
    /// - Throws: `SystemError` of `signalfd(2)`, or of `pthread_create(3)`.
    init(_ state: LiveState) throws(SystemError) {
        scene = Mutex(Scene(state: state))
        let control = try JobControl()
        Terminal.openScreen()
        do throws(SystemError) {
            let box = ControlBox(control)
            _ = try WorkerThread(name: "vm-live") { [self] in run(box) }
        } catch {
            Terminal.closeScreen()
            throw error
        }
    }

    /// What is shown besides the trial that runs.
    func change(_ body: (inout LiveState) -> Void) { scene.withLock { body(&$0.state) } }

    /// A trial begins.
    func watch(_ gauge: TrialGauge) {
        scene.withLock { scene in
            scene.gauge = gauge
            let placement = gauge.placement
            scene.takenCPUs = Set(placement.transmit.map(\.cpu) + placement.receive.map(\.cpu) + (placement.softirqCPUs ?? []))
            scene.state.trial.begin()
            scene.state.show(gauge.plan)
        }
    }

    /// Gives the terminal back; what is said from now on stands on it. The thread ends by itself, soon.
    func close() {
        scene.withLock { $0.isOver = true }
        Terminal.closeScreen()
    }

    // MARK: the thread

    /// A closure can't own what can't be copied.
    private struct ControlBox: Sendable {
        private let storage: Storage
        private final class Storage: Sendable {
            let control: JobControl
            init(_ control: consuming JobControl) { self.control = control }
        }
        init(_ control: consuming JobControl) { storage = Storage(control) }
        func wait(untilMonotonic deadline: UInt64) -> JobControl.Event? { storage.control.wait(untilMonotonic: deadline) }
    }

    private func run(_ control: ControlBox) {
        let style = Terminal.screenStyle
        let topology = Topology.read()
        let usualCPUs = topology.allowedCPUs.filter { !topology.isolatedCPUs.contains($0) }
        var drawn: [String] = []
        var size = (columns: 0, rows: 0)
        var next = Clock.monotonicNanoseconds
        var looks = 0
        var hasStopped = false
        while true {
            let now = Clock.monotonicNanoseconds
            if now >= next {
                // Late ones are left out.
                next = max(next + Self.periodNanoseconds, now)
                guard look(at: now, countsCPUs: looks % Self.cpuPeriod == 0) else { return }
                makeWay(usualCPUs)
                looks += 1
            }
            if Terminal.showScreen(JobControl.isInForeground(of: StandardStream.error.rawValue)) { drawn = [] }
            let window = StandardStream.error.windowSize
            // A terminal that doesn't tell its size, as some serial ones.
            let current = window.map { $0.rows > 0 ? $0 : ($0.columns, 24) } ?? (80, 24)
            if current != size {
                size = current
                drawn = []
                Terminal.draw("\u{1B}[2J")
            }
            let lines = scene.withLock { scene in
                scene.state.notes = Terminal.waitingLines(Self.mostNotes)
                return LiveScreen.lines(scene.state, columns: size.columns, rows: size.rows, style: style)
            }
            Terminal.draw(Self.changes(from: drawn, to: lines))
            drawn = lines
            switch control.wait(untilMonotonic: next) {
            case .stop:
                Terminal.showScreen(false)
                JobControl.stop()
                drawn = []
                hasStopped = true
            case .goOn where hasStopped:
                // That of the stop, which was seen to already.
                hasStopped = false
            case .goOn:
                // Whoever stopped us without a word has used the screen since.
                Terminal.showScreen(false)
                drawn = []
            case .resized, nil: break
            }
        }
    }

    /// - Returns: false when it is over.
    private func look(at now: UInt64, countsCPUs: Bool) -> Bool {
        let times = countsCPUs ? KernelCounters.readTimes() : nil
        return scene.withLock { scene in
            if let gauge = scene.gauge { scene.state.trial.add(gauge.read(), at: now) }
            if let times { scene.state.look(at: times) }
            return !scene.isOver
        }
    }

    /// Off the trial's CPUs, where there are others.
    private func makeWay(_ usual: [Int]) {
        let taken = scene.withLock { scene in
            defer { scene.takenCPUs = nil }
            return scene.takenCPUs
        }
        guard let taken else { return }
        let free = usual.filter { !taken.contains($0) }
        try? Affinity.confineThisThread(toCPUs: free.isEmpty ? usual : free)
    }

    /// Lines that are others now, each in its place; the cursor rests in the corner, where what is typed does least harm.
    private static func changes(from old: [String], to new: [String]) -> String {
        var text = ""
        for row in 0..<max(old.count, new.count) {
            let line = row < new.count ? new[row] : ""
            guard row >= old.count || row >= new.count || old[row] != line || row == 0 else { continue }
            // Erased before it is written: behind a line as wide as the window the cursor stands on its last character.
            text += "\u{1B}[\(row + 1);1H\u{1B}[2K\(line)"
        }
        return text + "\u{1B}[H"
    }
}

/// Whether to draw a live screen in place of lines of progress.
struct LiveOption: ParsableArguments {
    @Flag(
        help:
            "Show rates, ledger, latency, workers and CPUs on the whole terminal while trials run; lines of progress where stderr is no terminal."
    )
    var live = false

    /// - Throws: `ValidationError`.
    func check(isQuiet: Bool) throws {
        guard !(live && isQuiet) else { throw ValidationError("--live and --quiet contradict each other; leave out one of them") }
    }

    /// Nil where it isn't asked for, or where there is no terminal to draw it on.
    ///
    /// - Parameter command: the command's name.
    /// - Throws: `SystemError`.
    func open(_ command: String) throws(SystemError) -> LiveView? {
        guard live, Terminal.hasScreen else { return nil }
        return try LiveView(LiveState(command: command))
    }
}
