import Kernel
import Memory
import Metrics
import Plans
import Ports
import Results
import Traffic

/// One receive thread from its ring to its last block.
package struct ReceiveWorker: Sendable {
    package let index: Int
    package let seat: Placement.Seat
    package let plan: TrialPlan
    package let interfaceIndex: Int
    package let namespace: NetworkNamespace
    package let side: any ReceiveSide
    /// Of each stream, and of other places where some have their signature.
    package let checks: [FrameCheck]
    package let barrier: PhaseBarrier
    package let streams: TrialStreams
    package let received: CounterCell
    package let slowest: CounterCell
    /// For whoever asks while frames come.
    package let board: ArrivalBoard
    /// Nil at full speed.
    package let pattern: ArrivalPattern?
    /// What turns receive times into another host's, whose frames these are (`ShiftedReceivePort`); nil where one clock is for both.
    package let clockShift: CounterCell?

    package struct Outcome: Sendable {
        package var result: WorkerResult
        package var counts = ArrivalCounts()
        /// Distinct frames, received or altered, by their length without FCS.
        package var sizes: [Int: UInt64] = [:]
        /// Of a replay, frames without a signature, and their lengths; they are in no other count.
        var plainFrames: UInt64 = 0
        var plainSizes: [Int: UInt64] = [:]
        /// For each transmit worker, one more than the highest sequence number seen.
        package var expected: [UInt64] = []
        var sequences = SequenceTally()
        var reordering = ReorderTally()
        var density = ReorderDensityTally()
        package var ringPackets: UInt64 = 0
        package var malformedBatches: UInt64 = 0
        package var firstNanoseconds: UInt64 = 0
        package var lastNanoseconds: UInt64 = 0
        package var path = LatencyDistribution()
        package var unbatched = LatencyDistribution()
        package var response = LatencyDistribution()
        /// Of `path`; nil where nobody asked.
        package var intervals: IntervalHistograms?
        package var gaps = GapDistributions()
        /// Empty where there is only one.
        package var streams: [StreamArrivals] = []
    }

    package func start() throws(SystemError) -> WorkerThread<Outcome> {
        try barrier.startWorker("vm-rx\(index)", on: seat, in: namespace) { try side.run(self) }
    }

    /// All phases through one port.
    package func run<Port: ReceivePort & ~Copyable>(
        _ port: inout Port, ringBytes: Int, ringNode: Int?
    ) throws -> Outcome {
        var frame = ReceivedFrame()
        let result = WorkerResult(
            role: .receive, index: index, cpu: seat.cpu, node: seat.node, ringNode: ringNode,
            ringBytes: ringBytes)
        if plan.load.warmupNanoseconds > 0 {
            _ = try read(.warmup, &port, &frame, result)
            barrier.arrive(.receive, .through(.warmup))
        }
        let outcome = try read(.window, &port, &frame, result)
        barrier.arrive(.receive, .through(.window))
        return outcome
    }

    /// One phase in fresh books: from its opening until told to stop and nothing is left.
    private func read<Port: ReceivePort & ~Copyable>(
        _ phase: TrialPhase, _ port: inout Port, _ frame: inout ReceivedFrame, _ template: WorkerResult
    ) throws -> Outcome {
        let workers = plan.transmit.workers
        let planStreams = plan.mix.streams.count
        let memory = try WorkerMemory(
            recorders: ReceiveBooks.recorders, streams: workers, planStreams: planStreams > 1 ? planStreams : 0,
            streamBurstGaps: planStreams > 1 && plan.mix.hasOwnPaces ? (0..<planStreams).map(plan.burstGapNanoseconds(ofStream:)) : [])
        var books = ReceiveBooks(
            memory, burstGapNanoseconds: plan.burstGapNanoseconds,
            intervalNanoseconds: phase == .window ? plan.run.intervalNanoseconds : nil)
        // The socket counted from its first moment on, and the warm-up counted as well.
        _ = port.takeStatistics()
        barrier.arrive(.receive, .ready(phase))
        let opening = try barrier.await(phase)
        books.intervals.begin(at: opening.startNanoseconds)
        // A merge of streams walks on as it is asked, by each worker's numbers.
        let patterns = pattern.map { pattern in (0..<workers).map { _ in pattern.separated() } } ?? []
        let schedules = OwnedTable(
            patterns.enumerated().map { worker, pattern in
                PacedSchedule(
                    pattern, share: WorkerShare(workerIndex: worker, workerCount: workers), startNanoseconds: opening.startNanoseconds)
            })
        port.setRealtimeOffset(nanoseconds: opening.realtimeOffsetNanoseconds)
        let clock = PhaseClock()
        let checks = OwnedTable(checks)
        withExtendedLifetime(schedules) {
            let order = ReceiveInstructions(
                checks: checks.table, phaseBits: streams.stream(phase, worker: 0).phaseBits, workers: workers,
                hasUnbatched: plan.load.packetRate == nil && plan.transmit.engine.abilities.sendsSomeAlone,
                schedules: pattern == nil ? nil : schedules.table,
                phase: phase.rawValue, stop: barrier.receiveStop, lastBatches: max(plan.receive.blocks, 1024),
                received: received, slowest: slowest, desk: board.desk)
            receiveLoop(&port, order, &books, &frame)
        }
        withExtendedLifetime(patterns) {}
        let times = clock.elapsed
        books.statistics.add(port.takeStatistics())
        books.intervals.finish(books.path)
        for stream in 0..<workers { books.gaps.finish(&memory.tracks[stream]) }
        for stream in 0..<memory.streamGaps.count { memory.streamGaps[stream].finish() }
        var outcome = outcome(of: books, memory, template)
        outcome.malformedBatches = port.malformedBatches
        outcome.result.take(times)
        return outcome
    }

    /// What the books of a phase come to.
    func outcome(of books: borrowing ReceiveBooks, _ memory: borrowing WorkerMemory, _ template: WorkerResult) -> Outcome {
        let statistics = books.statistics
        var outcome = Outcome(result: template)
        outcome.result.histogramNode = memory.node
        outcome.result.systemCalls = books.polls
        outcome.result.ringDrops = statistics.drops
        outcome.ringPackets = statistics.packets
        outcome.counts = books.counts
        for size in 0..<FrameSizeTable.count where books.sizes[size] > 0 { outcome.sizes[size] = books.sizes[size] }
        outcome.firstNanoseconds = books.firstNanoseconds
        outcome.lastNanoseconds = books.lastNanoseconds
        for stream in 0..<plan.transmit.workers {
            outcome.sequences += memory.trackers[stream].tally
            outcome.reordering += memory.trackers[stream].reorderTally
            outcome.density += memory.trackers[stream].finishDensity()
        }
        outcome.expected = (0..<plan.transmit.workers).map { memory.trackers[$0].expected }
        outcome.result.frames = outcome.counts.receivedFrames
        outcome.path = LatencyDistribution(books.path)
        outcome.unbatched = LatencyDistribution(books.unbatched)
        outcome.response = LatencyDistribution(books.response)
        outcome.intervals = IntervalHistograms(books.intervals)
        outcome.gaps = GapDistributions(books.gaps)
        if let streams = books.streams { outcome.streams = (0..<streams.count).map { StreamArrivals(streams[$0]) } }
        if let gaps = books.streamGaps {
            for stream in 0..<gaps.count { outcome.streams[stream].gaps = GapDistributions(gaps[stream].gaps) }
        }
        return outcome
    }

    package init(
        index: Int, seat: Placement.Seat, plan: TrialPlan, interfaceIndex: Int, namespace: NetworkNamespace, side: any ReceiveSide,
        checks: [FrameCheck], barrier: PhaseBarrier, streams: TrialStreams, received: CounterCell, slowest: CounterCell,
        board: ArrivalBoard, pattern: ArrivalPattern?, clockShift: CounterCell? = nil
    ) {
        self.index = index
        self.seat = seat
        self.plan = plan
        self.interfaceIndex = interfaceIndex
        self.namespace = namespace
        self.side = side
        self.checks = checks
        self.barrier = barrier
        self.streams = streams
        self.received = received
        self.slowest = slowest
        self.board = board
        self.pattern = pattern
        self.clockShift = clockShift
    }
}
