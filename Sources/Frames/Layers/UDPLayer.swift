/// Sizes and offsets of RFC 768, bytes.
package enum UDPField {
    package static let length = 4
    package static let checksum = 6
    package static let headerBytes = 8
    package static let protocolNumber: UInt8 = 17
}

/// RFC 768.
public struct UDPLayer: FrameLayer, Equatable {
    public var sourcePort: UInt16
    /// nil for the tunnel's well-known port, or discard (RFC 863).
    public var destinationPort: UInt16?
    public var length: UInt16?
    /// 0 for none.
    public var checksum: UInt16?

    public init(sourcePort: UInt16, destinationPort: UInt16? = nil, checksum: UInt16? = nil) {
        self.sourcePort = sourcePort
        self.destinationPort = destinationPort
        self.checksum = checksum
    }

    public var kind: LayerKind { .udp }

    public init(_ kind: LayerKind, from reader: inout ByteReader) throws(LayerFault) {
        try reader.require(UDPField.headerBytes)
        sourcePort = try reader.read16()
        destinationPort = try reader.read16()
        let length = try reader.read16()
        self.length = length
        checksum = try reader.read16()
        // 0 stands in jumbograms and super-frames (RFC 2675 section 4).
        guard length == 0 || length >= UDPField.headerBytes else {
            throw .malformed("a length of \(length) bytes is shorter than the header")
        }
    }

    public func encoded(_ context: BuildContext) -> [UInt8] {
        var writer = ByteWriter()
        writer.write16(sourcePort)
        writer.write16(destinationPort ?? Self.port(of: context.following))
        writer.write16(length ?? UInt16(clamping: UDPField.headerBytes + context.payload.count))
        writer.write16(checksum ?? 0)
        if checksum == nil, let pseudoHeader = context.pseudoHeader {
            let sum = pseudoHeader.checksum(protocolNumber: UDPField.protocolNumber, writer.bytes + context.payload)
            writer.set16(UDPField.checksum, sum == 0 ? 0xFFFF : sum)
        }
        return writer.bytes
    }

    private static func port(of kind: LayerKind?) -> UInt16 {
        switch kind {
        case .vxlan: VXLANLayer.port
        case .geneve: GeneveLayer.port
        default: 9
        }
    }

    /// Of protocols whose RFCs say so: VXLAN, GENEVE, GTP-U, LISP, GRE in UDP and MPLS in UDP.
    private static let tunnelPorts: Set<UInt16> = [VXLANLayer.port, VXLANLayer.linuxPort, GeneveLayer.port, 2_152, 4_341, 4_754, 6_635]

    public var payloadBytes: Int? { length.flatMap { $0 == 0 ? nil : Int($0) - UDPField.headerBytes } }

    public func describe(into list: inout FieldList, _ context: LayerContext) {
        list.decimal("srcport", "sport", sourcePort)
        list.decimal("dstport", "dport", destinationPort ?? 0)
        list.decimal("length", "len", length ?? 0)
        let value = checksum ?? 0
        // Over IPv6 tunnels may leave it out, nobody else (RFC 6935 section 5).
        let isAbsent = value == 0 && (context.pseudoHeader?.isIPv6 != true || Self.tunnelPorts.contains(destinationPort ?? 0))
        list.checksum(
            "checksum", "chksum", value,
            isAbsent ? .absent : context.transportStatus(value, protocolNumber: UDPField.protocolNumber))
    }

    public var places: [FieldPlace] { [FieldPlace("srcport", 0, 16), FieldPlace("dstport", 16, 16)] }

    public func next(_ reader: ByteReader) -> LayerKind {
        switch destinationPort {
        case VXLANLayer.port: .vxlan
        case VXLANLayer.linuxPort where VXLANLayer.begins(reader): .vxlan
        case GeneveLayer.port: .geneve
        default: SignatureLayer.begins(reader) ? .signature : .payload
        }
    }

    public var summary: String { "User Datagram Protocol, Src Port: \(sourcePort), Dst Port: \(destinationPort ?? 0)" }

    public var information: String? {
        "\(sourcePort) → \(destinationPort ?? 0) Len=\(max(0, Int(length ?? 0) - UDPField.headerBytes))"
    }
}
