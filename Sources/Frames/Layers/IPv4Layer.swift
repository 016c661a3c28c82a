/// Sizes and offsets of RFC 791, bytes.
package enum IPv4Field {
    package static let totalLength = 2
    package static let checksum = 10
    package static let headerBytes = 20
}

/// RFC 791.
public struct IPv4Layer: FrameLayer, Equatable {
    public var version: UInt8 = 4
    /// In words of 32 bits; nil for what the options need.
    public var headerWords: UInt8?
    /// DSCP and ECN (RFC 2474, RFC 3168).
    public var trafficClass: UInt8 = 0
    public var totalLength: UInt16?
    public var identification: UInt16 = 0
    public var isReservedSet = false
    public var dontFragment = false
    public var moreFragments = false
    /// In units of 8 bytes.
    public var fragmentOffset: UInt16 = 0
    public var timeToLive: UInt8 = 64
    public var protocolNumber: UInt8?
    public var checksum: UInt16?
    public var source: IPv4Address
    public var destination: IPv4Address
    /// As they stand in the header, padding included.
    public var optionBytes: [UInt8] = []

    public init(source: IPv4Address, destination: IPv4Address) {
        self.source = source
        self.destination = destination
    }

    public var kind: LayerKind { .ipv4 }

    public init(_ kind: LayerKind, from reader: inout ByteReader) throws(LayerFault) {
        try reader.require(IPv4Field.headerBytes)
        let first = try reader.read8()
        version = first >> 4
        headerWords = first & 0xF
        trafficClass = try reader.read8()
        totalLength = try reader.read16()
        identification = try reader.read16()
        let fragment = try reader.read16()
        isReservedSet = fragment & 0x8000 != 0
        dontFragment = fragment & 0x4000 != 0
        moreFragments = fragment & 0x2000 != 0
        fragmentOffset = fragment & 0x1FFF
        timeToLive = try reader.read8()
        protocolNumber = try reader.read8()
        checksum = try reader.read16()
        source = try reader.readIPv4()
        destination = try reader.readIPv4()
        guard version == 4 else { throw .malformed("version \(version) in an IPv4 header") }
        guard first & 0xF >= 5 else { throw .malformed("a header of \(first & 0xF) words is shorter than 5") }
        optionBytes = try reader.read(Int(first & 0xF) * 4 - IPv4Field.headerBytes)
    }

    /// Sets the options, padded to whole words.
    public mutating func setOptions(_ options: [HeaderOption]) {
        optionBytes = HeaderOption.written(options, .ipv4, unitBytes: 4)
    }

    public var isFragment: Bool { moreFragments || fragmentOffset > 0 }

    /// Where a source route that isn't used up leads, 4 bytes: its last address (RFC 791 section 3.1, RFC 1122 section 3.2.1.8).
    /// Nil where the header's destination is the last.
    var finalDestination: ArraySlice<UInt8>? {
        guard !optionBytes.isEmpty, let options = try? HeaderOption.read(optionBytes, .ipv4),
            let route = options.first(where: { $0.type == Self.looseRoute || $0.type == Self.strictRoute }),
            route.data.count >= 5, (route.data.count - 1).isMultiple(of: 4)
        else { return nil }
        // The pointer counts from the option's first byte on, starting with 1; beyond the length nothing is left.
        return Int(route.data[0]) <= route.data.count + 2 ? route.data.suffix(4) : nil
    }

    public static let looseRoute: UInt8 = 131
    public static let strictRoute: UInt8 = 137

    private var headerBytes: Int { IPv4Field.headerBytes + optionBytes.count }

    public func encoded(_ context: BuildContext) -> [UInt8] {
        var writer = ByteWriter()
        writer.write8(version << 4 | (headerWords ?? UInt8(headerBytes / 4)) & 0xF)
        writer.write8(trafficClass)
        writer.write16(totalLength ?? UInt16(clamping: headerBytes + context.payload.count))
        writer.write16(identification)
        let flags: UInt16 = (isReservedSet ? 0x8000 : 0) | (dontFragment ? 0x4000 : 0) | (moreFragments ? 0x2000 : 0)
        writer.write16(flags | fragmentOffset & 0x1FFF)
        writer.write8(timeToLive)
        writer.write8(protocolNumber ?? context.following?.protocolNumber ?? IPv4Layer.experimental)
        writer.write16(checksum ?? 0)
        writer.write32(source.value)
        writer.write32(destination.value)
        writer.write(optionBytes)
        if checksum == nil { writer.set16(IPv4Field.checksum, InternetChecksum.of(writer.bytes)) }
        return writer.bytes
    }

    /// RFC 3692: for experiments, where nothing known follows.
    static let experimental: UInt8 = 253

    /// A length of 0 stands in super-frames beyond 64 KiB: then the frame's end counts.
    public var payloadBytes: Int? { totalLength.flatMap { $0 == 0 ? nil : max(0, Int($0) - headerBytes) } }

    public func describe(into list: inout FieldList, _ context: LayerContext) {
        list.decimal("version", "version", version)
        list.decimal("hdr_len", "ihl", Int(headerWords ?? 0) * 4, "\(headerWords ?? 0) words")
        list.hex("dsfield", "tos", trafficClass)
        list.decimal("dsfield.dscp", "dscp", trafficClass >> 2)
        list.decimal("dsfield.ecn", "ecn", trafficClass & 3)
        list.decimal("len", "len", totalLength ?? 0)
        list.hex("id", "id", identification)
        list.flag("flags.rb", "rb", isReservedSet)
        list.flag("flags.df", "df", dontFragment)
        list.flag("flags.mf", "mf", moreFragments)
        list.decimal("frag_offset", "frag", fragmentOffset, fragmentOffset > 0 ? "\(Int(fragmentOffset) * 8) bytes" : nil)
        list.decimal("ttl", "ttl", timeToLive)
        list.decimal("proto", "proto", protocolNumber ?? 0, ProtocolNumbers.ip(protocolNumber ?? 0))
        list.checksum("checksum", "chksum", checksum ?? 0, context.status(checksum ?? 0, over: context.header))
        list.text("src", "src", source)
        // Wireshark has the route's end for the destination, scapy what the header says.
        if let final = finalDestination {
            list.text("cur_rt", "dst", destination)
            list.text("dst", "route_end", IPv4Address(value: final.reduce(0) { $0 << 8 | UInt32($1) }))
        } else {
            list.text("dst", "dst", destination)
        }
        if let totalLength, totalLength > 0, Int(totalLength) < headerBytes {
            list.problem("a total length of \(totalLength) bytes is shorter than the header")
        }
        describeOptions(into: &list)
    }

    private func describeOptions(into list: inout FieldList) {
        do throws(LayerFault) {
            for option in try HeaderOption.read(optionBytes, .ipv4) {
                list.decimal("opt.type", "option", option.type, Self.optionName(option.type))
                if option.type > 1 { list.decimal("opt.len", "length", option.data.count + 2) }
            }
        } catch {
            list.problem("\(error)")
        }
    }

    /// IANA's IP Option Numbers.
    private static func optionName(_ type: UInt8) -> String? {
        switch type {
        case 0: "end of options"
        case 1: "no operation"
        case 7: "record route"
        case 68: "timestamp"
        case looseRoute: "loose source route"
        case strictRoute: "strict source route"
        case 148: "router alert"
        default: nil
        }
    }

    /// A time to live of 0 would not leave the sender.
    public var places: [FieldPlace] {
        [
            FieldPlace("dsfield", 8, 8), FieldPlace("dsfield.dscp", 8, 6), FieldPlace("dsfield.ecn", 14, 2), FieldPlace("id", 32, 16),
            FieldPlace("flags.df", 49, 1), FieldPlace("ttl", 64, 8, range: 1...255), FieldPlace("src", 96, 32, .ipv4),
            FieldPlace("dst", 128, 32, .ipv4)
        ]
    }

    public func next(_ reader: ByteReader) -> LayerKind {
        fragmentOffset > 0 ? .payload : .behind(protocolNumber: protocolNumber ?? 0, isIPv6: false)
    }

    public var summary: String { "Internet Protocol Version 4, Src: \(source), Dst: \(destination)" }

    public var information: String? {
        isFragment
            ? "fragment of \(ProtocolNumbers.ip(protocolNumber ?? 0)), offset \(Int(fragmentOffset) * 8), id 0x\(Hexadecimal.text(UInt64(identification), digits: 4))"
            : "protocol \(protocolNumber ?? 0) (\(ProtocolNumbers.ip(protocolNumber ?? 0)))"
    }
}
