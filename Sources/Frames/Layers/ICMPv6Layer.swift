/// RFC 4443, and neighbour discovery (RFC 4861): the first eight bytes, and what the type puts behind them.
public struct ICMPv6Layer: FrameLayer, Equatable {
    public var type: UInt8
    public var code: UInt8
    public var checksum: UInt16?
    /// Identifier and sequence number, the MTU, flags, or unused.
    public var rest: UInt32
    /// The target of neighbour solicitations, advertisements and redirects; nil in all other types.
    public var target: IPv6Address?
    /// What stands behind the target: neighbour discovery's options, in units of 8 bytes.
    public var optionBytes: [UInt8] = []

    public static let packetTooBig: UInt8 = 2
    public static let echoRequest: UInt8 = 128
    public static let echoReply: UInt8 = 129
    public static let neighbourSolicitation: UInt8 = 135
    public static let neighbourAdvertisement: UInt8 = 136

    public init(type: UInt8, code: UInt8 = 0, rest: UInt32 = 0) {
        self.type = type
        self.code = code
        self.rest = rest
    }

    public static func echo(isReply: Bool = false, identifier: UInt16, sequence: UInt16) -> ICMPv6Layer {
        ICMPv6Layer(type: isReply ? echoReply : echoRequest, rest: UInt32(identifier) << 16 | UInt32(sequence))
    }

    /// Who has `target`? RFC 4861 section 4.3, with the sender's own address as option 1.
    public static func solicitation(target: IPv6Address, from source: MACAddress) -> ICMPv6Layer {
        var layer = ICMPv6Layer(type: neighbourSolicitation)
        layer.target = target
        layer.optionBytes = [1, 1] + source.bytes
        return layer
    }

    /// RFC 4861 section 4.4, solicited and overriding, with the target's own address as option 2.
    public static func advertisement(target: IPv6Address, at address: MACAddress) -> ICMPv6Layer {
        var layer = ICMPv6Layer(type: neighbourAdvertisement, rest: 0x6000_0000)
        layer.target = target
        layer.optionBytes = [2, 1] + address.bytes
        return layer
    }

    public var kind: LayerKind { .icmpv6 }

    public init(_ kind: LayerKind, from reader: inout ByteReader) throws(LayerFault) {
        try reader.require(8)
        type = try reader.read8()
        code = try reader.read8()
        checksum = try reader.read16()
        rest = try reader.read32()
        guard hasTarget else { return }
        target = try reader.readIPv6()
        optionBytes = try reader.read(reader.remaining)
    }

    private var hasTarget: Bool { type == Self.neighbourSolicitation || type == Self.neighbourAdvertisement }

    /// RFC 4443 section 2.1: errors have types below 128 and carry as much of the packet as fits.
    public var quotes: Bool { (1...4).contains(type) }

    private var isEcho: Bool { type == Self.echoReply || type == Self.echoRequest }

    public func encoded(_ context: BuildContext) -> [UInt8] {
        var writer = ByteWriter()
        writer.write8(type)
        writer.write8(code)
        writer.write16(checksum ?? 0)
        writer.write32(rest)
        if let target { writer.write(target.bytes) }
        writer.write(optionBytes)
        if checksum == nil, let pseudoHeader = context.pseudoHeader {
            writer.set16(2, pseudoHeader.checksum(protocolNumber: 58, writer.bytes + context.payload))
        }
        return writer.bytes
    }

    public func describe(into list: inout FieldList, _ context: LayerContext) {
        list.decimal("type", "type", type, Self.name(type))
        list.decimal("code", "code", code)
        list.checksum("checksum", "cksum", checksum ?? 0, context.transportStatus(checksum ?? 0, protocolNumber: 58))
        switch type {
        case Self.echoReply, Self.echoRequest:
            list.hex("echo.identifier", "id", UInt16(rest >> 16))
            list.decimal("echo.sequence_number", "seq", rest & 0xFFFF)
        case Self.packetTooBig: list.decimal("mtu", "mtu", rest)
        default: break
        }
        guard let target else { return }
        list.text(type == Self.neighbourSolicitation ? "nd.ns.target_address" : "nd.na.target_address", "tgt", target)
        describeOptions(into: &list, isCut: context.incomplete != nil)
    }

    private func describeOptions(into list: inout FieldList, isCut: Bool) {
        var offset = 0
        while offset < optionBytes.count {
            guard offset + 1 < optionBytes.count, case let count = Int(optionBytes[offset + 1]) * 8, count > 0,
                offset + count <= optionBytes.count
            else {
                return list.problem("neighbour discovery option \(optionBytes[offset]) \(isCut ? "is truncated" : "doesn't fit")")
            }
            let type = optionBytes[offset]
            list.decimal("opt.type", "option", type)
            list.decimal("opt.length", "len", count / 8)
            if type == 1 || type == 2, count == 8 {
                let address = optionBytes[(offset + 2)..<(offset + 8)].reduce(0) { $0 << 8 | UInt64($1) }
                list.text("opt.linkaddr", "lladdr", MACAddress(value: address))
            }
            offset += count
        }
    }

    /// IANA's ICMPv6 "type" Numbers.
    private static func name(_ type: UInt8) -> String? {
        switch type {
        case 1: "destination unreachable"
        case 2: "packet too big"
        case 3: "time exceeded"
        case 4: "parameter problem"
        case 128: "echo request"
        case 129: "echo reply"
        case 130: "multicast listener query"
        case 131: "multicast listener report"
        case 133: "router solicitation"
        case 134: "router advertisement"
        case 135: "neighbour solicitation"
        case 136: "neighbour advertisement"
        case 137: "redirect"
        case 143: "multicast listener report v2"
        default: nil
        }
    }

    public func next(_ reader: ByteReader) -> LayerKind { quotes && reader.remaining > 0 ? .ipv6 : .payload }

    public var summary: String { "Internet Control Message Protocol v6\(Self.name(type).map { " (\($0))" } ?? "")" }

    public var information: String? {
        let name = Self.name(type) ?? "type \(type)"
        if let target { return "\(name) for \(target)" }
        return isEcho ? "\(name) id=\(rest >> 16) seq=\(rest & 0xFFFF)" : "\(name), code \(code)"
    }
}
