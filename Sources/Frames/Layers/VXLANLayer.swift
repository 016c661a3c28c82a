/// RFC 7348 section 5.
public struct VXLANLayer: FrameLayer, Equatable {
    /// IANA's port for it.
    public static let port: UInt16 = 4_789
    /// Where Linux sends it unless told otherwise (drivers/net/vxlan, `vxlan_port`); others send something else there (OTV).
    public static let linuxPort: UInt16 = 8_472

    /// Whether the network identifier is valid and the reserved bits are zero, as in all that Linux sends without extensions.
    static func begins(_ reader: ByteReader) -> Bool { reader.peek() == 0x08 && reader.peek(1) == 0 && reader.peek(7) == 0 }

    /// 0x08 says that the network identifier is valid; the others are reserved here.
    public var flags: UInt8 = 0x08
    /// 24 bits.
    public var reserved: UInt32 = 0
    /// VXLAN network identifier, 24 bits.
    public var networkIdentifier: UInt32
    public var lastReserved: UInt8 = 0

    public init(networkIdentifier: UInt32) { self.networkIdentifier = networkIdentifier }

    public var kind: LayerKind { .vxlan }

    public init(_ kind: LayerKind, from reader: inout ByteReader) throws(LayerFault) {
        try reader.require(8)
        flags = try reader.read8()
        reserved = try reader.read24()
        networkIdentifier = try reader.read24()
        lastReserved = try reader.read8()
    }

    public func encoded(_ context: BuildContext) -> [UInt8] {
        var writer = ByteWriter()
        writer.write8(flags)
        writer.write24(reserved)
        writer.write24(networkIdentifier)
        writer.write8(lastReserved)
        return writer.bytes
    }

    public func describe(into list: inout FieldList, _ context: LayerContext) {
        // Wireshark takes the first of the reserved bytes into the flags, and the other two for the group policy.
        list.hex("flags", "flags", UInt16(flags) << 8 | UInt16(reserved >> 16))
        list.decimal("gbp", "gbp", reserved & 0xFFFF)
        list.decimal("vni", "vni", networkIdentifier)
        list.decimal("reserved8", "reserved2", lastReserved)
    }

    public var places: [FieldPlace] { [FieldPlace("vni", 32, 24)] }

    public func next(_ reader: ByteReader) -> LayerKind { .ethernet }

    public var summary: String { "Virtual eXtensible Local Area Network, VNI: \(networkIdentifier)" }

    public var information: String? { "VXLAN \(networkIdentifier)" }
}
