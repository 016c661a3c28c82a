import Frames
import Memory

/// Recipe, sizes and rules made into something that can tell any frame of a schedule at once, however many differ.
///
/// Frame i has size i of the sizes' round. Modifiers count like an odometer, the first one fastest, so that each value of one comes with each of
/// the others; where round and odometer have a common factor the odometer skips one step a turn, so that each size meets all of it as well. So
/// the cycle is the product of everything that varies: no field moves in step with another unless one modifier holds both.
public struct FrameProgram: Sendable {
    /// One for each frame of the sizes' round, everything that varies zero; checksum seeds are those of such frames.
    public let bases: [FrameTemplate]
    /// The sums over their IPv4 headers, checksum and everything that varies zero; 0 without such a header.
    package let ipSums: [UInt64]
    /// Where the IPv4 checksum stands; 0 without one.
    package let ipChecksumOffset: Int
    package let patches: [FieldPatch]
    package let tables: [UInt64]
    /// How far each modifier counts.
    package let wheels: [UInt64]
    /// Frames before the first comes again: sizes in a round × all of the odometer.
    public let cycleFrames: UInt64
    /// How many frames differ from each other.
    public let differentFrames: UInt64
    /// How many pairs of addresses and ports they make; of MAC addresses where there is no IP.
    public let flows: UInt64

    /// After so many frames the odometer skips a step; the whole cycle where sizes and odometer have no common factor.
    @usableFromInline package let stretch: UInt64

    /// More than this no run lives to see.
    package static let maximumCycle: UInt64 = 1 << 47

    /// - Parameters:
    ///   - flows: that many by source port and address, besides what the modifiers say.
    ///   - seed: where random values start; the same seed gives the same frames.
    /// - Throws: `FrameError`.
    public init(
        _ recipe: FrameRecipe, sizes: FrameSizes, modifiers: [FieldModifier] = [], flows: UInt64? = nil, seed: UInt64 = 1
    ) throws(FrameError) {
        var compiler = RuleCompiler(recipe)
        if let flows { try compiler.add(flows: flows) }
        for (position, modifier) in modifiers.enumerated() {
            try compiler.add(modifier, seed: seed &+ UInt64(position) &* 0x9E37_79B9_7F4A_7C15)
        }
        patches = compiler.patches
        tables = compiler.tables
        wheels = compiler.wheels
        let round = sizes.round
        let turns = compiler.wheels.reduce(UInt64(1), product)
        let cycle = product(turns, UInt64(round.count))
        guard cycle <= Self.maximumCycle else { throw .cycleTooLong(frames: Int(clamping: cycle), maximum: Int(Self.maximumCycle)) }
        cycleFrames = cycle
        let size = UInt64(round.count)
        stretch = cycle / greatestCommonDivisor(size, cycle / size)
        differentFrames = compiler.distinct.reduce(UInt64(Set(round).count), *)
        self.flows = compiler.distinctFlows.reduce(1, *)

        let ip = compiler.headers.ipv4Offset
        ipChecksumOffset = ip.map { $0 + IPv4Field.checksum } ?? 0
        var built: [Int: FrameTemplate] = [:]
        var sums: [Int: UInt64] = [:]
        for size in Set(round) {
            var one = recipe
            one.sizeBytes = size
            var bytes = try FrameBuilder.build(one).bytes
            compiler.prepare(&bytes)
            if let ip {
                for byte in 0..<2 { bytes[ip + IPv4Field.checksum + byte] = 0 }
                sums[size] =
                    UInt64(InternetChecksum.folded(InternetChecksum.sum(bytes[ip..<compiler.headers.transportOffset])))
                    + (recipe.faults.contains(.ipChecksum) ? 1 : 0)
            }
            built[size] = FrameTemplate(bytes: bytes, stampPoint: FrameBuilder.stampPoint(one, bytes))
        }
        bases = round.map { built[$0]! }
        ipSums = round.map { sums[$0] ?? 0 }
    }

    /// Frame `index` of the schedule, ready but for its signature.
    public func frame(_ index: UInt64) -> FrameTemplate {
        let place = FramePlace(index, in: self)
        let base = bases[place.round]
        var bytes = base.bytes
        var seed = base.stampPoint.checksumSeed
        bytes.write { frame in
            var sums = PatchSums(ip: ipSums[place.round])
            for patch in patches {
                sums.lay(patch, patch.value(place.counts[patch.wheel]) { tables[$0] }, into: &frame)
            }
            if ipChecksumOffset != 0 { sums.finishHeader(&frame, at: ipChecksumOffset) }
            seed = sums.seed(seed)
        }
        let point = base.stampPoint
        return FrameTemplate(
            bytes: bytes,
            stampPoint: StampPoint(
                signatureOffset: point.signatureOffset, checksumOffset: point.checksumOffset,
                checksumSeed: point.checksumOffset == 0 ? 0 : seed))
    }
}

/// Which values frame `index` of a schedule has.
package struct FramePlace {
    package let round: Int
    /// The odometer's digits.
    package var counts: [UInt64]
    /// Frames until the odometer skips one.
    package let untilSkip: UInt64

    package init(_ index: UInt64, in program: FrameProgram) {
        let size = UInt64(program.bases.count)
        let turns = program.cycleFrames / size
        let stretch = program.stretch
        let index = index % program.cycleFrames
        round = Int(index % size)
        untilSkip = stretch - index % stretch
        var left = (index % turns + index / stretch) % turns
        counts = []
        for wheel in program.wheels {
            counts.append(left % wheel)
            left /= wheel
        }
    }
}

/// What the patches of one frame come to.
@frozen @usableFromInline
struct PatchSums {
    @usableFromInline package var ip: UInt64
    @usableFromInline package var transport: UInt64 = 0

    @inlinable @inline(__always)
    init(ip: UInt64) { self.ip = ip }

    /// Writes a field's value and adds its words to the checksums that cover it.
    @inlinable @inline(__always)
    package mutating func lay(_ patch: FieldPatch, _ value: UInt64, into frame: inout MutableRawSpan) {
        let placed = value &<< patch.shift & patch.mask
        let old = frame.bytes.bigEndian(at: patch.offset, as: UInt64.self)
        frame.storeBytes(of: (old & ~patch.mask | placed).bigEndian, toByteOffset: patch.offset, as: UInt64.self)
        ip &+= Signature.words(placed & patch.ipMask)
        transport &+= Signature.words(placed & patch.transportMask)
    }

    @inlinable @inline(__always)
    func finishHeader(_ frame: inout MutableRawSpan, at offset: Int) {
        let checksum = ~UInt16(truncatingIfNeeded: InternetChecksum.folded(ip))
        frame.storeBytes(of: checksum.bigEndian, toByteOffset: offset, as: UInt16.self)
    }

    /// The transport checksum's seed with the patched words in it.
    @inlinable @inline(__always)
    package func seed(_ base: UInt32) -> UInt32 { UInt32(truncatingIfNeeded: InternetChecksum.folded(UInt64(base) &+ transport)) }
}

package func greatestCommonDivisor(_ a: UInt64, _ b: UInt64) -> UInt64 {
    var (x, y) = (a, b)
    while y != 0 { (x, y) = (y, x % y) }
    return x
}

/// The largest number there is where the product would be larger.
func product(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let (value, overflows) = a.multipliedReportingOverflow(by: b)
    return overflows ? .max : value
}
