/// The authentication header of IPsec: RFC 4302 section 2. What it covers isn't checked, for the key is somebody else's.
public struct AuthenticationLayer: FrameLayer, Equatable {
    public var nextHeader: UInt8?
    /// In words of 32 bits, two not counted; nil for what the value needs.
    public var lengthWords: UInt8?
    public var reserved: UInt16 = 0
    public var securityIndex: UInt32
    public var sequence: UInt32
    /// The integrity check value, with its padding.
    public var checkValue: [UInt8]

    private static let fixedBytes = 12

    public init(securityIndex: UInt32, sequence: UInt32, checkValue: [UInt8]) {
        self.securityIndex = securityIndex
        self.sequence = sequence
        self.checkValue = checkValue
    }

    public var kind: LayerKind { .ah }

    public init(_ kind: LayerKind, from reader: inout ByteReader) throws(LayerFault) {
        try reader.require(Self.fixedBytes)
        nextHeader = try reader.read8()
        let words = try reader.read8()
        lengthWords = words
        reserved = try reader.read16()
        securityIndex = try reader.read32()
        sequence = try reader.read32()
        guard words >= 1 else { throw .malformed("a length of \(words) is shorter than the header") }
        checkValue = try reader.read((Int(words) + 2) * 4 - Self.fixedBytes)
    }

    public func encoded(_ context: BuildContext) -> [UInt8] {
        var writer = ByteWriter()
        writer.write8(nextHeader ?? IPv6Layer.announcing(context))
        writer.write8(lengthWords ?? UInt8(clamping: (Self.fixedBytes + checkValue.count) / 4 - 2))
        writer.write16(reserved)
        writer.write32(securityIndex)
        writer.write32(sequence)
        writer.write(checkValue)
        return writer.bytes
    }

    public func describe(into list: inout FieldList, _ context: LayerContext) {
        list.decimal("next_header", "nh", nextHeader ?? 0, ProtocolNumbers.ip(nextHeader ?? 0))
        list.decimal("length", "payloadlen", lengthWords ?? 0)
        list.add("reserved", "reserved", .bytes([UInt8(reserved >> 8), UInt8(truncatingIfNeeded: reserved)]))
        list.hex("spi", "spi", securityIndex)
        list.decimal("sequence", "seq", sequence)
        list.add("icv", "icv", .bytes(checkValue))
    }

    /// IPv6's own headers are told only where the outer header is IPv6's: a header behind this one says which.
    public func next(_ reader: ByteReader) -> LayerKind { .behindAuthentication(protocolNumber: nextHeader ?? 0) }

    public var summary: String { "Authentication Header" }

    public var information: String? { "AH, SPI 0x\(Hexadecimal.text(UInt64(securityIndex), digits: 8))" }
}
