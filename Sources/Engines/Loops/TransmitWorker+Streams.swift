import Frames
import Kernel
import Memory
import Metrics
import Plans
import Ports
import Results
import Traffic

/// Streams that keep paces of their own.
extension TransmitWorker {
    /// Whether frames are laid into slots as they fall due, so that a port's slots have to take any.
    var laysFrames: Bool { plan.mix.hasOwnPaces }

    /// The longest frame of any stream, without FCS.
    var largestFrameBytes: Int { plan.mix.largestSizeBytes - EthernetWire.fcsBytes }

    /// All phases through one port, whose slots take any frame.
    ///
    /// - Precondition: `laysFrames`.
    func runStreams<Port: FillablePort & ~Copyable>(_ port: inout Port, ringBytes: Int, ringNode: Int?) throws -> Outcome {
        guard let pattern = pattern?.separated() else { preconditionFailure("streams with paces of their own are paced") }
        // The plan has its addresses by now.
        var frames = LaidStreams(try plan.program(transmitAddress: nil, receiveAddress: nil))
        let count = plan.mix.streams.count
        let memory = try WorkerMemory(recorders: PacingBook.recorders * (1 + count), streams: 0)
        var book = PacingBook(memory, burstGapNanoseconds: plan.burstGapNanoseconds)
        let books = OwnedTable(count: count) { stream in
            PacingBook(
                memory, from: PacingBook.recorders * (1 + stream), burstGapNanoseconds: plan.burstGapNanoseconds(ofStream: stream))
        }
        var result = WorkerResult(
            role: .transmit, index: index, cpu: seat.cpu, node: seat.node, ringNode: ringNode,
            histogramNode: memory.node, ringBytes: ringBytes)
        if plan.load.warmupNanoseconds > 0 {
            _ = try send(.warmup, &port, &frames, pattern, &book, books.table)
            barrier.arrive(.transmit, .through(.warmup))
            book.reset()
            for stream in 0..<count { books[stream].reset() }
        }
        let base = port.completedFrames
        let bytesBase = port.completedBytes
        let callsBase = port.systemCalls
        let phase = try send(.window, &port, &frames, pattern, &book, books.table)
        book.departures.finish(&book.last)
        for stream in 0..<count { books[stream].departures.finish(&books[stream].last) }
        result.frames = port.completedFrames - base
        result.systemCalls = port.systemCalls - callsBase
        result.retries = phase.tally.retries
        result.take(phase.times)
        var outcome = Outcome(
            result: result, offeredFrames: phase.tally.filledFrames + phase.notOffered,
            notOfferedFrames: phase.notOffered, refusedFrames: phase.refused, sentFrames: result.frames,
            sentBytes: port.completedBytes - bytesBase, kinds: frames.kinds, meanCallNanoseconds: nil,
            sleptNanoseconds: phase.tally.sleptNanoseconds, lastNanoseconds: phase.endedAt,
            lag: LatencyDistribution(book.lag), departures: GapDistributions(book.departures), failure: phase.tally.failure)
        outcome.streams = (0..<count).map {
            StreamDepartures(lag: LatencyDistribution(books[$0].lag), gaps: GapDistributions(books[$0].departures))
        }
        barrier.arrive(.transmit, .through(.window))
        return outcome
    }

    /// One phase: waits for its start, runs the loop, and clears the ring. Each begins with the streams' first frames.
    private func send<Port: FillablePort & ~Copyable>(
        _ phase: TrialPhase, _ port: inout Port, _ frames: inout LaidStreams, _ pattern: ArrivalPattern, _ book: inout PacingBook,
        _ books: MemoryTable<PacingBook>
    ) throws -> Sending {
        frames.begin()
        barrier.arrive(.transmit, .ready(phase))
        let order = try barrier.await(phase)
        let instructions = instructions(phase, completedBefore: port.completedFrames)
        var sending = Sending()
        Clock.sleep(exactlyUntilMonotonic: order.startMonotonicNanoseconds)
        let clock = PhaseClock()
        withExtendedLifetime(pattern) {
            let schedule = PacedSchedule(pattern, share: share, startNanoseconds: order.startNanoseconds)
            streamTransmitLoop(
                &port, &frames, instructions, schedule, endNanoseconds: order.endNanoseconds ?? .max, &book, books, &sending.tally)
            finish(phase, &port, schedule, order, quota: instructions.quota, &sending)
            // What never left are the last ones.
            let filled = sending.tally.filledFrames
            for number in (filled - min(filled, sending.refused))..<filled {
                let departure = schedule.departure(ofFrame: number)
                frames.uncount(stream: departure.stream, own: departure.own)
            }
        }
        if sending.tally.failure != 0 { barrier.reportStall() }
        sent.store(port.completedFrames &- instructions.completedBefore)
        sending.times = clock.elapsed
        sending.endedAt = port.realtimeNanoseconds
        return sending
    }
}

/// How a worker kept one stream's times.
package struct StreamDepartures: Sendable {
    /// Actual minus planned send time.
    package var lag = LatencyDistribution()
    package var gaps = GapDistributions()
}
