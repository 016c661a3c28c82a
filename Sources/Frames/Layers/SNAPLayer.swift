/// IEEE 802 clause 9: an organisation, and a protocol of it; organisation 0 has EtherTypes (RFC 1042).
public struct SNAPLayer: FrameLayer, Equatable {
    /// 24 bits.
    public var organisation: UInt32
    public var protocolIdentifier: UInt16?

    public init(organisation: UInt32 = 0, protocolIdentifier: UInt16? = nil) {
        self.organisation = organisation
        self.protocolIdentifier = protocolIdentifier
    }

    public var kind: LayerKind { .snap }

    public init(_ kind: LayerKind, from reader: inout ByteReader) throws(LayerFault) {
        organisation = try reader.read24()
        protocolIdentifier = try reader.read16()
    }

    public func encoded(_ context: BuildContext) -> [UInt8] {
        var writer = ByteWriter()
        writer.write24(organisation)
        writer.write16(protocolIdentifier ?? context.following?.etherType ?? EtherType.experimental)
        return writer.bytes
    }

    public func describe(into list: inout FieldList, _ context: LayerContext) {
        list.decimal("oui", "OUI", organisation)
        let identifier = protocolIdentifier ?? 0
        if organisation == 0 {
            list.hex("type", "code", identifier, ProtocolNumbers.etherType(identifier))
        } else {
            list.hex("pid", "code", identifier)
        }
    }

    public func next(_ reader: ByteReader) -> LayerKind {
        organisation == 0 ? .behind(etherType: protocolIdentifier ?? 0, reader) : .payload
    }

    public var summary: String { "Subnetwork Access Protocol, OUI: 0x\(Hexadecimal.text(UInt64(organisation), digits: 6))" }

    public var information: String? { "SNAP 0x\(Hexadecimal.text(UInt64(protocolIdentifier ?? 0), digits: 4))" }
}
