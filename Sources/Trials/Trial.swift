import Engines
import Kernel
import Links
import Logging
import Metrics
import Plans
import Results
import Traffic

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
    /// Where the frames come from, if they are a file's.
    let replay: ReplaySource?
    /// Who receives, if that is another host.
    let remote: RemoteReceiver?

    let barrier: PhaseBarrier
    let streams: TrialStreams
    let sent: SharedCounters
    let received: SharedCounters
    /// The greatest path latency of each receiver in this phase, nanoseconds.
    let slowest: SharedCounters
    /// Sees every step of the wall clock in the phase that is going on.
    private var clock = ClockWatch()
    /// What the clock did in the window.
    private(set) var clockStepNanoseconds: Int64 = 0
    private(set) var clockTimesSet: UInt64 = 0
    /// Who else runs on this trial's CPUs.
    private(set) var neighbours: [Neighbour] = []
    /// How far its CPUs are from each other.
    private(set) var cores: CoreWatch
    private var watches: [LinkWatch] = []
    /// How frames leave and arrive: by the plan's names, or as whoever made the trial says.
    let transmitKind: any TransmitSide.Type
    let receiveKind: any ReceiveSide.Type
    /// From set-up on.
    private var transmitSide: (any TransmitSide)?
    private var receiveSide: (any ReceiveSide)?
    /// The trial's own thread's; no worker ever logs.
    let log = Logger(label: "vethmark.trial")
    /// Sent before the window.
    private(set) var warmupFrames: UInt64?
    /// When frames are due; nil at full speed. Schedules point into it, and are gone before it is.
    private let pattern: ArrivalPattern?
    /// The trial as it is seen from outside while it runs.
    public let gauge: TrialGauge
    /// How long a worker may take from one place to the next before it counts as stuck.
    var patienceNanoseconds: UInt64 = 10_000_000_000

    /// - Parameters:
    ///   - link: nil for the null engine only.
    ///   - placement: a seat for each worker of `plan`.
    ///   - index: counts the trials of a run from 0.
    ///   - serial: counts all trials over this link; frames of one are stale in the next.
    ///   - replay: a file that was started, whose frames are sent in place of the plan's.
    ///   - observe: called from the thread that runs the trial, once per interval and phase.
    public convenience init(
        plan: TrialPlan, link: LinkPair?, placement: Placement, templates: [FrameTemplate], index: Int, serial: Int? = nil,
        interrupts: Interrupts, replay: ReplaySource? = nil, observe: @escaping (TrialProgress) -> Void
    ) {
        self.init(
            plan: plan, link: link, placement: placement, templates: templates, index: index, serial: serial, interrupts: interrupts,
            replay: replay, remote: nil, observe: observe)
    }

    /// The same with a receiver on another host.
    ///
    /// - Parameter remote: made ready for this trial; the placement then has no seats for receivers.
    package convenience init(
        plan: TrialPlan, link: LinkPair?, placement: Placement, templates: [FrameTemplate], index: Int, serial: Int?,
        interrupts: Interrupts, replay: ReplaySource?, remote: RemoteReceiver?, observe: @escaping (TrialProgress) -> Void
    ) {
        self.init(
            plan: plan, link: link, placement: placement, templates: templates, index: index,
            streams: remote.map { TrialStreams(trial: serial ?? index, key: $0.key) } ?? TrialStreams(trial: serial ?? index),
            interrupts: interrupts, replay: replay, remote: remote, observe: observe)
    }

    /// The same with sides of one's own.
    ///
    /// - Parameter streams: whose frames they are; a process that plays two runs has two keys.
    init(
        plan: TrialPlan, link: LinkPair?, placement: Placement, templates: [FrameTemplate], index: Int, streams: TrialStreams,
        interrupts: Interrupts, transmitSide: (any TransmitSide.Type)? = nil, receiveSide: (any ReceiveSide.Type)? = nil,
        replay: ReplaySource? = nil, remote: RemoteReceiver? = nil, observe: @escaping (TrialProgress) -> Void
    ) {
        self.replay = replay
        self.remote = remote
        transmitKind = transmitSide ?? (replay == nil ? plan.transmit.engine.side : ReplayEngine.self)
        let countsFrames = plan.receive.receiver.abilities.countsFrames
        let kind = receiveSide ?? (replay == nil || !countsFrames ? plan.receive.receiver.side : ReplayReceiver.self)
        receiveKind = remote == nil ? kind : kind.remote
        self.plan = plan
        self.link = link
        self.placement = placement
        cores = CoreWatch(placement)
        self.templates = templates
        self.index = index
        self.interrupts = interrupts
        self.observe = observe
        barrier = PhaseBarrier(transmitters: placement.transmit.count, receivers: placement.receive.count)
        self.streams = streams
        pattern = plan.pattern
        sent = SharedCounters(count: placement.transmit.count)
        // An XDP program has no worker of ours, and a cell all the same.
        received = SharedCounters(count: max(placement.receive.count, 1))
        slowest = SharedCounters(count: max(placement.receive.count, 1))
        gauge = TrialGauge(plan: plan, placement: placement, trialIndex: index, sent: sent, received: received, slowest: slowest)
    }

    /// Runs the trial to its end and settles its book.
    ///
    /// - Returns: the result and what its reader must know.
    /// - Throws: what kept it from starting, or the failure of a worker; `Interrupted` on a second
    ///   Ctrl-C. All threads have ended by then.
    public func run() throws -> (result: TrialResult, warnings: [Warning]) {
        var crew = Crew()
        do {
            watches = try link.map { try [LinkWatch($0.transmit), LinkWatch($0.receive)] } ?? []
            neighbours = Neighbour.all(on: placement.allCPUs)
            try recruit(&crew)
            let early = try warmUp() ?? lossOfPath()
            if early == nil { cores.lookBefore() }
            let baseline = try CounterSnapshot(link, hasReceiver: remote == nil, isCut: early?.reason == .linkLost)
            var window = try measure(baseline, endedBy: early)
            window.drain = try drain(.window)
            // What was on the way then is nobody's loss but the cut's.
            if window.reason != .linkLost, let cut = lossOfPath(), cut.reason == .linkLost {
                (window.reason, window.event) = (cut.reason, cut.event.map { $0 + " before the last frames had come" })
            }
            window.intervals.addDrain(atNanoseconds: Clock.monotonicNanoseconds, received: receivedSoFar(baseline))
            noteClock()
            neighbours = Neighbour.all(on: placement.allCPUs, and: neighbours)
            let outcomes = try crew.join(untilMonotonic: Clock.monotonicNanoseconds + patienceNanoseconds)
            let leftovers = unplaceSoftirq()
            let arrivals = receiveSide?.arrivals(outcomes.receive)
            let after = try? CounterSnapshot(link, hasReceiver: remote == nil)
            cores.lookAfter()
            var settled = Settlement(
                trial: self, window: window, transmit: outcomes.transmit,
                receive: outcomes.receive.map(\.result) + (receiveSide?.outcome?.workers ?? []), arrivals: arrivals,
                elsewhere: receiveSide?.outcome, before: baseline, after: after
            ).settle()
            settled.warnings += leftovers
            return settled
        } catch {
            barrier.abandon()
            transmitSide?.requestStop()
            // A thread that is stuck in the kernel can't be waited for: it ends with the process.
            _ = try? crew.join(untilMonotonic: Clock.monotonicNanoseconds + Self.lastPatienceNanoseconds)
            _ = unplaceSoftirq()
            throw TrialError.explaining(barrier.failure ?? error, plan)
        }
    }

    /// Whether each frame leaves at a time of its own.
    var isTimed: Bool { plan.load.packetRate != nil || replay?.settings.timing.isTimed == true }

    // MARK: prepare

    /// Receivers first: no frame leaves before everybody who counts is listening.
    private func recruit(_ crew: inout Crew) throws {
        gauge.enter(.preparing)
        observe(progress(.preparing, elapsed: 0, total: nil))
        let first: TrialPhase = plan.load.warmupNanoseconds > 0 ? .warmup : .window
        let setup = SideSetup(
            plan: plan, link: link, placement: placement, templates: templates, trialIndex: index, replay: replay, remote: remote)
        let receiveSide = try receiveKind.init(for: setup)
        self.receiveSide = receiveSide
        // Behind the program: attaching it is what makes the queues' NAPI, and with it the threads.
        if let link, let softirq { try link.place(softirq) }
        let transmitSide = try transmitKind.init(for: setup)
        self.transmitSide = transmitSide
        if let link {
            for (index, seat) in placement.receive.enumerated() where remote == nil {
                crew.receivers.append(try receiver(index, seat, link, receiveSide).start())
                // One after the other: `fanout_demux_bpf` numbers sockets as they joined, and transmit worker n
                // is to be read by receive worker n, which sits on its node.
                guard try wait(for: index + 1, .receive, .ready(first)) else { throw TrialError.workerStuck("receive") }
            }
        }
        for (index, seat) in placement.transmit.enumerated() {
            crew.transmitters.append(try transmitter(index, seat, transmitSide).start())
        }
        guard try waitForAll(.transmit, .ready(first)) else { throw TrialError.workerStuck("transmit") }
        log.debug("\(crew.transmitters.count) transmitters and \(crew.receivers.count) receivers are ready")
    }

    private func transmitter(_ index: Int, _ seat: Placement.Seat, _ side: any TransmitSide) -> TransmitWorker {
        TransmitWorker(
            index: index, seat: seat, plan: plan, templates: templates,
            interfaceIndex: link?.transmit.link.index, namespace: link?.transmit.namespace,
            side: side, barrier: barrier, streams: streams, sent: sent.cell(index), pattern: pattern)
    }

    /// Where the plan wants the receiving softirq; nil leaves it with the senders.
    private var softirq: SoftirqPlacement? {
        guard remote == nil else { return nil }
        return switch plan.link.placement {
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

    /// What no worker publishes by itself.
    private func refreshCounts() {
        transmitSide?.publishCounts(to: sent)
        receiveSide?.publishCounts(to: received, slowest: slowest)
    }

    /// What came in since `baseline`. With receiver `none` nobody counts frames, and the receiving end's own counter has to do.
    private func receivedSoFar(_ baseline: CounterSnapshot) -> UInt64 {
        guard receiveKind.abilities.counting == .byTheLink else { return received.total }
        guard let before = baseline.receive, let now = try? link?.receive.current() else { return 0 }
        return (now.counters - before.counters).rxPackets
    }

    /// Some sit in a call that has to be ended from outside.
    private func stopTransmitters(_ phase: TrialPhase) {
        barrier.stopTransmitters(phase)
        transmitSide?.stop(phase)
    }

    private func receiver(_ index: Int, _ seat: Placement.Seat, _ link: LinkPair, _ side: any ReceiveSide) -> ReceiveWorker {
        ReceiveWorker(
            index: index, seat: seat, plan: plan, interfaceIndex: link.receive.link.index,
            namespace: link.receive.namespace, side: side, checks: plan.mix.checks,
            barrier: barrier, streams: streams, received: received.cell(index), slowest: slowest.cell(index),
            board: gauge.boards[index], pattern: pattern)
    }

    // MARK: phases

    /// Opens a phase for all at once, a moment from now: one clock offset, one start, no counts yet.
    private func open(_ phase: TrialPhase, durationNanoseconds: UInt64?) -> PhaseInputs {
        clock = ClockWatch()
        let monotonic = Clock.monotonicNanoseconds + leadNanoseconds
        let ahead = TimeNamespace.monotonicOffsetNanoseconds
        let start = UInt64(Int64(monotonic) - ahead + clock.offsetNanoseconds)
        let order = PhaseInputs(
            startNanoseconds: start, startMonotonicNanoseconds: monotonic, endNanoseconds: durationNanoseconds.map { start + $0 },
            realtimeOffsetNanoseconds: clock.offsetNanoseconds)
        receiveSide?.begin(
            epoch: streams.epoch(phase), key: streams.key, clockOffsetNanoseconds: clock.offsetNanoseconds, startNanoseconds: start)
        barrier.open(phase, order)
        return order
    }

    /// Time for all threads to see an opening before its start.
    private var leadNanoseconds: UInt64 { receiveKind.leadNanoseconds }
    /// How often the trial's thread looks up.
    private var tickNanoseconds: UInt64 { min(100_000_000, plan.run.intervalNanoseconds) }

    /// What is wrong with the path, or with whoever receives.
    private func lossOfPath() -> WindowEnd? {
        if let event = watches.compactMap({ $0.event() }).max() { return WindowEnd(reason: .linkLost, event: event.sentence) }
        return receiveSide?.ending.map { WindowEnd(reason: $0.reason, event: $0.event) }
    }

    /// A whole small trial in another epoch.
    ///
    /// - Returns: what ended the trial already.
    private func warmUp() throws -> WindowEnd? {
        guard plan.load.warmupNanoseconds > 0 else { return nil }
        let order = open(.warmup, durationNanoseconds: plan.load.warmupNanoseconds)
        let deadline = order.startMonotonicNanoseconds + plan.load.warmupNanoseconds
        gauge.enter(.warmingUp, at: order.startMonotonicNanoseconds, for: plan.load.warmupNanoseconds)
        observe(progress(.warmingUp, elapsed: 0, total: plan.load.warmupNanoseconds))
        var end: WindowEnd?
        while end == nil, Clock.monotonicNanoseconds < deadline {
            let tick = min(deadline, Clock.monotonicNanoseconds + tickNanoseconds)
            if try interrupts.wait(untilMonotonic: tick) { end = WindowEnd(reason: .interrupted) }
            if let loss = lossOfPath() { end = loss }
            if let failure = barrier.failure { throw failure }
        }
        _ = try drain(.warmup)
        refreshCounts()
        warmupFrames = sent.total
        for counters in [sent, received, slowest] {
            for cell in 0..<counters.count { counters.cell(cell).store(0) }
        }
        barrier.settle(.warmup)
        guard try waitForAll(.transmit, .ready(.window)) else { throw TrialError.workerStuck("transmit") }
        if link != nil {
            guard try waitForAll(.receive, .ready(.window)) else { throw TrialError.workerStuck("receive") }
        }
        return end
    }

    // MARK: measure

    struct WindowEnd {
        var reason: TrialResult.EndReason
        var event: String?
    }

    /// What the trial's thread saw of the window.
    struct Window {
        var startNanoseconds: UInt64
        var reason = TrialResult.EndReason.duration
        var event: String?
        var intervals: IntervalLog
        var pauses = PauseWatch()
        var drain = DrainRule.Verdict.over
    }

    /// - Parameter early: what ended the trial before its window: that is then over as soon as it is open.
    private func measure(_ baseline: CounterSnapshot, endedBy early: WindowEnd?) throws -> Window {
        let order = open(.window, durationNanoseconds: plan.load.durationNanoseconds)
        let origin = order.startMonotonicNanoseconds
        let deadline = plan.load.durationNanoseconds.map { origin + $0 }
        gauge.enter(.running, at: origin, for: plan.load.durationNanoseconds)
        var window = Window(startNanoseconds: order.startNanoseconds, intervals: IntervalLog(originNanoseconds: origin))
        while true {
            let now = Clock.monotonicNanoseconds
            refreshCounts()
            if gauge.wantsLinkCounter { gauge.noteReceived(receivedSoFar(baseline)) }
            clock.look()
            window.pauses.look(at: now, from: origin, sent: sent.total, untilMonotonic: deadline)
            if let deadline, now >= deadline { break }
            let nextLine = window.intervals.lastNanoseconds + plan.run.intervalNanoseconds
            if now >= nextLine {
                gauge.noteReceived(receivedSoFar(baseline))
                let line = window.intervals.add(atNanoseconds: now, sent: sent.total, received: receivedSoFar(baseline))
                observe(progress(.running, elapsed: now - origin, total: plan.load.durationNanoseconds, line))
            }
            if let end = try early ?? windowEnd(deadline, nextLine > now ? min(nextLine, now + tickNanoseconds) : now + tickNanoseconds) {
                window.reason = end.reason
                window.event = end.event
                break
            }
        }
        if window.reason == .duration, plan.load.packetRate != nil, let deadline {
            // The last frames may have fallen due a moment ago; the pacers end by themselves.
            _ = try barrier.waitForAll(.transmit, .through(.window), untilMonotonic: deadline + 2 * pacerGraceNanoseconds)
        }
        log.debug("the window ended by \(window.reason.rawValue)\(window.event.map { ": " + $0 } ?? "")")
        stopTransmitters(.window)
        guard try waitForAll(.transmit, .through(.window)) else { throw TrialError.workerStuck("transmit") }
        refreshCounts()
        _ = window.intervals.add(atNanoseconds: Clock.monotonicNanoseconds, sent: sent.total, received: receivedSoFar(baseline))
        return window
    }

    /// Waits until `tick` or the window's end, whichever comes first; nil for the former.
    private func windowEnd(_ deadline: UInt64?, _ tick: UInt64) throws -> WindowEnd? {
        if try interrupts.wait(untilMonotonic: min(deadline ?? .max, tick)) { return WindowEnd(reason: .interrupted) }
        if let loss = lossOfPath() { return loss }
        return try isOver(deadline) ? WindowEnd(reason: .count) : nil
    }

    /// Whether the window is over before its time: all frames of a counted run are out, or nobody can send
    /// any more. Pacers that have nothing left to send before the end don't end it.
    private func isOver(_ deadline: UInt64?) throws -> Bool {
        if let transmitSide, !transmitSide.endsAtLastFrame, let count = plan.load.frameCount, sent.total >= count { return true }
        guard try barrier.waitForAll(.transmit, .through(.window), untilMonotonic: 0) else { return false }
        return deadline == nil || replay != nil || barrier.hasStalled || sent.total >= plan.load.frameCount ?? .max
    }

    /// What the clock did in the window and its drain.
    private func noteClock() {
        clock.look()
        clockStepNanoseconds = clock.stepNanoseconds
        clockTimesSet = clock.timesSet
    }

    // MARK: wait

    /// The same for one that is in the way of the process's end.
    private static let lastPatienceNanoseconds: UInt64 = 1_000_000_000

    /// Waits for workers, with an ear for whoever wants an end at once.
    ///
    /// - Throws: a worker's failure; `Interrupted` on the second signal.
    private func wait(for wanted: Int, _ role: WorkerResult.Role, _ place: PhaseBarrier.Place) throws -> Bool {
        let deadline = Clock.monotonicNanoseconds + patienceNanoseconds
        while true {
            let now = Clock.monotonicNanoseconds
            if try barrier.wait(for: wanted, role, place, untilMonotonic: min(deadline, now + tickNanoseconds)) { return true }
            if now >= deadline { return false }
            try interrupts.pause(untilMonotonic: 0)
        }
    }

    private func waitForAll(_ role: WorkerResult.Role, _ place: PhaseBarrier.Place) throws -> Bool {
        try wait(for: role == .transmit ? placement.transmit.count : placement.receive.count, role, place)
    }

    // MARK: drain

    /// Transmitters stop, the link goes quiet, the rings run empty; then the receivers may go.
    private func drain(_ phase: TrialPhase) throws -> DrainRule.Verdict {
        stopTransmitters(phase)
        guard try waitForAll(.transmit, .through(phase)) else { throw TrialError.workerStuck("transmit") }
        guard link != nil else { return .over }
        gauge.enter(.draining)
        observe(progress(.draining, elapsed: 0, total: nil))
        let verdict = try waitForQuiet()
        log.debug("drained (\(verdict)): \(sent.total) sent, \(received.total) received")
        barrier.stopReceivers(phase)
        guard try waitForAll(.receive, .through(phase)) else { throw TrialError.workerStuck("receive") }
        receiveSide?.finish(phase)
        return verdict
    }

    private func waitForQuiet() throws -> DrainRule.Verdict {
        let start = Clock.monotonicNanoseconds
        let wasInterrupted = interrupts.isInterrupted
        var rule = DrainRule(retireMilliseconds: plan.receive.retireMilliseconds, startNanoseconds: start)
        var lastLine = start
        while true {
            try interrupts.pause(untilMonotonic: Clock.monotonicNanoseconds + 5_000_000)
            let now = Clock.monotonicNanoseconds
            refreshCounts()
            // Where nobody of ours counts, nothing is owed.
            let counted = receiveKind.abilities.counting != .byTheLink
            let verdict = rule.judge(
                at: now, sent: counted ? sent.total : 0, arrivals: counted ? received.total : 0,
                slowestNanoseconds: (0..<slowest.count).reduce(0) { max($0, slowest.value($1)) },
                isHurried: interrupts.isInterrupted && !wasInterrupted)
            if verdict != .goOn { return verdict }
            // Nobody will tell any more.
            if receiveSide?.ending?.reason == .peerLost { return .gaveUp }
            if now - lastLine >= plan.run.intervalNanoseconds {
                lastLine = now
                observe(progress(.draining, elapsed: now - start, total: nil))
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
            totalNanoseconds: total, interval: line, lostSoFar: out > arrived ? out - arrived : 0,
            noun: plan.pieceNoun)
    }
}

extension LinkWatch.Event {
    var sentence: String {
        switch self {
        case .noCarrier: "an end lost its carrier"
        case .down: "an end was switched off"
        case .deleted: "an end was deleted"
        }
    }
}

/// The threads of a trial.
struct Crew {
    var transmitters: [WorkerThread<TransmitWorker.Outcome>] = []
    var receivers: [WorkerThread<ReceiveWorker.Outcome>] = []

    /// Waits for all of them, whatever became of each.
    ///
    /// - Throws: the failure of one; `TrialError.workerStuck` if one hasn't ended by the deadline. It is then left behind.
    mutating func join(
        untilMonotonic deadline: UInt64
    ) throws -> (transmit: [TransmitWorker.Outcome], receive: [ReceiveWorker.Outcome]) {
        let transmit = transmitters.map { $0.join(untilMonotonic: deadline) }
        let receive = receivers.map { $0.join(untilMonotonic: deadline) }
        transmitters = []
        receivers = []
        return (
            try transmit.map { try ($0 ?? .failure(TrialError.workerStuck("transmit"))).get() },
            try receive.map { try ($0 ?? .failure(TrialError.workerStuck("receive"))).get() }
        )
    }
}
