import Frames
import Kernel
import Links
import Logging
import Metrics
import Ports
import XDP

/// One trial: one link, one traffic plan, one engine pair, one duration, one closed ledger.
///
/// `run` is the only place where threads, rings and counters come together. It reads from the top:
/// prepare, warm up, take the baseline, measure, drain, settle the book.
public final class Trial {
    let plan: TrialPlan
    let link: LinkPair?
    let placement: Placement
    let templates: [FrameTemplate]
    let index: Int
    let interrupts: Interrupts
    let observe: (TrialProgress) -> Void

    let conductor: Conductor
    let epochs: TrialEpochs
    let sent: SharedCounters
    let received: SharedCounters
    private var watches: [LinkWatch] = []
    /// One for each transmit worker of the `xdp` engine.
    private var generators: [LiveGenerator] = []
    /// The `xdp` receiver.
    private var counter: CountingReceiver?
    /// What feeds the sockets of the `af-xdp` receiver.
    private var redirect: SocketRedirect?
    /// The conductor's; no worker ever logs.
    let log = Logger(label: "vethmark.trial")

    /// - Parameters:
    ///   - link: nil for the null engine only.
    ///   - placement: a seat for each worker of `plan`.
    ///   - index: counts the trials of a run from 0; frames of one are stale in the next.
    ///   - observe: called from the thread that runs the trial, once per interval and phase.
    public init(
        plan: TrialPlan, link: LinkPair?, placement: Placement, templates: [FrameTemplate], index: Int,
        interrupts: Interrupts, observe: @escaping (TrialProgress) -> Void
    ) {
        self.plan = plan
        self.link = link
        self.placement = placement
        self.templates = templates
        self.index = index
        self.interrupts = interrupts
        self.observe = observe
        conductor = Conductor(transmitters: placement.transmit.count, receivers: placement.receive.count)
        epochs = TrialEpochs(trial: index)
        sent = SharedCounters(count: placement.transmit.count)
        // An XDP program has no worker of ours, and a cell all the same.
        received = SharedCounters(count: max(placement.receive.count, 1))
    }

    /// Runs the trial to its end and settles its book.
    ///
    /// - Returns: the result and what its reader must know.
    /// - Throws: what kept it from starting, or the failure of a worker; `Interrupted` on a second
    ///   Ctrl-C. All threads have ended by then.
    public func run() throws -> (result: TrialResult, warnings: [Warning]) {
        var crew = Crew()
        do {
            try recruit(&crew)
            try warmUp()
            let baseline = try CounterSnapshot(link)
            watches = try link.map { try [LinkWatch($0.transmit), LinkWatch($0.receive)] } ?? []
            let window = try measure()
            try drain(.window)
            let outcomes = try crew.join()
            let leftovers = unplaceSoftirq()
            let report = counter?.report()
            let after = try? CounterSnapshot(link)
            var settled = Settlement(
                trial: self, window: window, transmit: outcomes.transmit, receive: outcomes.receive, counter: report,
                before: baseline, after: after
            ).settle()
            settled.warnings += leftovers
            return settled
        } catch {
            conductor.abandon()
            for generator in generators { generator.stop() }
            _ = try? crew.join()
            _ = unplaceSoftirq()
            throw TrialError.explaining(conductor.failure ?? error, plan)
        }
    }

    // MARK: prepare

    /// Receivers first: no frame leaves before everybody who counts is listening.
    private func recruit(_ crew: inout Crew) throws {
        observe(progress(.preparing, elapsed: 0, total: nil))
        let first: Conductor.Phase = plan.load.warmupNanoseconds > 0 ? .warmup : .window
        if let link {
            try preparePrograms(link)
            for (index, seat) in placement.receive.enumerated() {
                crew.receivers.append(try receiver(index, seat, link).start())
                // One after the other: `fanout_demux_bpf` numbers sockets as they joined, and transmit worker n
                // is to be read by receive worker n, which sits on its node.
                _ = try conductor.wait(for: index + 1, .receive, .ready(first))
            }
        }
        for (index, seat) in placement.transmit.enumerated() {
            crew.transmitters.append(try transmitter(index, seat).start())
        }
        _ = try conductor.waitForAll(.transmit, .ready(first))
        log.debug("\(crew.transmitters.count) transmitters and \(crew.receivers.count) receivers are ready")
    }

    private func transmitter(_ index: Int, _ seat: Placement.Seat) -> TransmitWorker {
        TransmitWorker(
            index: index, seat: seat, plan: plan, templates: templates,
            interfaceIndex: link?.transmit.link.index, namespace: link?.transmit.namespace,
            live: generators.isEmpty ? nil : generators[index], conductor: conductor, epochs: epochs, sent: sent.cell(index))
    }

    /// Loads what runs in the kernel, receiver first.
    private func preparePrograms(_ link: LinkPair) throws {
        let seats = placement.transmit
        if plan.receive.receiver == .xdp {
            counter = try CountingReceiver(
                interfaceIndex: link.receive.link.index, in: link.receive.namespace, mode: xdpMode,
                signatureOffset: Int(templates[0].stampPoint.signatureOffset), workers: seats.count,
                foreignAction: plan.receive.foreign == .drop ? .drop : .pass, node: seats.first?.node)
        }
        if plan.receive.receiver == .afXDP {
            redirect = try SocketRedirect(interfaceIndex: link.receive.link.index, in: link.receive.namespace, mode: xdpMode)
        }
        // Behind the program: attaching it is what makes the queues' NAPI, and with it the threads.
        if let softirq { try link.place(softirq) }
        guard plan.transmit.engine == .xdp else { return }
        generators = try seats.map { seat in
            try LiveGenerator(
                templates: templates, interfaceIndex: link.transmit.link.index, isPaced: plan.load.packetRate != nil, node: seat.node)
        }
    }

    private var xdpMode: XDPAttachment.Mode { plan.receive.xdpMode == .generic ? .generic : .native }

    /// Where the plan wants the receiving softirq; nil leaves it with the senders.
    private var softirq: SoftirqPlacement? {
        switch plan.link.placement {
        case .splitSoftirq: .steering(cpus: placement.softirqCPUs ?? [])
        case .napiThread: .threads(cpus: placement.softirqCPUs ?? [])
        default: nil
        }
    }

    /// Gives the receiving softirq back, while the programs are still there.
    private func unplaceSoftirq() -> [Warning] {
        do {
            try link?.unplace()
            return []
        } catch {
            return [
                Warning(
                    code: "not-restored", message: "the receiving softirq could not be moved back: \(error)",
                    remedy: "look at `vethmark link show -d` of the receiving end")
            ]
        }
    }

    /// What programs in the kernel count is published for whoever watches; workers in user space do it themselves.
    private func refreshCounts() {
        for (index, generator) in generators.enumerated() { sent.cell(index).store(generator.madeFrames) }
        guard let counter else { return }
        received.cell(0).store(placement.transmit.indices.reduce(0) { $0 + counter.receivedFrames(worker: $1) })
    }

    /// Generators sit in a call that has to be ended from outside.
    private func stopTransmitters(_ phase: Conductor.Phase) {
        conductor.stopTransmitters(phase)
        for generator in generators { generator.stop() }
    }

    private func receiver(_ index: Int, _ seat: Placement.Seat, _ link: LinkPair) -> ReceiveWorker {
        let signatureOffset = Int(templates[0].stampPoint.signatureOffset)
        let fanout =
            placement.receive.count < 2
            ? nil
            : RingReceivePort.Settings.Fanout(
                group: UInt16(truncatingIfNeeded: ProcessFacts.identifier &* 31 &+ Int32(self.index)),
                signatureOffsetBytes: signatureOffset, stripsOneTag: !plan.frame.vlans.isEmpty)
        return ReceiveWorker(
            index: index, seat: seat, plan: plan, interfaceIndex: link.receive.link.index,
            namespace: link.receive.namespace, fanout: fanout, redirect: redirect, signatureOffset: signatureOffset,
            conductor: conductor, epochs: epochs, received: received.cell(index))
    }

    // MARK: warm up

    private func warmUp() throws {
        guard plan.load.warmupNanoseconds > 0 else { return }
        let start = Clock.realtimeNanoseconds + leadNanoseconds
        counter?.restart(epoch: epochs.epoch(.warmup), earliestNanoseconds: start)
        conductor.open(.warmup, .init(startNanoseconds: start, endNanoseconds: start + plan.load.warmupNanoseconds))
        let deadline = Clock.monotonicNanoseconds + leadNanoseconds + plan.load.warmupNanoseconds
        observe(progress(.warmingUp, elapsed: 0, total: plan.load.warmupNanoseconds))
        while Clock.monotonicNanoseconds < deadline {
            let tick = min(deadline, Clock.monotonicNanoseconds + tickNanoseconds)
            if try interrupts.wait(untilMonotonic: tick) { break }
            if let failure = conductor.failure { throw failure }
        }
        try drain(.warmup)
        for cell in 0..<sent.count { sent.cell(cell).store(0) }
        for cell in 0..<received.count { received.cell(cell).store(0) }
        _ = try conductor.waitForAll(.transmit, .ready(.window))
        if link != nil { _ = try conductor.waitForAll(.receive, .ready(.window)) }
    }

    /// Time for all threads to see an opening before its start.
    private var leadNanoseconds: UInt64 { 5_000_000 }
    /// How often the conductor looks up.
    private var tickNanoseconds: UInt64 { min(100_000_000, plan.run.intervalNanoseconds) }

    // MARK: measure

    /// What the conductor saw of the window.
    struct Window {
        var startNanoseconds: UInt64
        var reason: TrialResult.EndReason
        var event: String?
        var intervals: [IntervalResult]
    }

    private func measure() throws -> Window {
        let start = Clock.realtimeNanoseconds + leadNanoseconds
        let end = plan.load.durationNanoseconds.map { start + $0 }
        let origin = Clock.monotonicNanoseconds + leadNanoseconds
        let deadline = plan.load.durationNanoseconds.map { origin + $0 }
        counter?.restart(epoch: epochs.epoch(.window), earliestNanoseconds: start)
        conductor.open(.window, .init(startNanoseconds: start, endNanoseconds: end))
        var window = Window(startNanoseconds: start, reason: .duration, event: nil, intervals: [])
        var record = IntervalLog(originNanoseconds: origin)
        while true {
            let now = Clock.monotonicNanoseconds
            if let deadline, now >= deadline { break }
            refreshCounts()
            let nextLine = record.lastNanoseconds + plan.run.intervalNanoseconds
            if now >= nextLine {
                let line = record.add(atNanoseconds: now, sent: sent.total, received: received.total)
                observe(progress(.running, elapsed: now - origin, total: plan.load.durationNanoseconds, line))
            }
            let tick = min(deadline ?? .max, min(nextLine > now ? nextLine : now + tickNanoseconds, now + tickNanoseconds))
            if try interrupts.wait(untilMonotonic: tick) {
                window.reason = .interrupted
                break
            }
            if let event = watches.compactMap({ $0.event() }).max() {
                window.reason = .linkLost
                window.event = event.sentence
                break
            }
            if try isOver(deadline) {
                window.reason = .count
                break
            }
        }
        if window.reason == .duration, plan.load.packetRate != nil, let deadline {
            // The last frames may have fallen due a moment ago; the pacers end by themselves.
            _ = try conductor.waitForAll(.transmit, .through(.window), untilMonotonic: deadline + 2 * pacerGraceNanoseconds)
        }
        log.debug("the window ended by \(window.reason.rawValue)\(window.event.map { ": " + $0 } ?? "")")
        stopTransmitters(.window)
        guard try waitForTransmitters(.window) else { throw TrialError.workerStuck("transmit") }
        refreshCounts()
        _ = record.add(atNanoseconds: Clock.monotonicNanoseconds, sent: sent.total, received: received.total)
        window.intervals = record.lines
        return window
    }

    /// Whether the window is over before its time: all frames of a counted run are out, or nobody can send
    /// any more. Pacers that have nothing left to send before the end don't end it.
    private func isOver(_ deadline: UInt64?) throws -> Bool {
        // A paced program doesn't end by itself when it has made its last frame.
        if !generators.isEmpty, plan.load.packetRate != nil, let count = plan.load.frameCount, sent.total >= count { return true }
        guard try conductor.waitForAll(.transmit, .through(.window), untilMonotonic: 0) else { return false }
        return deadline == nil || conductor.hasStalled || sent.total >= plan.load.frameCount ?? .max
    }

    private func waitForTransmitters(_ phase: Conductor.Phase) throws -> Bool {
        try conductor.waitForAll(
            .transmit, .through(phase), untilMonotonic: Clock.monotonicNanoseconds + 10_000_000_000)
    }

    // MARK: drain

    /// Transmitters stop, the link goes quiet, the rings run empty; then the receivers may go.
    private func drain(_ phase: Conductor.Phase) throws {
        stopTransmitters(phase)
        guard try waitForTransmitters(phase) else { throw TrialError.workerStuck("transmit") }
        guard link != nil else { return }
        observe(progress(.draining, elapsed: 0, total: nil))
        try waitForQuiet()
        log.debug("drained: \(sent.total) sent, \(received.total) received")
        conductor.stopReceivers(phase)
        let deadline = Clock.monotonicNanoseconds + 10_000_000_000
        guard try conductor.waitForAll(.receive, .through(phase), untilMonotonic: deadline) else {
            throw TrialError.workerStuck("receive")
        }
    }

    /// Until nothing new has come for twice the time in which a block retires by itself (late timers
    /// counted in), or the longest drain is over.
    private func waitForQuiet() throws {
        let quietNanoseconds = UInt64(plan.receive.retireMilliseconds) * 2_000_000 + 20_000_000
        let deadline = Clock.monotonicNanoseconds + 3_000_000_000
        var last = (count: received.total, at: Clock.monotonicNanoseconds)
        while Clock.monotonicNanoseconds < deadline {
            try interrupts.pause(untilMonotonic: Clock.monotonicNanoseconds + 5_000_000)
            let now = Clock.monotonicNanoseconds
            refreshCounts()
            let count = received.total
            if count != last.count {
                last = (count, now)
            } else if now - last.at >= quietNanoseconds {
                return
            }
        }
    }

    private func progress(
        _ phase: TrialProgress.Phase, elapsed: UInt64, total: UInt64?, _ line: IntervalResult? = nil
    ) -> TrialProgress {
        let out = sent.total
        let arrived = received.total
        return TrialProgress(
            phase: phase, trialIndex: index, trialCount: plan.run.repeats, elapsedNanoseconds: elapsed,
            totalNanoseconds: total, interval: line, lostSoFar: out > arrived ? out - arrived : 0)
    }
}

extension LinkWatch.Event {
    fileprivate var sentence: String {
        switch self {
        case .noCarrier: "an end lost its carrier"
        case .down: "an end was switched off"
        case .deleted: "an end was deleted"
        }
    }
}

/// The threads of a trial.
private struct Crew {
    var transmitters: [WorkerThread<TransmitWorker.Outcome>] = []
    var receivers: [WorkerThread<ReceiveWorker.Outcome>] = []

    /// Waits for all of them, whatever became of each.
    mutating func join() throws -> (transmit: [TransmitWorker.Outcome], receive: [ReceiveWorker.Outcome]) {
        let transmit = transmitters.map { $0.join() }
        let receive = receivers.map { $0.join() }
        transmitters = []
        receivers = []
        return (try transmit.map { try $0.get() }, try receive.map { try $0.get() })
    }
}

/// Lines of live progress, one per interval.
private struct IntervalLog {
    let originNanoseconds: UInt64
    private(set) var lines: [IntervalResult] = []
    private(set) var lastNanoseconds: UInt64
    private var last: (sent: UInt64, received: UInt64) = (0, 0)

    init(originNanoseconds: UInt64) {
        self.originNanoseconds = originNanoseconds
        lastNanoseconds = originNanoseconds
    }

    mutating func add(atNanoseconds time: UInt64, sent: UInt64, received: UInt64) -> IntervalResult {
        // An interrupt may end the window before its start.
        let now = max(time, lastNanoseconds)
        let seconds = Double(max(now &- lastNanoseconds, 1)) / 1e9
        let line = IntervalResult(
            startNanoseconds: lastNanoseconds &- originNanoseconds, endNanoseconds: now &- originNanoseconds,
            sent: sent &- last.sent, received: received &- last.received,
            txPps: Double(sent &- last.sent) / seconds, rxPps: Double(received &- last.received) / seconds)
        lines.append(line)
        lastNanoseconds = now
        last = (sent, received)
        return line
    }
}

/// Which epoch the frames of a phase carry: each trial and its warm-up have their own, so that a
/// frame that comes too late is seen as stale, and never counted in another's book.
struct TrialEpochs: Sendable {
    private let trial: Int

    init(trial: Int) { self.trial = trial }

    func epoch(_ phase: Conductor.Phase) -> UInt8 {
        // 0 is nobody's: zeroed memory is no frame of ours.
        UInt8(1 + (trial * 2 + (phase == .warmup ? 0 : 1)) % 255)
    }
}
