import Frames
import Kernel
import Memory
import Metrics
import Plans
import Ports
import Results
import Traffic

/// Counts what comes of a replayed file: frames with a signature one by one, others by their number alone.
package struct ReplayReceiver: ReceiveSide {
    package static let abilities = RingReceiver.abilities

    private let source: ReplaySource

    package init(for setup: SideSetup) {
        guard let source = setup.replay else { preconditionFailure("a replay needs a file") }
        self.source = source
    }

    /// Of a frame the ring holds this much: a signature behind the longest headers, tags and options.
    package static let snapBytes = 192

    package func run(_ worker: ReceiveWorker) throws -> ReceiveWorker.Outcome {
        let receive = worker.plan.receive
        var port = try RingReceivePort(
            .init(
                interfaceIndex: worker.interfaceIndex, blockBytes: receive.blockBytes, blocks: receive.blocks,
                retireMilliseconds: receive.retireMilliseconds, snapBytes: Self.snapBytes, fanout: nil))
        return try worker.readReplay(
            &port, stamped: source.settings.stamps, ringBytes: port.ringBytes, ringNode: port.ringNode)
    }

    /// Where every frame that left carried a signature, one without is a stranger's. Else it counts as one of the file's, and a stranger among
    /// them leaves the book open.
    package func arrivals(_ workers: [ReceiveWorker.Outcome]) -> Arrivals? {
        var arrivals = Arrivals(workers)
        let plain = workers.reduce(0) { $0 + $1.plainFrames }
        arrivals.timedFrames = arrivals.counts.receivedFrames
        if source.offeredFrames > 0, source.tally.stampedFrames == source.offeredFrames {
            arrivals.counts.foreignFrames += plain
        } else {
            arrivals.counts.receivedFrames += plain
            for worker in workers { arrivals.sizes.merge(worker.plainSizes, uniquingKeysWith: +) }
            arrivals.bytes = arrivals.sizes.reduce(0) { $0 + UInt64($1.key) * $1.value }
        }
        return arrivals
    }
}

/// The same question of each frame: whose is it, and how long?
///
/// - Parameters:
///   - plain: frames without a signature, by their length without FCS: `FrameSizeTable.count` counters.
/// - Returns: how many of them there were.
@inline(never)
func replayReceiveLoop(
    _ port: inout RingReceivePort, _ order: ReceiveInstructions, _ books: inout ReceiveBooks, _ frame: inout ReceivedFrame, stamped: Bool,
    plain: MemoryTable<UInt64>
) -> UInt64 {
    var plainFrames: UInt64 = 0
    var batches: UInt64 = 0
    var answered = order.desk.answer.load()
    var lastBatches = order.lastBatches
    while true {
        guard port.peek() else {
            if order.stop.load() >= order.phase && !port.peek() { return plainFrames }
            books.answer(order.desk, &answered, extraFrames: plainFrames)
            port.wait(milliseconds: 10)
            books.polls &+= 1
            continue
        }
        books.beginBatch(at: port.batchNanoseconds)
        while port.read(&frame) {
            if stamped, let place = frame.transportPlace(), let signature = frame.signature(at: place.payloadOffset),
                signature.stream.key == UInt16(truncatingIfNeeded: order.phaseBits & UInt32(StreamIdentifier.keyMask))
            {
                if signature.stream.phaseBits == order.phaseBits, signature.stream.worker == 0 {
                    books.takeReplayed(signature, frame, isWhole: place.end <= frame.wireBytes)
                } else {
                    books.counts.staleFrames &+= 1
                }
                continue
            }
            plainFrames &+= 1
            let frameBytes = frame.wireBytes &+ frame.strippedTagBytes
            plain[frameBytes < FrameSizeTable.count ? frameBytes : FrameSizeTable.count &- 1] &+= 1
            if books.firstNanoseconds == 0 { books.firstNanoseconds = frame.timestampNanoseconds }
            books.lastNanoseconds = frame.timestampNanoseconds
        }
        port.release()
        order.received.store(books.counts.receivedFrames &+ books.counts.alteredFrames &+ plainFrames)
        order.slowest.store(books.path.maximum)
        books.answer(order.desk, &answered, extraFrames: plainFrames)
        batches &+= 1
        if batches & (RingStatistics.periodBatches &- 1) == 0 { books.statistics.add(port.takeStatistics()) }
        if order.stop.load() >= order.phase {
            lastBatches &-= 1
            if lastBatches <= 0 { return plainFrames }
        }
    }
}

extension ReceiveBooks {
    /// A frame of the file that carries a signature.
    ///
    /// - Parameter isWhole: whether it is as long as its headers say.
    @inline(__always)
    fileprivate mutating func takeReplayed(_ signature: Signature, _ frame: borrowing ReceivedFrame, isWhole: Bool) {
        let arrival = trackers[0].record(Signature.unwrapped(signature.sequence, near: trackers[0].expected))
        guard arrival == .inOrder || arrival == .reordered else { return }
        let frameBytes = frame.wireBytes &+ frame.strippedTagBytes
        sizes[frameBytes < FrameSizeTable.count ? frameBytes : FrameSizeTable.count &- 1] &+= 1
        if firstNanoseconds == 0 { firstNanoseconds = frame.timestampNanoseconds }
        lastNanoseconds = frame.timestampNanoseconds
        counts.earlyStamps &+= frame.earlyStamp
        guard isWhole else {
            counts.alteredFrames &+= 1
            return
        }
        counts.receivedFrames &+= 1
        path.record(Int64(bitPattern: frame.timestampNanoseconds &- signature.timestampNanoseconds))
    }
}

extension ReceiveWorker {
    /// The window, through one port.
    fileprivate func readReplay(
        _ port: inout RingReceivePort, stamped: Bool, ringBytes: Int, ringNode: Int?
    ) throws -> Outcome {
        var frame = ReceivedFrame()
        let result = WorkerResult(
            role: .receive, index: index, cpu: seat.cpu, node: seat.node, ringNode: ringNode, ringBytes: ringBytes)
        let memory = try WorkerMemory(recorders: ReceiveBooks.recorders, streams: 1)
        let plain = try WorkerMemory(recorders: 0, streams: 1)
        var books = ReceiveBooks(memory, burstGapNanoseconds: 0, intervalNanoseconds: plan.run.intervalNanoseconds)
        _ = port.takeStatistics()
        barrier.arrive(.receive, .ready(.window))
        let opening = try barrier.await(.window)
        books.intervals.begin(at: opening.startNanoseconds)
        port.setRealtimeOffset(nanoseconds: opening.realtimeOffsetNanoseconds)
        let clock = PhaseClock()
        let checks = OwnedTable(checks)
        let order = ReceiveInstructions(
            checks: checks.table, phaseBits: streams.stream(.window, worker: 0).phaseBits, workers: 1, hasUnbatched: false, schedules: nil,
            phase: TrialPhase.window.rawValue, stop: barrier.receiveStop, lastBatches: max(plan.receive.blocks, 1024),
            received: received, slowest: slowest, desk: board.desk)
        let plainFrames = replayReceiveLoop(&port, order, &books, &frame, stamped: stamped, plain: plain.sizes)
        withExtendedLifetime(checks) {}
        let times = clock.elapsed
        books.statistics.add(port.takeStatistics())
        books.intervals.finish(books.path)
        var outcome = outcome(of: books, memory, result)
        outcome.malformedBatches = port.malformedBatches
        outcome.result.take(times)
        outcome.result.frames += plainFrames
        outcome.plainFrames = plainFrames
        for size in 0..<FrameSizeTable.count where plain.sizes[size] > 0 { outcome.plainSizes[size] = plain.sizes[size] }
        barrier.arrive(.receive, .through(.window))
        return outcome
    }
}
