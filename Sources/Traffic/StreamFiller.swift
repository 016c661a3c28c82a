import Frames

/// Slots that hold the frames of several streams in turn: each stream lays its own next values into its own frames, and names itself in their
/// signatures.
///
/// Sequence numbers stay the worker's: a stream's frames are those that bear its number, in the order of theirs.
@frozen
public struct StreamFiller: FrameFiller, ~Copyable {
    /// One for each stream.
    @usableFromInline let patchers: UnsafeMutablePointer<FramePatcher>
    private let patcherCount: Int
    /// The streams of a round.
    @usableFromInline let pattern: UnsafeMutablePointer<UInt8>
    @usableFromInline let patternCount: Int
    private let slotCycle: UInt64
    @usableFromInline var turn = 0
    /// Frames filled so far, those that never left taken back: where in the ring's cycle the next one lies.
    @usableFromInline var place: UInt64 = 0

    public init(_ program: StreamProgram) {
        patcherCount = program.parts.count
        patchers = .allocate(capacity: patcherCount)
        for (position, part) in program.parts.enumerated() { (patchers + position).initialize(to: FramePatcher(part.program)) }
        patternCount = program.pattern.count
        pattern = .allocate(capacity: patternCount)
        for (position, stream) in program.pattern.enumerated() { (pattern + position).initialize(to: stream) }
        slotCycle = program.slotCycle
    }

    deinit {
        patchers.deinitialize(count: patcherCount)
        patchers.deallocate()
        pattern.deallocate()
    }

    @inlinable @inline(__always)
    public mutating func fill(
        _ frame: UnsafeMutableRawPointer, _ point: StampPoint, stream: StreamIdentifier, sequence: UInt64, timestampNanoseconds: UInt64
    ) {
        let number = pattern[turn]
        patchers[Int(number)].fill(
            frame, point, stream: stream.naming(number), sequence: sequence, timestampNanoseconds: timestampNanoseconds)
        turn = turn &+ 1 == patternCount ? 0 : turn &+ 1
        place &+= 1
    }

    /// Each stream goes back by its own part of the refused frames, and on by its part of the slots that the port passed over.
    public mutating func resume(at template: Int, refused: UInt64) {
        var moves = [Int64](repeating: 0, count: patcherCount)
        for _ in 0..<refused {
            turn = turn == 0 ? patternCount - 1 : turn - 1
            place &-= 1
            moves[Int(pattern[turn])] -= 1
        }
        let ahead = (UInt64(template) &+ slotCycle &- place % slotCycle) % slotCycle
        for _ in 0..<ahead {
            moves[Int(pattern[turn])] += 1
            turn = turn + 1 == patternCount ? 0 : turn + 1
        }
        place &+= ahead
        for (stream, move) in moves.enumerated() where move != 0 { patchers[stream].move(by: move) }
    }
}
