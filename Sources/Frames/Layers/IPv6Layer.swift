/// Sizes and offsets of RFC 8200, bytes.
package enum IPv6Field {
    package static let payloadLength = 4
    package static let headerBytes = 40
}

/// RFC 8200 section 3.
public struct IPv6Layer: FrameLayer, Equatable {
    public var version: UInt8 = 6
    public var trafficClass: UInt8 = 0
    /// 20 bits.
    public var flowLabel: UInt32 = 0
    public var payloadLength: UInt16?
    public var nextHeader: UInt8?
    public var hopLimit: UInt8 = 64
    public var source: IPv6Address
    public var destination: IPv6Address

    public init(source: IPv6Address, destination: IPv6Address) {
        self.source = source
        self.destination = destination
    }

    public var kind: LayerKind { .ipv6 }

    public init(_ kind: LayerKind, from reader: inout ByteReader) throws(LayerFault) {
        try reader.require(IPv6Field.headerBytes)
        let first = try reader.read32()
        version = UInt8(first >> 28)
        trafficClass = UInt8(truncatingIfNeeded: first >> 20)
        flowLabel = first & 0xF_FFFF
        payloadLength = try reader.read16()
        nextHeader = try reader.read8()
        hopLimit = try reader.read8()
        source = try reader.readIPv6()
        destination = try reader.readIPv6()
        guard version == 6 else { throw .malformed("version \(version) in an IPv6 header") }
    }

    public func encoded(_ context: BuildContext) -> [UInt8] {
        var writer = ByteWriter()
        writer.write32(UInt32(version) << 28 | UInt32(trafficClass) << 20 | flowLabel & 0xF_FFFF)
        writer.write16(payloadLength ?? UInt16(clamping: context.payload.count))
        writer.write8(nextHeader ?? IPv6Layer.announcing(context))
        writer.write8(hopLimit)
        writer.write(source.bytes)
        writer.write(destination.bytes)
        return writer.bytes
    }

    /// The next header's number in front of a payload; 59 at the end (RFC 8200 section 4.7).
    static func announcing(_ context: BuildContext) -> UInt8 {
        context.following?.protocolNumber ?? (context.payload.isEmpty ? 59 : IPv4Layer.experimental)
    }

    /// 0 stands in super-frames and jumbograms (RFC 2675): then the frame's end counts, unless nothing follows.
    public var payloadBytes: Int? {
        payloadLength.flatMap { $0 == 0 && nextHeader != 59 ? nil : Int($0) }
    }

    public func describe(into list: inout FieldList, _ context: LayerContext) {
        list.decimal("version", "version", version)
        list.hex("tclass", "tc", trafficClass, digits: 8)
        list.hex("flow", "fl", flowLabel, digits: 6)
        list.decimal("plen", "plen", payloadLength ?? 0)
        list.decimal("nxt", "nh", nextHeader ?? 0, ProtocolNumbers.ip(nextHeader ?? 0))
        list.decimal("hlim", "hlim", hopLimit)
        list.text("src", "src", source)
        list.text("dst", "dst", destination)
    }

    public var places: [FieldPlace] {
        [
            FieldPlace("tclass", 4, 8), FieldPlace("tclass.dscp", 4, 6), FieldPlace("tclass.ecn", 10, 2), FieldPlace("flow", 12, 20),
            FieldPlace("hlim", 56, 8, range: 1...255), FieldPlace("src", 64, 128, .ipv6), FieldPlace("dst", 192, 128, .ipv6)
        ]
    }

    public func next(_ reader: ByteReader) -> LayerKind { .behind(protocolNumber: nextHeader ?? 0, isIPv6: true) }

    public var summary: String { "Internet Protocol Version 6, Src: \(source), Dst: \(destination)" }

    public var information: String? { "next header \(nextHeader ?? 0) (\(ProtocolNumbers.ip(nextHeader ?? 0)))" }
}
