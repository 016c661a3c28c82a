import Frames
import Kernel
import Memory
import Metrics
import Ports
import Traffic

/// What a receive loop needs to know, and may not change.
struct ReceiveInstructions {
    /// For each stream, in order, where the signature stands, and how a frame is known to be as it left; behind these other places of some streams.
    var checks: MemoryTable<FrameCheck>
    /// From a frame's first byte to the signature of most streams.
    var signatureOffset: Int
    /// Those streams, a bit each.
    var commonStreams: UInt64
    /// Streams of frames of which nobody knows how they left, likewise.
    var uncheckedStreams: UInt64
    /// Without FCS: what is longer was merged on its way.
    var largestBytes: Int
    /// The run, trial and phase whose frames count (`StreamIdentifier.phaseBits`).
    package var phaseBits: UInt32
    /// Transmit workers: higher numbers are nobody's.
    package var workers: Int
    /// Whether one frame in `unbatchedPeriodFrames` went to the kernel alone.
    var hasUnbatched: Bool
    /// One for each transmit worker; nil where nothing is planned.
    package var schedules: MemoryTable<PacedSchedule>?
    package var phase: UInt64
    package var stop: CounterCell
    /// Batches read behind the stop at most: all that the ring may have held by then. A flood of strangers must not keep the
    /// reader for ever.
    var lastBatches: Int
    /// Distinct frames so far, for whoever watches.
    package var received: CounterCell
    /// The greatest path latency so far, nanoseconds, likewise.
    package var slowest: CounterCell
    /// Where questions about the books are asked.
    var desk: ArrivalBoard.Desk

    /// - Parameter checks: at least one, for as long as the instructions are used.
    init(
        checks: MemoryTable<FrameCheck>, phaseBits: UInt32, workers: Int, hasUnbatched: Bool,
        schedules: MemoryTable<PacedSchedule>?, phase: UInt64, stop: CounterCell, lastBatches: Int, received: CounterCell,
        slowest: CounterCell, desk: ArrivalBoard.Desk
    ) {
        self.checks = checks
        signatureOffset = checks[0].signatureOffset
        commonStreams = (0..<checks.count).reduce(0) {
            checks[$1].signatureOffset == checks[0].signatureOffset ? $0 | 1 &<< UInt64(checks[$1].stream) : $0
        }
        uncheckedStreams = (0..<checks.count).reduce(0) { checks[$1].isChecked ? $0 : $0 | 1 &<< UInt64(checks[$1].stream) }
        largestBytes = checks[0].largestBytes
        self.phaseBits = phaseBits
        self.workers = workers
        self.hasUnbatched = hasUnbatched
        self.schedules = schedules
        self.phase = phase
        self.stop = stop
        self.lastBatches = lastBatches
        self.received = received
        self.slowest = slowest
        self.desk = desk
    }
}

/// Where a receive loop counts: memory on the worker's own node.
struct ReceiveBooks: ~Copyable {
    /// One for each transmit worker.
    var trackers: MemoryTable<SequenceTracker>
    /// Distinct frames by their length on the link without FCS, `FrameSizeTable.count` counters.
    package var sizes: MemoryTable<UInt64>
    package var path: LatencyRecorder
    package var unbatched: LatencyRecorder
    package var response: LatencyRecorder
    /// Of `path`, how it went over time.
    package var intervals: IntervalRecorder
    /// Of frames with a planned time, and where each transmit worker's stand.
    package var gaps: GapRecorder
    var tracks: MemoryTable<GapTrack>
    package var counts = ArrivalCounts()
    package var polls: UInt64 = 0
    /// Of the first and the latest distinct frame.
    package var firstNanoseconds: UInt64 = 0
    package var lastNanoseconds: UInt64 = 0
    package var statistics = RingStatistics()
    /// One for each stream; nil where there is only one.
    let streams: MemoryTable<StreamBook>?
    /// One for each stream, where they keep paces of their own.
    let streamGaps: MemoryTable<StreamGapBook>?

    /// How many recorders it takes of a worker's memory.
    static let recorders = 5

    /// - Parameters:
    ///   - memory: outlives the books.
    ///   - intervalNanoseconds: nil where nobody asks how latency went over time.
    init(_ memory: borrowing WorkerMemory, burstGapNanoseconds: UInt64, intervalNanoseconds: UInt64?) {
        intervals = IntervalRecorder(intervalNanoseconds: intervalNanoseconds)
        trackers = memory.trackers.table
        sizes = memory.sizes
        path = memory.recorder(0)
        unbatched = memory.recorder(1)
        response = memory.recorder(2)
        gaps = GapRecorder(gaps: memory.recorder(3), bursts: memory.recorder(4), burstGapNanoseconds: burstGapNanoseconds)
        tracks = memory.tracks.table
        streams = memory.streamBooks.count > 0 ? memory.streamBooks.table : nil
        streamGaps = memory.streamGaps.count > 0 ? memory.streamGaps.table : nil
    }
}

/// A table of frame lengths: one counter for each, the last one for all beyond.
enum FrameSizeTable {
    /// The largest MTU, an Ethernet header and two tags.
    package static let count = 65_536 + 64
    package static let byteCount = count * MemoryLayout<UInt64>.stride
}

/// What a socket's 32-bit counters came to, read often enough that they never go round unseen.
struct RingStatistics: Sendable {
    package var packets: UInt64 = 0
    package var drops: UInt64 = 0
    /// Batches between two readings: far fewer frames than 2³².
    static let periodBatches: UInt64 = 1024

    package mutating func add(_ statistics: (packets: UInt64, drops: UInt64)) {
        packets &+= statistics.packets
        drops &+= statistics.drops
    }
}

/// Reads until told to stop and nothing is left: signature, sequence, latency, next.
@inline(never)
func receiveLoop<Port: ReceivePort & ~Copyable>(
    _ port: inout Port, _ order: ReceiveInstructions, _ books: inout ReceiveBooks, _ frame: inout ReceivedFrame
) {
    var batches: UInt64 = 0
    var answered = order.desk.answer.load()
    var lastBatches = order.lastBatches
    while true {
        guard port.peek() else {
            if order.stop.load() >= order.phase && !port.peek() { return }
            books.answer(order.desk, &answered)
            port.wait(milliseconds: 10)
            books.polls &+= 1
            continue
        }
        books.beginBatch(at: port.batchNanoseconds)
        while port.read(&frame) {
            let offset = order.signatureOffset &- frame.strippedTagBytes
            guard let signature = frame.signature(at: offset),
                signature.stream.phaseBits == order.phaseBits, Int(signature.stream.worker) < order.workers,
                order.commonStreams &>> UInt64(signature.stream.stream) & 1 == 1,
                frame.wireBytes &+ frame.strippedTagBytes <= order.largestBytes
            else {
                books.lookCloser(frame, order)
                continue
            }
            books.take(signature, at: offset, frame, order)
        }
        port.release()
        order.received.store(books.counts.receivedFrames &+ books.counts.alteredFrames)
        order.slowest.store(books.path.maximum)
        books.answer(order.desk, &answered)
        batches &+= 1
        if batches & (RingStatistics.periodBatches &- 1) == 0 { books.statistics.add(port.takeStatistics()) }
        if order.stop.load() >= order.phase {
            lastBatches &-= 1
            if lastBatches <= 0 { return }
        }
    }
}

extension ReceiveBooks {
    /// A batch belongs to the interval in which its first frame came: the loop over its frames knows nothing of intervals.
    @inline(__always)
    mutating func beginBatch(at time: UInt64) {
        if time >= intervals.endNanoseconds { intervals.cut(at: time, path) }
    }

    /// One frame of ours: its sequence number, length, payload and times.
    ///
    /// - Parameters:
    ///   - offset: where in the frame's bytes the signature was found.
    ///   - tagBytes: 4 for a frame that came with a tag more than it left with, −4 for one less.
    @inline(__always)
    package mutating func take(
        _ signature: Signature, at offset: Int, _ frame: borrowing ReceivedFrame, _ order: ReceiveInstructions, tagBytes: Int = 0
    ) {
        let worker = Int(signature.stream.worker), stream = Int(signature.stream.stream)
        let sequence = Signature.unwrapped(signature.sequence, near: trackers[worker].expected)
        let arrival = trackers[worker].record(sequence)
        guard arrival == .inOrder || arrival == .reordered else {
            if let streams { streams[stream].duplicates &+= arrival == .duplicate ? 1 : 0 }
            return
        }
        let frameBytes = frame.wireBytes &+ frame.strippedTagBytes
        sizes[frameBytes < FrameSizeTable.count ? frameBytes : FrameSizeTable.count &- 1] &+= 1
        let arrived = frame.timestampNanoseconds
        if firstNanoseconds == 0 { firstNanoseconds = arrived }
        lastNanoseconds = arrived
        counts.earlyStamps &+= frame.earlyStamp
        if let streams { streams[stream].meet(sequence, of: worker, frameBytes) }
        guard
            frame.isIntact(order.checks[stream], signatureAt: offset, frameBytes: frameBytes &- tagBytes)
                || order.uncheckedStreams &>> UInt64(stream) & 1 == 1
        else {
            counts.alteredFrames &+= 1
            if let streams { streams[stream].alteredFrames &+= 1 }
            return
        }
        counts.receivedFrames &+= 1
        counts.receivedSegments &+= frame.segments
        if let streams {
            streams[stream].receivedFrames &+= 1
            if let streamGaps { streamGaps[stream].meet(arrived, of: worker) }
        }
        if order.schedules != nil { gaps.record(arrived, at: &tracks[worker]) }
        guard signature.timestampNanoseconds != 0 else {
            counts.untimedFrames &+= 1
            return
        }
        let latency = Int64(bitPattern: arrived &- signature.timestampNanoseconds)
        path.record(latency)
        if let streams { streams[stream].path.record(latency) }
        if order.hasUnbatched && sequence & (unbatchedPeriodFrames &- 1) == 0 { unbatched.record(latency) }
        if let schedules = order.schedules {
            response.record(Int64(bitPattern: arrived &- schedules[worker].dueNanoseconds(sequence)))
        }
    }

    /// What isn't as planned: a stream whose signature stands elsewhere, a tag more or less, several frames in one, another phase, another run, or a
    /// stranger.
    @inline(never)
    mutating func lookCloser(_ frame: borrowing ReceivedFrame, _ order: ReceiveInstructions) {
        // As they left first: of frames out of a file one's place may be another's with a tag more.
        for change in 0..<3 {
            let tagBytes = change == 0 ? 0 : change == 1 ? -EthernetWire.tagBytes : EthernetWire.tagBytes
            for place in 0..<order.checks.count {
                let stream = order.checks[place].stream
                let offset = order.checks[place].signatureOffset &- frame.strippedTagBytes
                guard
                    let signature = frame.signature(at: offset &+ tagBytes),
                    Int(signature.stream.stream) == stream,
                    signature.stream.key == UInt16(truncatingIfNeeded: order.phaseBits & UInt32(StreamIdentifier.keyMask)),
                    Int(signature.stream.worker) < order.workers
                else { continue }
                guard signature.stream.phaseBits == order.phaseBits else {
                    counts.staleFrames &+= 1
                    return
                }
                if frame.wireBytes &+ frame.strippedTagBytes &- tagBytes > order.largestBytes {
                    return takeMerged(frame, at: offset &+ tagBytes, order, stream, tagBytes: tagBytes)
                }
                if tagBytes > 0 { counts.taggedFrames &+= 1 }
                if tagBytes < 0 { counts.untaggedFrames &+= 1 }
                return take(signature, at: offset &+ tagBytes, frame, order, tagBytes: tagBytes)
            }
        }
        counts.foreignFrames &+= 1
        for place in 0..<order.checks.count where frame.signature(at: order.checks[place].signatureOffset &- frame.strippedTagBytes) != nil
        {
            counts.otherRunFrames &+= 1
            return
        }
    }

    /// UDP GRO made one frame of several (`udp_gro_receive`): one header, and payload behind payload, each with its signature.
    ///
    /// The next payload begins where the next signature of ours is; what was cut off behind the snap length can't be told.
    private mutating func takeMerged(
        _ frame: borrowing ReceivedFrame, at first: Int, _ order: ReceiveInstructions, _ stream: Int, tagBytes: Int
    ) {
        counts.mergedFrames &+= 1
        if frame.capturedBytes < frame.wireBytes { counts.unreadableMerges &+= 1 }
        let headerBytes = first &- tagBytes &+ frame.strippedTagBytes
        var start = first
        while let signature = frame.signature(at: start) {
            var next = start &+ Signature.byteCount
            while next < frame.capturedBytes, !isOurs(frame, at: next, order) { next &+= 1 }
            let payloadBytes = next &- start
            let worker = Int(signature.stream.worker)
            let sequence = Signature.unwrapped(signature.sequence, near: trackers[worker].expected)
            let arrival = trackers[worker].record(sequence)
            start = next
            guard arrival == .inOrder || arrival == .reordered else {
                if let streams { streams[stream].duplicates &+= arrival == .duplicate ? 1 : 0 }
                continue
            }
            sizes[min(headerBytes &+ payloadBytes, FrameSizeTable.count &- 1)] &+= 1
            if let streams { streams[stream].meet(sequence, of: worker, headerBytes &+ payloadBytes) }
            if firstNanoseconds == 0 { firstNanoseconds = frame.timestampNanoseconds }
            lastNanoseconds = frame.timestampNanoseconds
            counts.earlyStamps &+= frame.earlyStamp
            counts.receivedFrames &+= 1
            if let streams { streams[stream].receivedFrames &+= 1 }
            guard signature.timestampNanoseconds != 0 else {
                counts.untimedFrames &+= 1
                continue
            }
            let latency = Int64(bitPattern: frame.timestampNanoseconds &- signature.timestampNanoseconds)
            path.record(latency)
            if let streams { streams[stream].path.record(latency) }
            if let schedules = order.schedules {
                response.record(Int64(bitPattern: frame.timestampNanoseconds &- schedules[worker].dueNanoseconds(sequence)))
            }
        }
    }

    private func isOurs(_ frame: borrowing ReceivedFrame, at offset: Int, _ order: ReceiveInstructions) -> Bool {
        guard let signature = frame.signature(at: offset) else { return false }
        return signature.stream.phaseBits == order.phaseBits && Int(signature.stream.worker) < order.workers
    }
}
