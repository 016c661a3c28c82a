import Frames
import Memory

/// A field that is moved by a step from one loop of a file to the next: `ip.src=+1`.
///
/// In loop k, counted from 0, its value is k steps further, and comes in again at the other end of the values that the field may have. Of an IPv6
/// address the lower 64 bits move.
public struct FieldMove: Equatable, Sendable, CustomStringConvertible {
    /// Wireshark's name.
    public let field: String
    /// What is added from loop to loop; its amount is less than the field's number of values.
    public let step: Int128
    private let header: LayerKind
    private let place: FieldPlace

    /// Every field of a header that a plan may vary, and the header that holds it.
    private static let places: [String: (header: LayerKind, place: FieldPlace)] = {
        var places: [String: (LayerKind, FieldPlace)] = [:]
        for network in NetworkProtocol.allCases {
            for transport in TransportProtocol.allCases {
                var recipe = FrameRecipe()
                recipe.vlans = [1, 1]
                recipe.network = network
                recipe.transport = transport
                recipe.sizeBytes = recipe.minimumBytes
                for layer in FrameBuilder.layers(recipe) where layer.kind != .payload {
                    for place in layer.places { places["\(layer.kind.filterName).\(place.name)"] = (layer.kind, place) }
                }
            }
        }
        return places
    }()

    /// Why a text is no move.
    public enum Fault: Error, Equatable, Sendable {
        case shape
        case unknownField(String)
        case badStep(String, field: String, limit: UInt64)
    }

    /// - Parameter text: `FIELD=STEP`; the step is decimal, with or without a sign.
    /// - Throws: `Fault`.
    public init(_ text: some StringProtocol) throws(Fault) {
        let halves = text.split(separator: "=", omittingEmptySubsequences: false)
        guard halves.count == 2, !halves[0].isEmpty else { throw .shape }
        let name = halves[0].lowercased()
        guard let (header, place) = Self.places[name] else { throw .unknownField(String(halves[0])) }
        let steps = FieldStep.values(of: place)
        let limit = steps.size &- 1
        guard let step = Int128(halves[1]), step != 0, step.magnitude <= UInt128(limit) else {
            throw .badStep(String(halves[1]), field: name, limit: limit)
        }
        (field, self.step, self.header, self.place) = (name, step, header, place)
    }

    /// `+1`, `-3`
    public var stepText: String { step > 0 ? "+\(step)" : "\(step)" }

    /// As it is written.
    public var description: String { "\(field)=\(stepText)" }

    /// Whether both would change the same bits.
    public func overlaps(_ other: FieldMove) -> Bool { header == other.header && bits.overlaps(other.bits) }

    private var bits: Range<Int> { place.firstBit..<(place.firstBit + place.bitCount) }

    /// How the field's value moves by `loops` loops.
    package func step(loops: UInt64) -> FieldStep { FieldStep(place, step: step, loops: loops) }

    /// Where a frame has the field, and which checksums cover it.
    ///
    /// - Parameter headers: of this frame.
    /// - Returns: nil where it has none, or a value that makes no sense there, such as a priority tag's identifier of 0; also where an address
    ///   could not be moved without a checksum going wrong.
    package func slot(in headers: FrameHeaders, _ frame: RawSpan) -> FieldSlot? {
        guard let offset = headers.offset(of: header) else { return nil }
        let isAddress = place.form == .ipv4 || place.form == .ipv6
        guard !isAddress || headers.addressesMayMove else { return nil }
        let step = step(loops: 1)
        // The eight bytes end with the field's last word, so that they lie within the frame; a frame's first field has no eight before it.
        let end = offset + (bits.upperBound + 15) / 16 * 2
        let window = max(0, end - 8)
        guard window + 8 <= frame.byteCount, step.holds(frame.bigEndian(at: window, as: UInt64.self)) else { return nil }
        let isTransported = isAddress || header == .udp || header == .tcp
        return FieldSlot(
            window: UInt16(window), networkChecksum: header == .ipv4 ? UInt16(offset + IPv4Field.checksum) : 0,
            transportChecksum: isTransported ? UInt16(headers.transportChecksum) : 0, isUDP: headers.udp != nil,
            isTransported: isTransported)
    }
}

/// How a field's value moves, without references: a mask of eight bytes of the frame, and arithmetic.
@usableFromInline
package struct FieldStep: Equatable, Sendable, BitwiseCopyable {
    /// Bits behind the field in its eight bytes.
    @usableFromInline package let shift: UInt64
    @usableFromInline package let mask: UInt64
    /// The first value that makes sense, and how many do; 0 for 2⁶⁴.
    @usableFromInline package let low: UInt64
    @usableFromInline package let size: UInt64
    /// Below the size.
    @usableFromInline package let step: UInt64

    fileprivate static func values(of place: FieldPlace) -> FieldStep { FieldStep(place, step: 0, loops: 0) }

    fileprivate init(_ place: FieldPlace, step: Int128, loops: UInt64) {
        let count = min(place.bitCount, 64)
        let last = place.firstBit + place.bitCount
        // Only the destination MAC address begins a frame, and has its bits in front of two more bytes.
        let behind = last < 64 && place.form == .mac ? 64 - last : (last + 15) / 16 * 16 - last
        shift = UInt64(behind)
        mask = .max >> UInt64(64 - count)
        low = place.bitCount > 64 ? 0 : UInt64(place.range.lowerBound)
        size = place.bitCount >= 64 ? 0 : UInt64(place.range.upperBound - place.range.lowerBound) + 1
        let values = size == 0 ? UInt128(1) << 64 : UInt128(size)
        let forward = step.magnitude % values * (UInt128(loops) % values) % values
        self.step = UInt64(truncatingIfNeeded: step < 0 && forward > 0 ? values - forward : forward)
    }

    /// Whether the field's value in its eight bytes is one that makes sense.
    func holds(_ window: UInt64) -> Bool { size == 0 || (window >> shift & mask) &- low < size }

    /// The eight bytes with the field moved.
    @inlinable @inline(__always)
    package func moved(_ window: UInt64) -> UInt64 {
        var place = (window &>> shift & mask) &- low &+ step
        if size != 0 && place >= size { place &-= size }
        return window & ~(mask &<< shift) | (low &+ place) &<< shift
    }
}

/// Where a frame has a field that moves. Eight bytes a field, of which a record of a replayed file has one for each move.
@usableFromInline
package struct FieldSlot: Equatable, Sendable, BitwiseCopyable {
    /// The eight bytes that hold it, from the frame's first on.
    @usableFromInline package let window: UInt16
    /// From the frame's first byte; 0 where no checksum of the kind covers the field, or where UDP has none.
    @usableFromInline package let networkChecksum: UInt16
    @usableFromInline package let transportChecksum: UInt16
    /// Bit 0: the transport is UDP; bit 1: its checksum covers the field; bit 2: there is a field.
    @usableFromInline package let flags: UInt16

    fileprivate init(window: UInt16, networkChecksum: UInt16, transportChecksum: UInt16, isUDP: Bool, isTransported: Bool) {
        (self.window, self.networkChecksum, self.transportChecksum) = (window, networkChecksum, transportChecksum)
        flags = (isUDP ? 1 : 0) | (isTransported ? 2 : 0) | 4
    }

    /// As `packed` wrote it; 0 for no field.
    @inlinable @inline(__always)
    package init(packed: UInt64) {
        window = UInt16(truncatingIfNeeded: packed)
        networkChecksum = UInt16(truncatingIfNeeded: packed &>> 16)
        transportChecksum = UInt16(truncatingIfNeeded: packed &>> 32)
        flags = UInt16(truncatingIfNeeded: packed &>> 48)
    }

    package var packed: UInt64 {
        UInt64(window) | UInt64(networkChecksum) << 16 | UInt64(transportChecksum) << 32 | UInt64(flags) << 48
    }

    @inlinable @inline(__always) package var isUDP: Bool { flags & 1 != 0 }
    @inlinable @inline(__always) package var isTransported: Bool { flags & 2 != 0 }
}
