/// RFC 792: the first eight bytes, of which the last four mean what the type says.
public struct ICMPLayer: FrameLayer, Equatable {
    public var type: UInt8
    public var code: UInt8
    public var checksum: UInt16?
    /// Identifier and sequence number, the gateway, the next hop's MTU, or unused.
    public var rest: UInt32

    public static let echoReply: UInt8 = 0
    public static let unreachable: UInt8 = 3
    public static let redirect: UInt8 = 5
    public static let echoRequest: UInt8 = 8

    public init(type: UInt8, code: UInt8 = 0, rest: UInt32 = 0) {
        self.type = type
        self.code = code
        self.rest = rest
    }

    public static func echo(isReply: Bool = false, identifier: UInt16, sequence: UInt16) -> ICMPLayer {
        ICMPLayer(type: isReply ? echoReply : echoRequest, rest: UInt32(identifier) << 16 | UInt32(sequence))
    }

    public var kind: LayerKind { .icmp }

    public init(_ kind: LayerKind, from reader: inout ByteReader) throws(LayerFault) {
        try reader.require(8)
        type = try reader.read8()
        code = try reader.read8()
        checksum = try reader.read16()
        rest = try reader.read32()
    }

    /// RFC 792: these carry the header and the first bytes of the datagram they speak of.
    public var quotes: Bool { [3, 4, 5, 11, 12].contains(type) }

    private var isEcho: Bool { type == Self.echoReply || type == Self.echoRequest }

    public func encoded(_ context: BuildContext) -> [UInt8] {
        var writer = ByteWriter()
        writer.write8(type)
        writer.write8(code)
        writer.write16(checksum ?? 0)
        writer.write32(rest)
        if checksum == nil { writer.set16(2, InternetChecksum.of(writer.bytes + context.payload)) }
        return writer.bytes
    }

    public func describe(into list: inout FieldList, _ context: LayerContext) {
        list.decimal("type", "type", type, Self.name(type))
        list.decimal("code", "code", code)
        let value = checksum ?? 0
        list.checksum(
            "checksum", "chksum", value, context.incomplete.map { .unknown($0) } ?? context.status(value, over: context.all))
        switch type {
        case Self.echoReply, Self.echoRequest, 13, 14:
            list.decimal("ident", "id", rest >> 16)
            list.decimal("seq", "seq", rest & 0xFFFF)
        case Self.unreachable where code == 4: list.decimal("mtu", "nexthopmtu", rest & 0xFFFF)
        case Self.redirect: list.text("redir_gw", "gw", IPv4Address(value: rest))
        default: break
        }
    }

    /// IANA's ICMP Type Numbers.
    private static func name(_ type: UInt8) -> String? {
        switch type {
        case 0: "echo reply"
        case 3: "destination unreachable"
        case 4: "source quench"
        case 5: "redirect"
        case 8: "echo request"
        case 9: "router advertisement"
        case 10: "router solicitation"
        case 11: "time exceeded"
        case 12: "parameter problem"
        case 13: "timestamp"
        case 14: "timestamp reply"
        default: nil
        }
    }

    public func next(_ reader: ByteReader) -> LayerKind { quotes && reader.remaining > 0 ? .ipv4 : .payload }

    public var summary: String { "Internet Control Message Protocol\(Self.name(type).map { " (\($0))" } ?? "")" }

    public var information: String? {
        let name = Self.name(type) ?? "type \(type)"
        return isEcho ? "\(name) id=\(rest >> 16) seq=\(rest & 0xFFFF)" : "\(name), code \(code)"
    }
}
