import Frames
import Memory

/// What a transmit loop does to a reserved frame. Loops are generic over it and specialised for each.
public protocol FrameFiller: ~Copyable {
    /// Makes the frame in a slot the next of the schedule, with its signature.
    ///
    /// - Parameter frame: the slot from the frame's first byte on.
    mutating func fill(
        _ frame: inout MutableRawSpan, _ point: StampPoint, stream: StreamIdentifier, sequence: UInt64, timestampNanoseconds: UInt64)

    /// Between two phases: the next frame goes into a slot of `template`, and the last `refused` ones never left.
    mutating func resume(at template: Int, refused: UInt64)
}

/// Slots that hold their frames already: only the signature is written.
@frozen
public struct SignatureFiller: FrameFiller {
    @inlinable public init() {}

    @inlinable @inline(__always)
    public mutating func fill(
        _ frame: inout MutableRawSpan, _ point: StampPoint, stream: StreamIdentifier, sequence: UInt64, timestampNanoseconds: UInt64
    ) {
        Signature.stamp(&frame, point, stream: stream, sequence: sequence, timestampNanoseconds: timestampNanoseconds)
    }

    public mutating func resume(at template: Int, refused: UInt64) {}
}

/// Slots that hold the sizes' round only: all that varies is laid into each frame as it leaves, some stores and sums a field.
///
/// Its frames are those of `FrameProgram.frame`, in that order; slots follow the sizes' round from slot 0 on, and so does this. All its
/// memory is its own, made on the thread that uses it.
@frozen
public struct FramePatcher: FrameFiller, ~Copyable {
    @usableFromInline let patches: OwnedTable<FieldPatch>
    @usableFromInline let tables: OwnedTable<UInt64>
    /// Sums over the IPv4 headers of the sizes' round.
    @usableFromInline let ipSums: OwnedTable<UInt64>
    @usableFromInline let roundCount: Int
    @usableFromInline let ipChecksumOffset: Int
    /// The odometer's lengths and digits.
    @usableFromInline let wheels: OwnedTable<UInt64>
    @usableFromInline let counts: OwnedTable<UInt64>
    @usableFromInline let cycleFrames: UInt64
    /// After so many frames the odometer skips one.
    @usableFromInline package let stretch: UInt64
    @usableFromInline package var round = 0
    @usableFromInline var untilSkip: UInt64
    /// Of the next frame, in the cycle.
    @usableFromInline package var place: UInt64 = 0
    private let program: FrameProgram

    public init(_ program: FrameProgram) {
        self.program = program
        patches = OwnedTable(program.patches)
        tables = OwnedTable(program.tables)
        ipSums = OwnedTable(program.ipSums)
        roundCount = program.bases.count
        ipChecksumOffset = program.ipChecksumOffset
        wheels = OwnedTable(program.wheels)
        counts = OwnedTable(repeating: 0, count: program.wheels.count)
        cycleFrames = program.cycleFrames
        stretch = program.stretch
        untilSkip = stretch
    }

    @inlinable @inline(__always)
    public mutating func fill(
        _ frame: inout MutableRawSpan, _ point: StampPoint, stream: StreamIdentifier, sequence: UInt64, timestampNanoseconds: UInt64
    ) {
        var sums = PatchSums(ip: ipSums[round])
        var position = 0
        while position < patches.count {
            let patch = patches[position]
            sums.lay(patch, patch.value(counts[patch.wheel]) { tables[$0] }, into: &frame)
            position &+= 1
        }
        if ipChecksumOffset != 0 { sums.finishHeader(&frame, at: ipChecksumOffset) }
        let patched = StampPoint(
            signatureOffset: point.signatureOffset, checksumOffset: point.checksumOffset, checksumSeed: sums.seed(point.checksumSeed))
        Signature.stamp(&frame, patched, stream: stream, sequence: sequence, timestampNanoseconds: timestampNanoseconds)
        advance()
    }

    /// To the next frame of the schedule.
    @inlinable @inline(__always)
    package mutating func advance() {
        round = round &+ 1 == roundCount ? 0 : round &+ 1
        place &+= 1
        turn()
        untilSkip &-= 1
        guard untilSkip == 0 else { return }
        untilSkip = stretch
        if place == cycleFrames {
            place = 0
            var wheel = 0
            while wheel < wheels.count {
                counts[wheel] = 0
                wheel &+= 1
            }
        } else {
            turn()
        }
    }

    /// The odometer's next number.
    @inlinable @inline(__always)
    package mutating func turn() {
        var wheel = 0
        while wheel < wheels.count {
            let count = counts[wheel] &+ 1
            if count < wheels[wheel] {
                counts[wheel] = count
                return
            }
            counts[wheel] = 0
            wheel &+= 1
        }
    }

    /// Frames that never left come again where the port goes back to their slots; where it passes over those (`af-xdp`), the next of the
    /// size that the slot has.
    public mutating func resume(at template: Int, refused: UInt64) {
        // What is refused is less than a ring, which a short cycle may hold several times.
        let back = refused % cycleFrames
        let before = (place + cycleFrames - back) % cycleFrames
        let size = UInt64(roundCount)
        go(to: (before + (UInt64(template) + size - before % size) % size) % cycleFrames)
    }

    /// So many frames of the schedule on, or back.
    mutating func move(by frames: Int64) {
        let step = frames.magnitude % cycleFrames
        go(to: (place + (frames < 0 ? cycleFrames - step : step)) % cycleFrames)
    }

    private mutating func go(to place: UInt64) {
        self.place = place
        let at = FramePlace(place, in: program)
        round = at.round
        untilSkip = at.untilSkip
        for (wheel, digit) in at.counts.enumerated() { counts[wheel] = digit }
    }
}
