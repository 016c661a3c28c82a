import Kernel
import Metrics
import Plans
import Ports
import Results
import Traffic

/// One transmit thread from its first page to its last frame.
package struct TransmitWorker: Sendable {
    package let index: Int
    package let seat: Placement.Seat
    package let plan: TrialPlan
    package let templates: [FrameTemplate]
    /// Nil for the null engine.
    package let interfaceIndex: Int?
    package let namespace: NetworkNamespace?
    package let side: any TransmitSide
    package let barrier: PhaseBarrier
    package let streams: TrialStreams
    package let sent: CounterCell
    /// Nil at full speed.
    package let pattern: ArrivalPattern?

    /// What came out, handed over when the thread ends.
    package struct Outcome: Sendable {
        package var result: WorkerResult
        package var offeredFrames: UInt64
        package var notOfferedFrames: UInt64
        package var refusedFrames: UInt64
        package var sentFrames: UInt64
        /// Of the sent frames, without FCS.
        package var sentBytes: UInt64
        /// The same frames by stream and length.
        package var kinds: [FrameKind: UInt64]
        /// Mean time of one call, nanoseconds; nil where calls weren't timed.
        package var meanCallNanoseconds: Double?
        /// Time in which the loop slept of its own will.
        package var sleptNanoseconds: UInt64 = 0
        package var lastNanoseconds: UInt64
        /// When the first frame left, of engines whose first call takes long to get there; nil for the window's start.
        package var firstNanoseconds: UInt64?
        package var lag: LatencyDistribution
        /// Nil where they weren't measured: at full speed, and of frames that the kernel makes.
        package var departures: GapDistributions?
        /// Of each stream that has a pace of its own; empty where none has.
        package var streams: [StreamDepartures] = []
        /// `errno` that ended the loop, or 0.
        package var failure: Int32
    }

    package func start() throws(SystemError) -> WorkerThread<Outcome> {
        try barrier.startWorker("vm-tx\(index)", on: seat, in: namespace) { try side.run(self) }
    }

    /// Of a port that keeps frames in slots.
    ///
    /// - Throws: `TrialError.engineNeedsLink`.
    var ringSettings: RingTransmitPort.Settings {
        get throws {
            guard let interfaceIndex else { throw TrialError.engineNeedsLink(plan.transmit.engine) }
            return RingTransmitPort.Settings(
                interfaceIndex: interfaceIndex, minimumSlots: plan.transmit.ringSlots, linear: plan.transmit.layout == .linear,
                qdiscBypass: plan.transmit.qdiscBypass)
        }
    }

    /// All phases through one port.
    package func run<Port: TransmitPort & ~Copyable>(
        _ port: inout Port, ringBytes: Int, ringNode: Int?
    ) throws -> Outcome {
        let mix = plan.mix
        guard mix.isPatched else {
            var filler = SignatureFiller()
            return try run(&port, &filler, ringBytes: ringBytes, ringNode: ringNode)
        }
        // The plan has its addresses by now.
        let program = try plan.program(transmitAddress: nil, receiveAddress: nil)
        guard mix.isSeveral else {
            var filler = FramePatcher(program.parts[0].program)
            return try run(&port, &filler, ringBytes: ringBytes, ringNode: ringNode)
        }
        var filler = StreamFiller(program)
        return try run(&port, &filler, ringBytes: ringBytes, ringNode: ringNode)
    }

    private func run<Port: TransmitPort & ~Copyable, Filler: FrameFiller & ~Copyable>(
        _ port: inout Port, _ filler: inout Filler, ringBytes: Int, ringNode: Int?
    ) throws -> Outcome {
        let memory = try WorkerMemory(recorders: PacingBook.recorders, streams: 0)
        var book = PacingBook(memory, burstGapNanoseconds: plan.burstGapNanoseconds)
        var result = WorkerResult(
            role: .transmit, index: index, cpu: seat.cpu, node: seat.node, ringNode: ringNode,
            histogramNode: memory.node, ringBytes: ringBytes)
        if plan.load.warmupNanoseconds > 0 {
            _ = try send(.warmup, &port, &filler, &book)
            barrier.arrive(.transmit, .through(.warmup))
            book.reset()
        }
        let base = port.completedFrames
        let bytesBase = port.completedBytes
        let segmentedBase = port.segmentedFrames
        let callsBase = port.systemCalls
        let first = port.nextTemplate
        let phase = try send(.window, &port, &filler, &book)
        book.departures.finish(&book.last)
        result.frames = port.completedFrames - base
        result.segmentedFrames = plan.transmit.segments == nil || plan.sendsSuperframes ? nil : port.segmentedFrames - segmentedBase
        result.systemCalls = port.systemCalls - callsBase
        result.retries = phase.tally.retries
        result.take(phase.times)
        let outcome = Outcome(
            result: result, offeredFrames: phase.tally.filledFrames + phase.notOffered,
            notOfferedFrames: phase.notOffered, refusedFrames: phase.refused, sentFrames: result.frames,
            sentBytes: port.completedBytes - bytesBase,
            kinds: FrameSchedule.counts(
                of: templates, frames: result.frames, from: first, runFrames: plan.transmit.runFrames ?? 1),
            meanCallNanoseconds: phase.tally.timedCalls > 0 ? Double(phase.tally.callNanoseconds) / Double(phase.tally.timedCalls) : nil,
            sleptNanoseconds: phase.tally.sleptNanoseconds, lastNanoseconds: phase.endedAt,
            lag: LatencyDistribution(book.lag), departures: pattern == nil ? nil : GapDistributions(book.departures),
            failure: phase.tally.failure)
        barrier.arrive(.transmit, .through(.window))
        return outcome
    }

    struct Sending {
        package var tally = TransmitTally()
        package var notOffered: UInt64 = 0
        package var refused: UInt64 = 0
        var endedAt: UInt64 = 0
        package var times = PhaseTimes()
    }

    /// One phase: waits for its start, runs the loop that fits, and clears the ring.
    func send<Port: TransmitPort & ~Copyable, Filler: FrameFiller & ~Copyable>(
        _ phase: TrialPhase, _ port: inout Port, _ filler: inout Filler, _ book: inout PacingBook
    ) throws -> Sending {
        barrier.arrive(.transmit, .ready(phase))
        let order = try barrier.await(phase)
        let instructions = instructions(phase, completedBefore: port.completedFrames)
        var sending = Sending()
        Clock.sleep(exactlyUntilMonotonic: order.startMonotonicNanoseconds)
        let clock = PhaseClock()
        if let pattern {
            let schedule = PacedSchedule(pattern, share: share, startNanoseconds: order.startNanoseconds)
            pacedTransmitLoop(
                &port, &filler, instructions, schedule, endNanoseconds: order.endNanoseconds ?? .max, &book, &sending.tally)
            finish(phase, &port, schedule, order, quota: instructions.quota, &sending)
        } else {
            transmitLoop(&port, &filler, instructions, &sending.tally)
            sending.refused = finishTransmitting(&port, &sending.tally)
        }
        filler.resume(at: port.nextTemplate, refused: sending.refused)
        if sending.tally.failure != 0 { barrier.reportStall() }
        sent.store(port.completedFrames &- instructions.completedBefore)
        sending.times = clock.elapsed
        sending.endedAt = port.realtimeNanoseconds
        return sending
    }

    var share: WorkerShare { WorkerShare(workerIndex: index, workerCount: plan.transmit.workers) }

    /// What a phase's loop may not change.
    func instructions(_ phase: TrialPhase, completedBefore: UInt64) -> TransmitInstructions {
        let quota = phase == .window ? plan.load.frameCount.map(share.frames(ofTotal:)) ?? .max : .max
        return TransmitInstructions(
            stream: streams.stream(phase, worker: index), quota: quota,
            batchFrames: plan.transmit.batchFrames, phase: phase.rawValue, stop: barrier.transmitStop, sent: sent,
            completedBefore: completedBefore, sampling: plan.run.sampling)
    }

    /// Behind a paced loop: clears the ring, and finds what was due and not offered.
    func finish<Port: TransmitPort & ~Copyable>(
        _ phase: TrialPhase, _ port: inout Port, _ schedule: PacedSchedule, _ order: PhaseInputs, quota: UInt64, _ sending: inout Sending
    ) {
        // What fell due behind a stop was nobody's to send: the loop's last look counts, not the ring's end.
        let isStopped = barrier.transmitStop.load() >= phase.rawValue && port.realtimeNanoseconds < order.endNanoseconds ?? .max
        let ended = min(order.endNanoseconds ?? .max, isStopped ? sending.tally.lookedNanoseconds &+ 1 : port.realtimeNanoseconds)
        sending.refused = finishTransmitting(&port, &sending.tally)
        let due = min(quota, schedule.framesDue(at: ended &- 1))
        sending.notOffered = due > sending.tally.filledFrames ? due - sending.tally.filledFrames : 0
    }

    package init(
        index: Int, seat: Placement.Seat, plan: TrialPlan, templates: [FrameTemplate], interfaceIndex: Int?, namespace: NetworkNamespace?,
        side: any TransmitSide, barrier: PhaseBarrier, streams: TrialStreams, sent: CounterCell, pattern: ArrivalPattern?
    ) {
        self.index = index
        self.seat = seat
        self.plan = plan
        self.templates = templates
        self.interfaceIndex = interfaceIndex
        self.namespace = namespace
        self.side = side
        self.barrier = barrier
        self.streams = streams
        self.sent = sent
        self.pattern = pattern
    }
}
