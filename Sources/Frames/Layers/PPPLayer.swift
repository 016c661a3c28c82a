/// RFC 1661 section 2, as it stands in PPPoE: a protocol's number of two bytes.
public struct PPPLayer: FrameLayer, Equatable {
    public var protocolNumber: UInt16?

    public init() {}

    public var kind: LayerKind { .ppp }

    public init(_ kind: LayerKind, from reader: inout ByteReader) throws(LayerFault) { protocolNumber = try reader.read16() }

    public func encoded(_ context: BuildContext) -> [UInt8] {
        var writer = ByteWriter()
        writer.write16(protocolNumber ?? Self.number(of: context.following))
        return writer.bytes
    }

    /// IANA's PPP DLL Protocol Numbers; 0x00FD is "compressed datagram", which nobody else reads either.
    private static func number(of kind: LayerKind?) -> UInt16 {
        switch kind {
        case .ipv4: 0x0021
        case .ipv6: 0x0057
        case .mpls: 0x0281
        default: 0x00FD
        }
    }

    public func describe(into list: inout FieldList, _ context: LayerContext) {
        list.hex("protocol", "proto", protocolNumber ?? 0, Self.name(protocolNumber ?? 0))
    }

    private static func name(_ number: UInt16) -> String? {
        switch number {
        case 0x0021: "IPv4"
        case 0x0057: "IPv6"
        case 0x0281: "MPLS"
        case 0x0283: "MPLS multicast"
        case 0x8021: "IPCP"
        case 0x8057: "IPv6CP"
        case 0xC021: "LCP"
        case 0xC023: "PAP"
        case 0xC223: "CHAP"
        default: nil
        }
    }

    public func next(_ reader: ByteReader) -> LayerKind {
        switch protocolNumber {
        case 0x0021: .ipv4
        case 0x0057: .ipv6
        case 0x0281, 0x0283: .mpls
        default: .payload
        }
    }

    public var summary: String { "Point-to-Point Protocol" }

    public var information: String? {
        "PPP \(Self.name(protocolNumber ?? 0) ?? "protocol 0x\(Hexadecimal.text(UInt64(protocolNumber ?? 0), digits: 4))")"
    }
}
