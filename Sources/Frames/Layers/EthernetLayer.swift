/// IEEE 802.3: two addresses, and a type or a length.
public struct EthernetLayer: FrameLayer, Equatable {
    public var destination: MACAddress
    public var source: MACAddress
    /// Up to 1,500 a length, from 1,536 on a type (IEEE 802.3 clause 3.2.6); nil for what the next layer wants.
    public var typeOrLength: UInt16?

    public init(destination: MACAddress, source: MACAddress, typeOrLength: UInt16? = nil) {
        self.destination = destination
        self.source = source
        self.typeOrLength = typeOrLength
    }

    public var kind: LayerKind { .ethernet }

    public init(_ kind: LayerKind, from reader: inout ByteReader) throws(LayerFault) {
        try reader.require(EthernetWire.headerBytes)
        destination = try reader.readMAC()
        source = try reader.readMAC()
        typeOrLength = try reader.read16()
    }

    public func encoded(_ context: BuildContext) -> [UInt8] {
        var writer = ByteWriter()
        writer.write48(destination.value)
        writer.write48(source.value)
        writer.write16(typeOrLength ?? EtherType.announcing(context))
        return writer.bytes
    }

    private var isLength: Bool { typeOrLength ?? .max <= EtherType.maximumLength }

    public var payloadBytes: Int? { isLength ? typeOrLength.map { Int($0) } : nil }

    public func describe(into list: inout FieldList, _ context: LayerContext) {
        list.text("dst", "dst", destination)
        list.text("src", "src", source)
        guard let typeOrLength else { return }
        if isLength {
            list.decimal("len", "len", typeOrLength)
        } else {
            list.hex("type", "type", typeOrLength, ProtocolNumbers.etherType(typeOrLength))
        }
    }

    public var places: [FieldPlace] { [FieldPlace("dst", 0, 48, .mac), FieldPlace("src", 48, 48, .mac)] }

    public func next(_ reader: ByteReader) -> LayerKind { isLength ? .llc : .behind(etherType: typeOrLength ?? 0, reader) }

    public var summary: String {
        isLength ? "IEEE 802.3 Ethernet " : "Ethernet II, Src: \(Self.named(source)), Dst: \(Self.named(destination))"
    }

    public var information: String? {
        isLength ? "802.3, length \(typeOrLength ?? 0)" : typeOrLength.map { "EtherType 0x\(Hexadecimal.text(UInt64($0), digits: 4))" }
    }

    private static func named(_ address: MACAddress) -> String {
        address == .broadcast ? "Broadcast (\(address))" : "\(address) (\(address))"
    }
}

extension EtherType {
    /// The largest number in the type's place that is a length.
    static let maximumLength: UInt16 = 1_500

    /// What stands in front of a payload: the next layer's type, or the length in front of LLC.
    static func announcing(_ context: BuildContext) -> UInt16 {
        if context.following == .llc { return UInt16(clamping: context.payload.count) }
        return context.following?.etherType ?? experimental
    }
}
