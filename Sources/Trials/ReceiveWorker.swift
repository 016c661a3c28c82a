import Frames
import Kernel
import Memory
import Metrics
import Ports

/// One receive thread from its ring to its last block.
struct ReceiveWorker: Sendable {
    let index: Int
    let seat: Placement.Seat
    let plan: TrialPlan
    let interfaceIndex: Int
    let namespace: NetworkNamespace
    let side: any ReceiveSide
    let check: FrameCheck
    let conductor: Conductor
    let streams: TrialStreams
    let received: CounterCell
    let slowest: CounterCell
    /// Nil at full speed.
    let pattern: ArrivalPattern?

    struct Outcome: Sendable {
        var result: WorkerResult
        var receivedFrames: UInt64 = 0
        var alteredFrames: UInt64 = 0
        var foreignFrames: UInt64 = 0
        var otherRunFrames: UInt64 = 0
        var staleFrames: UInt64 = 0
        var taggedFrames: UInt64 = 0
        var untaggedFrames: UInt64 = 0
        var mergedFrames: UInt64 = 0
        var unreadableMerges: UInt64 = 0
        var earlyStamps: UInt64 = 0
        /// Distinct frames, received or altered, by their length without FCS.
        var sizes: [Int: UInt64] = [:]
        /// Of a replay, frames without a signature, and their lengths; they are in no other count.
        var plainFrames: UInt64 = 0
        var plainSizes: [Int: UInt64] = [:]
        /// For each transmit worker, one more than the highest sequence number seen.
        var expected: [UInt64] = []
        var sequences = SequenceTally()
        var ringPackets: UInt64 = 0
        var malformedBatches: UInt64 = 0
        var firstNanoseconds: UInt64 = 0
        var lastNanoseconds: UInt64 = 0
        var path = LatencyDistribution()
        var unbatched = LatencyDistribution()
        var response = LatencyDistribution()
        var gaps = GapDistributions()
    }

    func start() throws(SystemError) -> WorkerThread<Outcome> {
        try WorkerThread(name: "vm-rx\(index)") {
            do {
                return try run()
            } catch {
                conductor.fail(error)
                throw error
            }
        }
    }

    private func run() throws -> Outcome {
        try Affinity.pinThisThread(toCPU: seat.cpu)
        try? Numa.preferMemory(onNode: seat.node)
        defer { Numa.useDefaultPolicy() }
        try namespace.enter()
        return try side.run(self)
    }

    /// All phases through one port.
    func run<Port: ReceivePort & ~Copyable>(
        _ port: inout Port, ringBytes: Int, ringNode: Int?
    ) throws -> Outcome {
        var frame = ReceivedFrame()
        let result = WorkerResult(
            role: .receive, index: index, cpu: seat.cpu, node: seat.node, ringNode: ringNode,
            ringBytes: ringBytes)
        if plan.load.warmupNanoseconds > 0 {
            _ = try read(.warmup, &port, &frame, result)
            conductor.arrive(.receive, .through(.warmup))
        }
        let outcome = try read(.window, &port, &frame, result)
        conductor.arrive(.receive, .through(.window))
        return outcome
    }

    /// One phase in fresh books: from its opening until told to stop and nothing is left.
    private func read<Port: ReceivePort & ~Copyable>(
        _ phase: Conductor.Phase, _ port: inout Port, _ frame: inout ReceivedFrame, _ template: WorkerResult
    ) throws -> Outcome {
        let workers = plan.transmit.workers
        let memory = try WorkerMemory(recorders: ReceiveBooks.recorders, streams: workers)
        var books = ReceiveBooks(memory, burstGapNanoseconds: plan.burstGapNanoseconds)
        // The socket counted from its first moment on, and the warm-up counted as well.
        _ = port.takeStatistics()
        conductor.arrive(.receive, .ready(phase))
        let opening = try conductor.await(phase)
        let paced = pattern.map { pattern in
            (0..<workers).map {
                PacedSchedule(
                    pattern, share: WorkerShare(workerIndex: $0, workerCount: workers), startNanoseconds: opening.startNanoseconds)
            }
        }
        let schedules = OwnedTable(paced ?? [])
        port.setRealtimeOffset(nanoseconds: opening.realtimeOffsetNanoseconds)
        let clock = PhaseClock()
        withExtendedLifetime(schedules) {
            let order = ReceiveOrder(
                check: check, phaseBits: streams.stream(phase, worker: 0).phaseBits, workers: workers,
                hasUnbatched: plan.load.packetRate == nil && plan.transmit.engine.abilities.sendsSomeAlone,
                schedules: pattern == nil ? nil : schedules.table,
                phase: phase.rawValue, stop: conductor.receiveStop, lastBatches: max(plan.receive.blocks, 1024),
                received: received, slowest: slowest)
            receiveLoop(&port, order, &books, &frame)
        }
        let times = clock.elapsed
        books.statistics.add(port.takeStatistics())
        for stream in 0..<workers { books.gaps.finish(&memory.tracks[stream]) }
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
        outcome.receivedFrames = books.receivedFrames
        outcome.alteredFrames = books.alteredFrames
        outcome.foreignFrames = books.foreignFrames
        outcome.otherRunFrames = books.otherRunFrames
        outcome.taggedFrames = books.taggedFrames
        outcome.untaggedFrames = books.untaggedFrames
        outcome.mergedFrames = books.mergedFrames
        outcome.unreadableMerges = books.unreadableMerges
        outcome.earlyStamps = books.earlyStamps
        for size in 0..<FrameSizeTable.count where books.sizes[size] > 0 { outcome.sizes[size] = books.sizes[size] }
        outcome.staleFrames = books.staleFrames
        outcome.firstNanoseconds = books.firstNanoseconds
        outcome.lastNanoseconds = books.lastNanoseconds
        for stream in 0..<plan.transmit.workers { outcome.sequences += memory.trackers[stream].tally }
        outcome.expected = (0..<plan.transmit.workers).map { memory.trackers[$0].expected }
        outcome.result.frames = outcome.receivedFrames
        outcome.path = LatencyDistribution(books.path)
        outcome.unbatched = LatencyDistribution(books.unbatched)
        outcome.response = LatencyDistribution(books.response)
        outcome.gaps = GapDistributions(books.gaps)
        return outcome
    }
}
