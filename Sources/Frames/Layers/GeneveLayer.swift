/// RFC 8926 section 3.4.
public struct GeneveLayer: FrameLayer, Equatable {
    /// IANA's port for it.
    public static let port: UInt16 = 6_081

    public var version: UInt8 = 0
    /// In words of 32 bits; nil for what the options need.
    public var optionWords: UInt8?
    public var isControl = false
    public var hasCriticalOptions = false
    /// Six bits.
    public var reservedBits: UInt8 = 0
    public var protocolType: UInt16?
    /// Virtual network identifier, 24 bits.
    public var networkIdentifier: UInt32
    public var reserved: UInt8 = 0
    /// As they stand in the header; whole words.
    public var optionBytes: [UInt8] = []

    public init(networkIdentifier: UInt32) { self.networkIdentifier = networkIdentifier }

    public var kind: LayerKind { .geneve }

    public init(_ kind: LayerKind, from reader: inout ByteReader) throws(LayerFault) {
        try reader.require(8)
        let first = try reader.read8()
        version = first >> 6
        optionWords = first & 0x3F
        let second = try reader.read8()
        isControl = second & 0x80 != 0
        hasCriticalOptions = second & 0x40 != 0
        reservedBits = second & 0x3F
        protocolType = try reader.read16()
        networkIdentifier = try reader.read24()
        reserved = try reader.read8()
        guard version == 0 else { throw .malformed("version \(version) is not GENEVE of RFC 8926") }
        optionBytes = try reader.read(Int(first & 0x3F) * 4)
    }

    /// Adds an option of whole words (RFC 8926 section 3.5).
    ///
    /// - Parameter data: at most 124 bytes.
    public mutating func addOption(optionClass: UInt16, type: UInt8, data: [UInt8]) {
        let words = (data.count + 3) / 4
        optionBytes += [UInt8(optionClass >> 8), UInt8(truncatingIfNeeded: optionClass), type, UInt8(words & 0x1F)]
        optionBytes += data + [UInt8](repeating: 0, count: words * 4 - data.count)
        if type & 0x80 != 0 { hasCriticalOptions = true }
    }

    public func encoded(_ context: BuildContext) -> [UInt8] {
        var writer = ByteWriter()
        writer.write8(version << 6 | (optionWords ?? UInt8(clamping: optionBytes.count / 4)) & 0x3F)
        writer.write8((isControl ? 0x80 : 0) | (hasCriticalOptions ? 0x40 : 0) | reservedBits & 0x3F)
        writer.write16(protocolType ?? context.following?.etherType ?? EtherType.experimental)
        writer.write24(networkIdentifier)
        writer.write8(reserved)
        writer.write(optionBytes)
        return writer.bytes
    }

    public func describe(into list: inout FieldList, _ context: LayerContext) {
        list.decimal("version", "version", version)
        list.flag("flags.oam", "oam", isControl)
        list.flag("flags.critical", "critical", hasCriticalOptions)
        list.hex("proto_type", "proto", protocolType ?? 0, ProtocolNumbers.etherType(protocolType ?? 0))
        list.hex("vni", "vni", networkIdentifier, digits: 6)
        var offset = 0
        while offset + 4 <= optionBytes.count {
            let count = 4 + Int(optionBytes[offset + 3] & 0x1F) * 4
            list.hex("option.class", "classid", UInt16(optionBytes[offset]) << 8 | UInt16(optionBytes[offset + 1]))
            list.hex("option.type", "type", optionBytes[offset + 2])
            offset += count
        }
        if offset != optionBytes.count { list.problem("options don't fill their \(optionBytes.count) bytes") }
    }

    public func next(_ reader: ByteReader) -> LayerKind { .behind(etherType: protocolType ?? 0, reader) }

    public var summary: String {
        "Generic Network Virtualization Encapsulation, VNI: 0x\(Hexadecimal.text(UInt64(networkIdentifier), digits: 6))"
    }

    public var information: String? { "GENEVE \(networkIdentifier)" }
}
