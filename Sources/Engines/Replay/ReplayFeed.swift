import Frames
import Kernel
import Memory

/// What a sender reads frames from: chunks of memory, filled in turn by another thread, or all of them once and for ever.
///
/// A chunk holds records one behind the other: `ReplayRecord`'s header, the frame, padding to eight bytes. The filler gives chunks over by a
/// release store of their number, the sender gives them back in the same way.
struct ReplayFeed {
    /// `chunkCount` of them are filled in turn.
    let chunks: MemoryTable<ByteWindow>
    /// How many records each has.
    let recordCounts: MemoryTable<Int>
    let chunkCount: UInt64
    /// How many chunks were filled so far.
    package let filled: CounterCell
    /// How many the sender is done with.
    let freed: CounterCell
    /// How many there will have been; `.max` as long as nobody knows.
    package let end: CounterCell
    /// Chunks in which the whole file lies, for all passes; 0 if it is read again for each.
    let keptChunks: UInt64
    /// How long a pass over kept chunks lasts.
    let passNanoseconds: UInt64
}

/// The fields in front of each frame in a chunk, by their offsets. Where fields move, a slot for each of them follows (`MovedRecords`).
enum ReplayRecord {
    /// Nanoseconds since the start, but for the passes over kept chunks that lie before.
    package static let due = 0
    /// Of the frame, without FCS.
    package static let byteCount = 8
    /// Of its stamp point; 0 for a frame that carries no signature.
    package static let signatureOffset = 12
    package static let checksumOffset = 14
    package static let checksumSeed = 16
    package static let headerBytes = 24

    package static func byteCount(frameBytes: Int) -> Int { headerBytes + (frameBytes + 7) & ~7 }
}

/// Where a sender is in its feed.
struct ReplayCursor<Mover: RecordMover> {
    private let feed: ReplayFeed
    private let mover: Mover
    /// Whether the chunk was sent before, so that its records move.
    private var isRepeated = false
    /// Counts through all passes.
    private(set) var chunk: UInt64 = 0
    private var window = ByteWindow.empty
    /// Of the record, in the chunk.
    private var record = 0
    private var left = 0
    /// Of the pass.
    private var baseNanoseconds: UInt64 = 0
    private var isOpen = false

    init(_ feed: ReplayFeed, _ mover: Mover) {
        self.feed = feed
        self.mover = mover
    }

    /// Whether `record` is one; opens the next chunk if it has to, and never waits.
    @inline(__always)
    mutating func isReady() -> Bool { isOpen || open() }

    private mutating func open() -> Bool {
        guard chunk < feed.end.loadAcquiring(), feed.keptChunks > 0 || chunk < feed.filled.loadAcquiring() else { return false }
        let index = Int(truncatingIfNeeded: chunk % (feed.keptChunks > 0 ? feed.keptChunks : feed.chunkCount))
        if index == 0, chunk > 0, feed.keptChunks > 0 { baseNanoseconds &+= feed.passNanoseconds }
        window = feed.chunks[index]
        record = 0
        isRepeated = feed.keptChunks > 0 && chunk >= feed.keptChunks
        left = feed.recordCounts[index]
        isOpen = left > 0
        return isOpen
    }

    /// Whether there will be no more.
    package var isOver: Bool { !isOpen && chunk >= feed.end.loadAcquiring() }

    /// Since the start of the replay.
    @inline(__always)
    var dueNanoseconds: UInt64 { baseNanoseconds &+ window.load(at: record &+ ReplayRecord.due, as: UInt64.self) }

    @inline(__always)
    var byteCount: Int { Int(window.load(at: record &+ ReplayRecord.byteCount, as: UInt32.self)) }

    /// Moves what is to be moved from loop to loop; once for each record, before it is read.
    @inline(__always)
    func move() {
        if isRepeated { mover.move(window, record) }
    }

    /// Shows the frame, without FCS.
    @inline(__always)
    func read(_ body: (RawSpan) -> Void) { window.read(record &+ ReplayRecord.headerBytes &+ mover.slotBytes, count: byteCount, body) }

    /// Where the frame is to be signed; nil for one that carries no signature.
    @inline(__always)
    var stampPoint: StampPoint? {
        let offset = window.load(at: record &+ ReplayRecord.signatureOffset, as: UInt16.self)
        guard offset != 0 else { return nil }
        return StampPoint(
            signatureOffset: offset, checksumOffset: window.load(at: record &+ ReplayRecord.checksumOffset, as: UInt16.self),
            checksumSeed: window.load(at: record &+ ReplayRecord.checksumSeed, as: UInt32.self))
    }

    /// Goes on behind `record`, whose chunk is the filler's again if it was the last in it.
    @inline(__always)
    package mutating func advance() {
        left &-= 1
        if left > 0 {
            record &+= ReplayRecord.headerBytes &+ mover.slotBytes &+ (byteCount &+ 7) & ~7
        } else {
            isOpen = false
            chunk &+= 1
            feed.freed.storeReleasing(chunk)
        }
    }
}

extension ReplayCursor where Mover == UnmovedRecords {
    init(_ feed: ReplayFeed) { self.init(feed, UnmovedRecords()) }
}
