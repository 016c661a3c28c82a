import Kernel
import Metrics
import Ports

/// Histograms and trackers of one worker, in pages touched first by the worker's own thread, so
/// that they lie on its node.
struct WorkerMemory: ~Copyable {
    private let memory: MappedMemory
    let trackers: UnsafeMutablePointer<SequenceTracker>
    /// One for each stream.
    let tracks: UnsafeMutablePointer<GapTrack>
    /// `FrameSizeTable.count` counters.
    package let sizes: UnsafeMutablePointer<UInt64>
    private let streams: Int
    /// One for each stream of the plan; nil where there is only one.
    let streamBooks: UnsafeMutablePointer<StreamBook>?
    private let planStreams: Int
    private let nextSequences: UnsafeMutablePointer<UInt64>
    private let recorderBase: UnsafeMutableRawPointer
    /// Without the table, most of which is never there.
    private let populatedBytes: Int

    /// - Parameters:
    ///   - recorders: how many latency recorders.
    ///   - streams: how many sequence trackers.
    ///   - planStreams: how many streams to keep books of, with a recorder each.
    /// - Throws: `SystemError` of `mmap(2)`.
    init(recorders: Int, streams: Int, planStreams: Int = 0) throws(SystemError) {
        let recorderBytes = (recorders + planStreams) * LatencyRecorder.byteCount
        let bitmapBytes = SequenceTracker.byteCount()
        let trackerBytes = streams * bitmapBytes
        // Of the table only those pages are ever touched that hold a length of the plan.
        let memory = try MappedMemory(anonymousBytes: recorderBytes + trackerBytes + (streams > 0 ? FrameSizeTable.byteCount : 0))
        sizes = (memory.base + recorderBytes + trackerBytes).bindMemory(to: UInt64.self, capacity: streams > 0 ? FrameSizeTable.count : 0)
        populatedBytes = recorderBytes + trackerBytes
        trackers = .allocate(capacity: max(streams, 1))
        tracks = .allocate(capacity: max(streams, 1))
        tracks.initialize(repeating: GapTrack(), count: streams)
        for stream in 0..<streams {
            let bitmap = (memory.base + recorderBytes + stream * bitmapBytes).bindMemory(
                to: UInt64.self, capacity: bitmapBytes / 8)
            (trackers + stream).initialize(
                to: SequenceTracker(memory: bitmap))
        }
        self.streams = streams
        self.planStreams = planStreams
        nextSequences = .allocate(capacity: max(planStreams * streams, 1))
        nextSequences.initialize(repeating: 0, count: planStreams * streams)
        let books = planStreams > 0 ? UnsafeMutablePointer<StreamBook>.allocate(capacity: planStreams) : nil
        for stream in 0..<planStreams {
            let recorder = LatencyRecorder(
                memory: (memory.base + (recorders + stream) * LatencyRecorder.byteCount).bindMemory(
                    to: UInt64.self, capacity: LatencyRecorder.byteCount / 8))
            (books! + stream).initialize(to: StreamBook(path: recorder, next: nextSequences + stream * streams))
        }
        streamBooks = books
        recorderBase = memory.base
        self.memory = memory
    }

    deinit {
        trackers.deinitialize(count: streams)
        trackers.deallocate()
        tracks.deallocate()
        streamBooks?.deinitialize(count: planStreams)
        streamBooks?.deallocate()
        nextSequences.deallocate()
    }

    /// An empty recorder over its own part of the memory; ask for each position once at a time.
    package func recorder(_ position: Int) -> LatencyRecorder {
        LatencyRecorder(
            memory: (recorderBase + position * LatencyRecorder.byteCount).bindMemory(
                to: UInt64.self, capacity: LatencyRecorder.byteCount / 8))
    }

    /// The node of all these pages, as the kernel answers; nil if they are spread.
    package var node: Int? { Numa.node(ofRange: memory.base, byteCount: populatedBytes) }
}
