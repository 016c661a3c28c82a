import Control
import Engines
import Kernel
import Links
import Logging
import Metrics
import Plans
import Results

/// The receive half of a trial, led by the rank that sends: the same receiver, workers and phases as in `Trial`, with the other rank's words in place of
/// the trial's own thread.
///
/// `run` reads from the top: recruit, make ready, warm up, measure, hand over. Every wait has an end: the channel loses a silent peer by itself, and
/// one that is alive but stuck is given up on.
package final class Reception {
    private let plan: TrialPlan
    private let link: LinkPair
    private let placement: Placement
    private let order: RemoteOrder
    private let rank: FollowRank
    private let interrupts: Interrupts
    /// How far the clock that the channel reads is ahead of CLOCK_REALTIME: a clock that is played.
    private let ahead: @Sendable () -> Int64

    private let barrier: PhaseBarrier
    private let received: SharedCounters
    private let slowest: SharedCounters
    private let boards: [ArrivalBoard]
    /// What turns our receive times into the sender's; nil where both have one clock.
    private let shift: SharedCounters?
    private var clock = ClockKeeper()
    private var watch = ClockWatch()
    private var watches: [LinkWatch] = []
    /// What happened to the link; nil where nothing did.
    private var cut: String?
    private var neighbours: [Neighbour] = []
    private var side: (any ReceiveSide)?
    private let log = Logger(label: "vethmark.reception")
    /// Which phase is going on, in words.
    package private(set) var phase = "while it made ready"

    /// For workers to come to their places.
    private static let patienceNanoseconds: UInt64 = 60_000_000_000
    /// How often the sender hears what came.
    private static let tickNanoseconds: UInt64 = 20_000_000
    /// How often its clock is asked in a phase, and how often in a row.
    private static let clockPeriodNanoseconds: UInt64 = 100_000_000
    private static let fewQuestions = 3
    private static let manyQuestions = 16

    /// - Parameters:
    ///   - plan: with all addresses.
    ///   - link: of which only the receiving end counts.
    ///   - placement: a seat for each receive worker.
    ///   - rank: which has heard the order.
    package init(
        plan: TrialPlan, link: LinkPair, placement: Placement, order: RemoteOrder, rank: FollowRank, interrupts: Interrupts,
        ahead: @escaping @Sendable () -> Int64 = { 0 }
    ) {
        (self.plan, self.link, self.placement, self.order, self.rank) = (plan, link, placement, order, rank)
        (self.interrupts, self.ahead) = (interrupts, ahead)
        barrier = PhaseBarrier(transmitters: 0, receivers: placement.receive.count)
        received = SharedCounters(count: max(placement.receive.count, 1))
        slowest = SharedCounters(count: max(placement.receive.count, 1))
        boards = placement.receive.map { _ in ArrivalBoard() }
        let isOneClock = !rank.channel.peer.bootID.isEmpty && rank.channel.peer.bootID == ProcessFacts.bootIdentifier
        shift = isOneClock ? nil : SharedCounters(count: 1)
    }

    /// Frames of the phase so far.
    package var receivedSoFar: UInt64 { received.total }

    /// From the order to the book's being handed over.
    ///
    /// - Parameter ready: what the sender is to know before it begins.
    /// - Throws: what ended it: `ControlError`, a worker's failure, `Interrupted`. All threads have ended by then.
    package func run(_ ready: ReceiverReady) throws {
        var crew = Crew()
        do {
            watches = [try LinkWatch(link.receive)]
            neighbours = Neighbour.all(on: placement.allCPUs)
            try recruit(&crew)
            try askClock(Self.manyQuestions)
            if plan.load.warmupNanoseconds > 0 {
                try rank.ready(ControlBody.encode(ready, of: .ready))
                try receive(.warmup)
                for counters in [received, slowest] {
                    for cell in 0..<counters.count { counters.cell(cell).store(0) }
                }
                try waitForAll(.ready(.window))
            }
            lookAtLink()
            let before = try CounterSnapshot(link, hasSender: false, isCut: cut != nil)
            if plan.load.warmupNanoseconds > 0 {
                try drained(.warmup)
            } else {
                try rank.ready(ControlBody.encode(ready, of: .ready))
            }
            let start = now
            try receive(.window)
            phase = "handing over the book"
            try askClock(Self.manyQuestions)
            watch.look()
            neighbours = Neighbour.all(on: placement.allCPUs, and: neighbours)
            let outcomes = try crew.join(untilMonotonic: Clock.monotonicNanoseconds + Self.patienceNanoseconds).receive
            // An end that is gone has no counters any more.
            let after = (try? CounterSnapshot(link, hasSender: false)) ?? before
            let outcome = self.outcome(outcomes, before, after, from: start)
            try drained(.window)
            _ = try next(.outcome)
            try rank.outcome(ControlBody.encode(outcome, of: .outcome))
        } catch {
            barrier.abandon()
            _ = try? crew.join(untilMonotonic: Clock.monotonicNanoseconds + 1_000_000_000)
            throw barrier.failure ?? error
        }
    }

    private func recruit(_ crew: inout Crew) throws {
        let setup = SideSetup(plan: plan, link: link, placement: placement, templates: [], trialIndex: order.index)
        let side = try plan.receive.receiver.side.init(for: setup)
        self.side = side
        let pattern = plan.pattern
        for (index, seat) in placement.receive.enumerated() {
            let worker = ReceiveWorker(
                index: index, seat: seat, plan: plan, interfaceIndex: link.receive.link.index, namespace: link.receive.namespace,
                side: side, checks: plan.mix.checks, barrier: barrier, streams: order.streams, received: received.cell(index),
                slowest: slowest.cell(index), board: boards[index], pattern: pattern, clockShift: shift?.cell(0))
            crew.receivers.append(try worker.start())
            // As in `Trial`: sockets of a fanout are numbered as they joined.
            let first: TrialPhase = plan.load.warmupNanoseconds > 0 ? .warmup : .window
            let deadline = Clock.monotonicNanoseconds + Self.patienceNanoseconds
            guard try barrier.wait(for: index + 1, .receive, .ready(first), untilMonotonic: deadline) else {
                throw TrialError.workerStuck("receive")
            }
        }
        log.debug("\(crew.receivers.count) receivers are ready")
    }

    // MARK: a phase

    private func receive(_ phase: TrialPhase) throws {
        self.phase = phase == .warmup ? "in the warm-up" : "in the window"
        rank.limitOpen(toNanoseconds: longest(phase))
        let opening: PhaseOpening = try next(.open).decoded()
        guard opening.phase == phase.rawValue else { throw ControlError.outOfTurn(.open, .ready) }
        watch = ClockWatch()
        clock.begin()
        side?.begin(
            epoch: order.streams.epoch(phase), key: order.key, clockOffsetNanoseconds: watch.offsetNanoseconds,
            startNanoseconds: opening.startNanoseconds)
        barrier.open(
            phase,
            PhaseInputs(
                startNanoseconds: opening.startNanoseconds, startMonotonicNanoseconds: Clock.monotonicNanoseconds,
                realtimeOffsetNanoseconds: watch.offsetNanoseconds))
        try tellCounts(phase)
        barrier.stopReceivers(phase)
        try waitForAll(.through(phase))
        side?.publishCounts(to: received, slowest: slowest)
        log.debug("the phase is over: \(received.total) received")
    }

    /// Until the sender says that nothing comes any more.
    private func tellCounts(_ phase: TrialPhase) throws {
        var lastQuestions = Clock.monotonicNanoseconds
        var end: (reason: TrialResult.EndReason, event: String?)?
        while true {
            let now = Clock.monotonicNanoseconds
            if let message = try rank.duty(untilMonotonic: now + Self.tickNanoseconds) {
                let stop = try expect(.stop, message)
                let ending: PhaseEnding = try stop.decoded()
                guard ending.phase == phase.rawValue else { throw ControlError.outOfTurn(.stop, .open) }
                return
            }
            if let failure = barrier.failure { throw failure }
            watch.look()
            setShift()
            side?.publishCounts(to: received, slowest: slowest)
            if try interrupts.wait(untilMonotonic: 0), end == nil { end = (.interrupted, nil) }
            lookAtLink()
            if let cut { end = (.linkLost, cut) }
            let greatest = (0..<slowest.count).reduce(0) { max($0, slowest.value($1)) }
            let counts = CountsSoFar(
                phase: phase.rawValue, received: received.total, slowest: greatest, end: end?.reason, event: end?.event)
            try rank.counts(ControlBody.encode(counts, of: .counts))
            if now - lastQuestions >= Self.clockPeriodNanoseconds {
                lastQuestions = now
                try askClock(Self.fewQuestions)
            }
        }
    }

    private func lookAtLink() {
        if let event = watches.compactMap({ $0.event() }).max() { cut = event.sentence }
    }

    /// How long a phase may last, drain included; nil for one until Ctrl-C, or until its frames are out.
    private func longest(_ phase: TrialPhase) -> UInt64? {
        let planned = phase == .warmup ? plan.load.warmupNanoseconds : plan.load.durationNanoseconds
        return planned.map { $0 + DrainRule.longestNanoseconds + Self.patienceNanoseconds }
    }

    private func waitForAll(_ place: PhaseBarrier.Place) throws {
        let deadline = Clock.monotonicNanoseconds + Self.patienceNanoseconds
        guard try barrier.waitForAll(.receive, place, untilMonotonic: deadline) else { throw TrialError.workerStuck("receive") }
    }

    // MARK: words

    private func drained(_ phase: TrialPhase) throws {
        try rank.drained(ControlBody.encode(PhaseEnding(phase: phase.rawValue), of: .drained))
    }

    /// The sender's next word, which has to be this one.
    private func next(_ verb: ControlVerb) throws -> ControlMessage {
        while true {
            if let message = try rank.duty(untilMonotonic: Clock.monotonicNanoseconds + 5 * Self.tickNanoseconds) {
                return try expect(verb, message)
            }
            // The first signal is the sender's to act on, once a phase is open.
            _ = try interrupts.wait(untilMonotonic: 0)
            if let failure = barrier.failure { throw failure }
        }
    }

    private func expect(_ verb: ControlVerb, _ message: ControlMessage) throws -> ControlMessage {
        guard message.verb == verb else { throw ControlError.outOfTurn(message.verb, rank.phase) }
        return message
    }

    // MARK: the clock

    /// By the clock that the channel reads.
    private var now: Int64 { Int64(bitPattern: Clock.realtimeNanoseconds) + ahead() }

    /// Measures how far the sender's clock is ahead, and has receive times follow.
    private func askClock(_ questions: Int) throws {
        guard shift != nil else { return }
        var exchanges: [ClockExchange] = []
        for _ in 0..<questions {
            let deadline = Clock.monotonicNanoseconds + Self.clockPeriodNanoseconds
            if let exchange = try rank.channel.askClock(untilMonotonic: deadline) { exchanges.append(exchange) }
        }
        if let measurement = ClockOffset(exchanges) { clock.add(measurement) }
        setShift()
    }

    private func setShift() {
        guard let shift, let offset = clock.offset(at: now) else { return }
        shift.cell(0).store(UInt64(bitPattern: ahead() + offset))
    }

    // MARK: the book

    private func outcome(
        _ workers: [ReceiveWorker.Outcome], _ before: CounterSnapshot, _ after: CounterSnapshot, from start: Int64
    ) -> ReceiverOutcome {
        let (first, last) = (before.receive, after.receive)
        return ReceiverOutcome(
            arrivals: side?.arrivals(workers) ?? Arrivals(),
            workers: workers.map { worker in
                var result = worker.result
                result.host = HostName.current
                return result
            },
            link: first.flatMap { first in last.map { $0.counters - first.counters } } ?? LinkCounters(),
            carrierChanges: first.flatMap { first in last.map { UInt64($0.carrierChanges &- first.carrierChanges) } } ?? 0,
            ethtool: CounterSnapshot.moved("rx/", before.receiveEthtool, after.receiveEthtool),
            host: HostEvidence(
                cpus: CPUEvidence.differences(from: before.kernel, to: after.kernel), clockStepNanoseconds: watch.stepNanoseconds,
                clockTimesSet: watch.timesSet,
                throttledNanoseconds: after.throttledNanoseconds &- min(before.throttledNanoseconds, after.throttledNanoseconds),
                neighbours: neighbours.map(\.processIdentifier), residentBytes: MachineFacts.residentPeakBytes),
            // Nothing was asked where nothing was heard: then nobody knows, and says so.
            clock: shift == nil
                ? ClockAgreement(method: .sameKernel)
                : clock.agreement(from: start, to: now) ?? ClockAgreement(method: .exchange, errorNanoseconds: .max))
    }
}

extension ReceiverReady {
    /// - Throws: `LinkError` if the end is gone; `TrialError.notEthernet` if it has no address.
    package init(_ end: LinkEnd, _ reference: InterfaceReference, seats: [Placement.Seat], warnings: [Warning]) throws {
        guard let address = try end.current().address else { throw TrialError.notEthernet(reference) }
        self.init(
            address: address, link: LinkConditions(end),
            host: HostConditions(
                name: HostName.current, kernelRelease: MachineFacts.kernelRelease, architecture: MachineFacts.architecture,
                cpuModel: MachineFacts.cpuModel),
            seats: seats, warnings: warnings)
    }
}
