import Memory

/// Tells, for one stream, first copies from further ones and frames in order from reordered ones,
/// exactly, as long as a frame is no further behind the highest than the window is long.
///
/// One bit for each of the last `windowFrames` sequence numbers says whether that frame came. Sequence
/// numbers start at 0. The memory is the caller's; the tracker neither owns nor frees it, and can't be
/// copied, for two copies would share the bits but not the counts.
@frozen
public struct SequenceTracker: ~Copyable {
    /// What an arrival was.
    @frozen
    public enum Arrival: UInt8, Sendable {
        /// The next one expected, or one further ahead (those between are missing so far).
        case inOrder
        /// Behind the highest, and not seen before.
        case reordered
        /// Seen before.
        case duplicate
        /// Too far behind to be told.
        case beyondWindow
    }

    /// 16 KiB of bits: 131 ms of reordering at 1 Mpps.
    @inlinable public static var defaultWindowFrames: Int { 131_072 }

    /// How many bytes of memory, aligned to 8, a window needs.
    ///
    /// - Parameter windowFrames: A power of two, at least 64.
    @inlinable
    public static func byteCount(windowFrames: Int = defaultWindowFrames) -> Int { windowFrames / 8 }

    @usableFromInline let bits: MemoryTable<UInt64>
    @usableFromInline let positionMask: UInt64

    @usableFromInline var counts = SequenceTally()
    private var reordering: ReorderRecorder
    private var density: ReorderDensityRecorder

    /// The counts so far.
    public var tally: SequenceTally { counts }
    /// How far out of turn frames came so far.
    public var reorderTally: ReorderTally { reordering.tally }

    /// How far from their places frames came, and what would put them in order. Ends the recording of it, for no more frames are waited for.
    public mutating func finishDensity() -> ReorderDensityTally { density.finish(arrivals: counts.received) }

    /// Clears the memory, which also brings its pages in before the first frame.
    ///
    /// - Parameters:
    ///   - memory: `byteCount(windowFrames:)` bytes, as words, for this tracker alone, valid as long as it lives.
    ///   - windowFrames: A power of two, at least 64.
    public init(memory: MemoryTable<UInt64>, windowFrames: Int = defaultWindowFrames) {
        precondition(
            windowFrames >= 64 && windowFrames & (windowFrames - 1) == 0,
            "a window is a power of two, at least 64 frames")
        precondition(memory.count == windowFrames / 64, "a window has a bit for each frame")
        bits = memory
        positionMask = UInt64(windowFrames - 1)
        reordering = ReorderRecorder()
        density = ReorderDensityRecorder()
        bits.fill(0)
    }

    public var windowFrames: Int { Int(positionMask) + 1 }

    /// The next sequence number in order.
    @inlinable public var expected: UInt64 { counts.expected }

    /// The highest sequence number seen; nil before the first frame.
    public var highest: UInt64? { counts.expected == 0 ? nil : counts.expected - 1 }

    /// Takes note of one arrival.
    ///
    /// - Parameter sequence: Below 2⁶³; on the wire it has 32 bits (`Signature.unwrapped`).
    @inlinable @inline(__always)
    @discardableResult
    public mutating func record(_ sequence: UInt64) -> Arrival {
        guard sequence == counts.expected else { return recordOutOfTurn(sequence) }
        // The bit may still be set from one window before; either way it is set now.
        setBit(sequence)
        counts.expected = sequence &+ 1
        counts.received &+= 1
        return .inOrder
    }

    /// Forgets everything.
    public mutating func reset() {
        counts = SequenceTally()
        reordering.reset()
        density.reset()
        clearAllBits()
    }

    // Kept out of line, so that the loop holds only the common path.
    @usableFromInline @inline(never)
    mutating func recordOutOfTurn(_ sequence: UInt64) -> Arrival {
        sequence > counts.expected ? recordAhead(sequence) : recordBehind(sequence)
    }

    private mutating func recordAhead(_ sequence: UInt64) -> Arrival {
        // A number from a damaged frame may be anything: never work longer than one window.
        if sequence - counts.expected >= UInt64(windowFrames) {
            clearAllBits()
        } else {
            clearBits(from: counts.expected, to: sequence)
        }
        reordering.jump(to: sequence, arrivals: counts.received)
        density.jump(to: sequence, arrivals: counts.received)
        setBit(sequence)
        counts.expected = sequence &+ 1
        counts.received &+= 1
        return .inOrder
    }

    private mutating func recordBehind(_ sequence: UInt64) -> Arrival {
        guard counts.expected - sequence <= UInt64(windowFrames) else {
            counts.beyondWindow &+= 1
            return .beyondWindow
        }
        guard !isBitSet(sequence) else {
            counts.duplicates &+= 1
            return .duplicate
        }
        reordering.late(sequence, expected: counts.expected, arrivals: counts.received)
        density.late(sequence, expected: counts.expected, arrivals: counts.received)
        setBit(sequence)
        counts.received &+= 1
        counts.reordered &+= 1
        counts.maximumSequenceLag = max(counts.maximumSequenceLag, counts.expected - 1 - sequence)
        return .reordered
    }

    @inlinable @inline(__always)
    func setBit(_ sequence: UInt64) {
        bits[Int(truncatingIfNeeded: (sequence & positionMask) &>> 6)] |= 1 &<< (sequence & 63)
    }

    private func isBitSet(_ sequence: UInt64) -> Bool {
        bits[Int((sequence & positionMask) >> 6)] & (1 << (sequence & 63)) != 0
    }

    /// Clears the bits of `start ..< end`, less than a window apart, a word at a time.
    private func clearBits(from start: UInt64, to end: UInt64) {
        var position = start
        while position < end {
            let offset = position & 63
            let run = min(64 - offset, end - position)
            let ones: UInt64 = run == 64 ? .max : (1 << run) - 1
            bits[Int((position & positionMask) >> 6)] &= ~(ones << offset)
            position += run
        }
    }

    private func clearAllBits() {
        bits.fill(0)
    }
}

// Safe because a tracker can't be copied and its memory is given to it alone: whichever thread holds it
// is the only one that can reach the bits.
extension SequenceTracker: @unchecked Sendable {}
