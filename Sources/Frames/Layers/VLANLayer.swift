/// A tag of IEEE 802.1Q: behind EtherType 0x8100 a customer's, behind 0x88A8 a service provider's (802.1ad), behind 0x9100 the outer one of
/// switches from before that.
public struct VLANLayer: FrameLayer, Equatable {
    public let kind: LayerKind
    /// Priority code point, 0 to 7.
    public var priority: UInt8
    /// Drop eligible indicator.
    public var isDropEligible: Bool
    /// 0 to 4,095.
    public var identifier: UInt16
    public var typeOrLength: UInt16?

    public init(
        _ kind: LayerKind = .customerTag, identifier: UInt16, priority: UInt8 = 0, isDropEligible: Bool = false,
        typeOrLength: UInt16? = nil
    ) {
        self.kind = kind
        self.priority = priority
        self.isDropEligible = isDropEligible
        self.identifier = identifier
        self.typeOrLength = typeOrLength
    }

    public init(_ kind: LayerKind, from reader: inout ByteReader) throws(LayerFault) {
        try reader.require(EthernetWire.tagBytes)
        let control = try reader.read16()
        self.init(
            kind, identifier: control & 0xFFF, priority: UInt8(control >> 13), isDropEligible: control >> 12 & 1 == 1,
            typeOrLength: try reader.read16())
    }

    public func encoded(_ context: BuildContext) -> [UInt8] {
        var writer = ByteWriter()
        writer.write16(UInt16(priority & 7) << 13 | (isDropEligible ? 0x1000 : 0) | identifier & 0xFFF)
        writer.write16(typeOrLength ?? EtherType.announcing(context))
        return writer.bytes
    }

    private var isLength: Bool { typeOrLength ?? .max <= EtherType.maximumLength }

    public var payloadBytes: Int? { isLength ? typeOrLength.map { Int($0) } : nil }

    public func describe(into list: inout FieldList, _ context: LayerContext) {
        list.decimal("priority", "prio", priority)
        // scapy 2.5 knows the bit by its name before 802.1Q-2011.
        list.flag("dei", "id", isDropEligible)
        list.decimal("id", "vlan", identifier)
        guard let typeOrLength else { return }
        if isLength {
            // Wireshark has one name for both.
            list.decimal("=vlan.len", "len", typeOrLength)
        } else {
            // Wireshark's own name for it, 802.1ah or not.
            let name = kind == .serviceTag ? "=ieee8021ah.etype" : "etype"
            list.hex(name, "type", typeOrLength, ProtocolNumbers.etherType(typeOrLength))
        }
    }

    /// 0 is a priority tag, 4095 is reserved (IEEE 802.1Q, 9.6).
    public var places: [FieldPlace] {
        [FieldPlace("priority", 0, 3), FieldPlace("dei", 3, 1), FieldPlace("id", 4, 12, range: 1...4094)]
    }

    public func next(_ reader: ByteReader) -> LayerKind { isLength ? .llc : .behind(etherType: typeOrLength ?? 0, reader) }

    public var summary: String {
        let tag = "PRI: \(priority), DEI: \(isDropEligible ? 1 : 0), ID: \(identifier)"
        return kind == .serviceTag ? "IEEE 802.1ad, \(tag)" : "802.1Q Virtual LAN, \(tag)"
    }

    public var information: String? { "VLAN \(identifier)" }
}
