import Kernel

/// What a sender reads frames from: chunks of memory, filled in turn by another thread, or all of them once and for ever.
///
/// A chunk holds records one behind the other: `ReplayRecord`'s header, the frame, padding to eight bytes. The filler gives chunks over by a
/// release store of their number, the sender gives them back in the same way.
struct ReplayFeed {
    /// `chunkCount` of them are filled in turn.
    package let chunks: UnsafePointer<UnsafeMutableRawPointer?>
    /// How many records each has.
    let recordCounts: UnsafePointer<Int>
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

/// The fields in front of each frame in a chunk, by their offsets.
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
struct ReplayCursor {
    private let feed: ReplayFeed
    /// Counts through all passes.
    private(set) var chunk: UInt64 = 0
    private(set) var record: UnsafeRawPointer
    private var left = 0
    /// Of the pass.
    private var baseNanoseconds: UInt64 = 0
    private var isOpen = false

    init(_ feed: ReplayFeed) {
        self.feed = feed
        // Anything that isn't null: nobody looks before the first chunk is open.
        record = UnsafeRawPointer(feed.chunks)
    }

    /// Whether `record` is one; opens the next chunk if it has to, and never waits.
    @inline(__always)
    mutating func isReady() -> Bool { isOpen || open() }

    private mutating func open() -> Bool {
        guard chunk < feed.end.loadAcquiring(), feed.keptChunks > 0 || chunk < feed.filled.loadAcquiring() else { return false }
        let index = Int(truncatingIfNeeded: chunk % (feed.keptChunks > 0 ? feed.keptChunks : feed.chunkCount))
        if index == 0, chunk > 0, feed.keptChunks > 0 { baseNanoseconds &+= feed.passNanoseconds }
        guard let start = feed.chunks[index] else { return false }
        record = UnsafeRawPointer(start)
        left = feed.recordCounts[index]
        isOpen = left > 0
        return isOpen
    }

    /// Whether there will be no more.
    package var isOver: Bool { !isOpen && chunk >= feed.end.loadAcquiring() }

    /// Since the start of the replay.
    @inline(__always)
    package var dueNanoseconds: UInt64 { baseNanoseconds &+ record.load(fromByteOffset: ReplayRecord.due, as: UInt64.self) }

    @inline(__always)
    package var byteCount: Int { Int(record.load(fromByteOffset: ReplayRecord.byteCount, as: UInt32.self)) }

    @inline(__always)
    package var frame: UnsafeRawPointer { record + ReplayRecord.headerBytes }

    /// Goes on behind `record`, whose chunk is the filler's again if it was the last in it.
    @inline(__always)
    package mutating func advance() {
        left &-= 1
        if left > 0 {
            record += ReplayRecord.headerBytes &+ (byteCount &+ 7) & ~7
        } else {
            isOpen = false
            chunk &+= 1
            feed.freed.storeReleasing(chunk)
        }
    }
}
