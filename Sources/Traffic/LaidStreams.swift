import Frames
import Memory

/// Frames of streams in an order that only a schedule knows: each is laid whole into whichever slot comes, and then made the next of its stream.
///
/// For each frame `choose`, lay what `base` shows, and `fill`. What frames hold is a function of their stream and of their number in it, so workers that
/// share a schedule send all of it together, whoever sends which.
@frozen
public struct LaidStreams: FrameFiller, ~Copyable {
    /// One for each stream.
    @usableFromInline let patchers: OwnedTable<FramePatcher>
    /// Where each stream's first base is, and how many it has.
    @usableFromInline let firsts: OwnedTable<Int>
    private let roundCounts: OwnedTable<Int>
    /// All bases, one stream's behind the other's.
    @usableFromInline let bases: OwnedTable<LaidBase>
    /// How often each was laid.
    @usableFromInline let counts: OwnedTable<UInt64>
    private let bytes: OwnedTable<UInt8>
    @usableFromInline let window: ByteWindow
    /// Of each stream, the number behind its last frame's.
    @usableFromInline let next: OwnedTable<UInt64>
    /// What was chosen.
    @usableFromInline var stream = 0
    @usableFromInline var base = 0

    /// Other workers' frames are stepped over one by one, up to so many.
    @usableFromInline static let longestWalk: UInt64 = 256

    public init(_ program: StreamProgram) {
        let parts = program.parts
        patchers = OwnedTable(count: parts.count) { FramePatcher(parts[$0].program) }
        roundCounts = OwnedTable(parts.map(\.program.bases.count))
        var firsts: [Int] = [], bases: [LaidBase] = [], all: [UInt8] = []
        for (number, part) in parts.enumerated() {
            firsts.append(bases.count)
            // Rounds repeat a few sizes, and files some frames.
            var places: [[UInt8]: Int] = [:]
            for template in part.program.bases {
                let offset = places[template.bytes] ?? all.count
                if offset == all.count {
                    places[template.bytes] = offset
                    all += template.bytes
                }
                bases.append(LaidBase(stream: number, offset: offset, byteCount: template.bytes.count, point: template.stampPoint))
            }
        }
        self.firsts = OwnedTable(firsts)
        self.bases = OwnedTable(bases)
        counts = OwnedTable(repeating: 0, count: bases.count)
        next = OwnedTable(repeating: 0, count: parts.count)
        let bytes = OwnedTable(all)
        window = bytes.bytes
        self.bytes = bytes
    }

    /// The next frame is number `own` of a stream; numbers of a stream only rise until `begin`.
    @inlinable @inline(__always)
    public mutating func choose(stream: Int, own: UInt64) {
        self.stream = stream
        var ahead = own &- next[stream]
        if ahead > Self.longestWalk {
            jump(by: ahead)
        } else {
            while ahead > 0 {
                patchers[stream].advance()
                ahead &-= 1
            }
        }
        next[stream] = own &+ 1
        base = firsts[stream] &+ patchers[stream].round
        counts[base] &+= 1
    }

    @usableFromInline @inline(never)
    mutating func jump(by frames: UInt64) { patchers[stream].move(by: Int64(bitPattern: frames)) }

    /// Shows the chosen frame as it is laid: all that varies is zero.
    @inlinable @inline(__always)
    public func showBase(_ body: (RawSpan) -> Void) { window.read(bases[base].offset, count: bases[base].byteCount, body) }

    /// - Parameter point: the slot's, which says nothing of what was laid into it.
    @inlinable @inline(__always)
    public mutating func fill(
        _ frame: inout MutableRawSpan, _ point: StampPoint, stream: StreamIdentifier, sequence: UInt64, timestampNanoseconds: UInt64
    ) {
        patchers[self.stream].fill(
            &frame, bases[base].point, stream: stream.naming(UInt8(truncatingIfNeeded: self.stream)), sequence: sequence,
            timestampNanoseconds: timestampNanoseconds)
    }

    /// From each stream's first frame on, with nothing counted.
    public mutating func begin() {
        for stream in 0..<patchers.count {
            patchers[stream].move(by: -Int64(bitPattern: patchers[stream].place))
            next[stream] = 0
        }
        for base in 0..<counts.count { counts[base] = 0 }
    }

    /// A phase begins by itself (`begin`).
    public mutating func resume(at template: Int, refused: UInt64) {}

    /// Takes back one that was laid and never left.
    public mutating func uncount(stream: Int, own: UInt64) {
        counts[firsts[stream] + Int(own % UInt64(roundCounts[stream]))] &-= 1
    }

    /// What was laid and not taken back, by stream and length.
    public var kinds: [FrameKind: UInt64] {
        var kinds: [FrameKind: UInt64] = [:]
        for base in 0..<counts.count where counts[base] > 0 {
            kinds[FrameKind(stream: bases[base].stream, byteCount: bases[base].byteCount), default: 0] += counts[base]
        }
        return kinds
    }
}

/// A frame of a stream's sizes' round, everything that varies zero.
@frozen
@usableFromInline
struct LaidBase {
    @usableFromInline let stream: Int
    /// From the first base's first byte.
    @usableFromInline let offset: Int
    /// Without FCS.
    @usableFromInline let byteCount: Int
    @usableFromInline let point: StampPoint

    init(stream: Int, offset: Int, byteCount: Int, point: StampPoint) {
        self.stream = stream
        self.offset = offset
        self.byteCount = byteCount
        self.point = point
    }
}
