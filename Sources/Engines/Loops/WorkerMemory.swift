import Kernel
import Memory
import Metrics
import Ports

/// Histograms and trackers of one worker, in pages touched first by the worker's own thread, so
/// that they lie on its node.
struct WorkerMemory: ~Copyable {
    private let memory: MappedMemory
    let trackers: OwnedTable<SequenceTracker>
    /// One for each stream.
    let tracks: OwnedTable<GapTrack>
    /// `FrameSizeTable.count` counters.
    package let sizes: MemoryTable<UInt64>
    /// One for each stream of the plan; empty where there is only one.
    let streamBooks: OwnedTable<StreamBook>
    /// One for each of them where gaps are asked for; else empty.
    let streamGaps: OwnedTable<StreamGapBook>
    /// Without the table, most of which is never there.
    private let populatedBytes: Int

    /// - Parameters:
    ///   - recorders: how many latency recorders.
    ///   - streams: how many sequence trackers.
    ///   - planStreams: how many streams to keep books of, with a recorder each.
    ///   - streamBurstGaps: for each stream of the plan, below what gap frames are of one burst, nanoseconds: each takes two recorders more. Empty
    ///     where nobody asks.
    /// - Throws: `SystemError` of `mmap(2)`.
    init(recorders: Int, streams: Int, planStreams: Int = 0, streamBurstGaps: [UInt64] = []) throws(SystemError) {
        let recorderBytes = (recorders + planStreams + 2 * streamBurstGaps.count) * LatencyRecorder.byteCount
        let bitmapBytes = SequenceTracker.byteCount()
        let trackerBytes = streams * bitmapBytes
        // Of the table only those pages are ever touched that hold a length of the plan.
        let memory = try MappedMemory(anonymousBytes: recorderBytes + trackerBytes + (streams > 0 ? FrameSizeTable.byteCount : 0))
        sizes = memory.table(at: recorderBytes + trackerBytes, repeating: 0, count: streams > 0 ? FrameSizeTable.count : 0)
        populatedBytes = recorderBytes + trackerBytes
        tracks = OwnedTable(repeating: GapTrack(), count: streams)
        trackers = OwnedTable(count: streams) { stream in
            SequenceTracker(memory: memory.table(at: recorderBytes + stream * bitmapBytes, repeating: 0, count: bitmapBytes / 8))
        }
        streamBooks = OwnedTable(count: planStreams) { stream in
            let place = (recorders + stream) * LatencyRecorder.byteCount
            return StreamBook(
                path: LatencyRecorder(memory: memory.table(at: place, repeating: 0, count: LatencyRecorder.counterCount)),
                workers: streams)
        }
        streamGaps = OwnedTable(count: streamBurstGaps.count) { stream in
            let place = (recorders + planStreams + 2 * stream) * LatencyRecorder.byteCount
            let gaps = memory.table(at: place, repeating: 0 as UInt64, count: LatencyRecorder.counterCount)
            let bursts = memory.table(at: place + LatencyRecorder.byteCount, repeating: 0 as UInt64, count: LatencyRecorder.counterCount)
            return StreamGapBook(
                gaps: GapRecorder(
                    gaps: LatencyRecorder(memory: gaps), bursts: LatencyRecorder(memory: bursts),
                    burstGapNanoseconds: streamBurstGaps[stream]),
                workers: streams)
        }
        self.memory = memory
    }

    /// An empty recorder over its own part of the memory; ask for each position once at a time.
    package func recorder(_ position: Int) -> LatencyRecorder {
        LatencyRecorder(
            memory: memory.table(at: position * LatencyRecorder.byteCount, repeating: 0, count: LatencyRecorder.counterCount))
    }

    /// The node of all these pages, as the kernel answers; nil if they are spread.
    package var node: Int? { memory.node(ofFirst: populatedBytes) }
}
