/// A fragment header: RFC 8200 section 4.5.
public struct IPv6FragmentLayer: FrameLayer, Equatable {
    public var nextHeader: UInt8?
    public var reserved: UInt8 = 0
    /// In units of 8 bytes.
    public var offset: UInt16
    /// The two reserved bits behind the offset.
    public var reservedBits: UInt8 = 0
    public var moreFragments: Bool
    public var identification: UInt32

    public init(offset: UInt16, moreFragments: Bool, identification: UInt32) {
        self.offset = offset
        self.moreFragments = moreFragments
        self.identification = identification
    }

    public var kind: LayerKind { .fragment }

    public init(_ kind: LayerKind, from reader: inout ByteReader) throws(LayerFault) {
        try reader.require(8)
        nextHeader = try reader.read8()
        reserved = try reader.read8()
        let word = try reader.read16()
        offset = word >> 3
        reservedBits = UInt8(word >> 1 & 3)
        moreFragments = word & 1 == 1
        identification = try reader.read32()
    }

    /// RFC 8200 section 4.5: a datagram in one piece may have the header too (an atomic fragment, RFC 6946).
    public var isFragment: Bool { moreFragments || offset > 0 }

    public func encoded(_ context: BuildContext) -> [UInt8] {
        var writer = ByteWriter()
        writer.write8(nextHeader ?? IPv6Layer.announcing(context))
        writer.write8(reserved)
        writer.write16((offset & 0x1FFF) << 3 | UInt16(reservedBits & 3) << 1 | (moreFragments ? 1 : 0))
        writer.write32(identification)
        return writer.bytes
    }

    public func describe(into list: inout FieldList, _ context: LayerContext) {
        list.decimal("nxt", "nh", nextHeader ?? 0, ProtocolNumbers.ip(nextHeader ?? 0))
        list.decimal("offset", "offset", offset)
        list.flag("more", "m", moreFragments)
        list.hex("ident", "id", identification)
    }

    public func next(_ reader: ByteReader) -> LayerKind {
        offset > 0 ? .payload : .behind(protocolNumber: nextHeader ?? 0, isIPv6: true)
    }

    public var summary: String { "Fragment Header for IPv6" }

    public var information: String? {
        isFragment ? "fragment of \(ProtocolNumbers.ip(nextHeader ?? 0)), offset \(Int(offset) * 8)" : nil
    }
}
