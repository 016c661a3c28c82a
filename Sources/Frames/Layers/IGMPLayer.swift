/// RFC 2236, and RFC 3376 for version 3: a type, a code, a checksum, and what the type puts behind them, up to the packet's end.
public struct IGMPLayer: FrameLayer, Equatable {
    public var type: UInt8
    /// Of queries the longest time to answer, in a code of 1/10 s; else 0.
    public var responseCode: UInt8
    public var checksum: UInt16?
    /// All behind the checksum.
    public var body: [UInt8]

    public static let query: UInt8 = 0x11
    public static let report: UInt8 = 0x16
    public static let leave: UInt8 = 0x17
    public static let report3: UInt8 = 0x22

    /// A message about one group.
    public init(type: UInt8, responseCode: UInt8 = 0, group: IPv4Address) {
        self.type = type
        self.responseCode = responseCode
        body = group.bytes
    }

    /// A query of version 3 (RFC 3376 section 4.1).
    public static func query3(group: IPv4Address, responseCode: UInt8, robustness: UInt8, intervalCode: UInt8, sources: [IPv4Address])
        -> IGMPLayer
    {
        var layer = IGMPLayer(type: query, responseCode: responseCode, group: group)
        layer.body += [robustness & 7, intervalCode] + count(sources) + sources.flatMap(\.bytes)
        return layer
    }

    /// A report of version 3 with records of a type, a group and sources (RFC 3376 section 4.2).
    public static func report3(_ records: [(type: UInt8, group: IPv4Address, sources: [IPv4Address])]) -> IGMPLayer {
        var layer = IGMPLayer(type: report3, group: IPv4Address(value: UInt32(UInt16(clamping: records.count))))
        for record in records {
            layer.body += [record.type, 0] + count(record.sources) + record.group.bytes + record.sources.flatMap(\.bytes)
        }
        return layer
    }

    private static func count(_ values: [IPv4Address]) -> [UInt8] {
        let count = UInt16(clamping: values.count)
        return [UInt8(count >> 8), UInt8(truncatingIfNeeded: count)]
    }

    public var kind: LayerKind { .igmp }

    public init(_ kind: LayerKind, from reader: inout ByteReader) throws(LayerFault) {
        try reader.require(8)
        type = try reader.read8()
        responseCode = try reader.read8()
        checksum = try reader.read16()
        body = try reader.read(reader.remaining)
    }

    public func encoded(_ context: BuildContext) -> [UInt8] {
        var writer = ByteWriter()
        writer.write8(type)
        writer.write8(responseCode)
        writer.write16(checksum ?? 0)
        writer.write(body)
        if checksum == nil { writer.set16(2, InternetChecksum.of(writer.bytes + context.payload)) }
        return writer.bytes
    }

    private func number(_ offset: Int, _ count: Int) -> UInt32 { body.dropFirst(offset).prefix(count).reduce(0) { $0 << 8 | UInt32($1) } }
    private func address(_ offset: Int) -> IPv4Address { IPv4Address(value: number(offset, 4)) }

    public func describe(into list: inout FieldList, _ context: LayerContext) {
        list.hex("type", "type", type, Self.name(type))
        if type != Self.report3 { list.decimal("max_resp", "mrcode", responseCode) }
        let value = checksum ?? 0
        list.checksum(
            "checksum", "chksum", value, context.incomplete.map { .unknown($0) } ?? context.status(value, over: context.all))
        if type == Self.report3 { return describeRecords(into: &list, isCut: context.incomplete != nil) }
        list.text("maddr", "gaddr", address(0))
        // A query with more than a group is of version 3 (RFC 3376 section 7.1).
        guard type == Self.query, body.count >= 8 else { return }
        list.flag("s", "s", body[4] & 8 != 0)
        list.decimal("qrv", "qrv", body[4] & 7)
        list.decimal("qqic", "qqic", body[5])
        list.decimal("num_src", "numsrc", number(6, 2))
        describeSources(Int(number(6, 2)), from: 8, into: &list, isCut: context.incomplete != nil)
    }

    private func describeRecords(into list: inout FieldList, isCut: Bool) {
        let count = Int(number(2, 2))
        list.decimal("num_grp_recs", "numgrp", count)
        var offset = 4
        for _ in 0..<count {
            guard offset + 8 <= body.count else { return list.problem(Self.missing(isCut)) }
            let sources = Int(number(offset + 2, 2))
            list.decimal("record_type", "rtype", body[offset])
            list.decimal("aux_data_len", "auxdlen", body[offset + 1])
            list.decimal("num_src", "numsrc", sources)
            list.text("maddr", "maddr", address(offset + 4))
            guard describeSources(sources, from: offset + 8, into: &list, isCut: isCut) else { return }
            offset += 8 + 4 * sources + 4 * Int(body[offset + 1])
        }
    }

    @discardableResult
    private func describeSources(_ count: Int, from offset: Int, into list: inout FieldList, isCut: Bool) -> Bool {
        for position in 0..<count {
            guard offset + 4 * position + 4 <= body.count else {
                list.problem(Self.missing(isCut))
                return false
            }
            list.text("saddr", "saddr", address(offset + 4 * position))
        }
        return true
    }

    private static func missing(_ isCut: Bool) -> String {
        isCut ? "the list of groups is truncated" : "more groups or sources announced than there are"
    }

    /// IANA's IGMP Type Numbers.
    private static func name(_ type: UInt8) -> String? {
        switch type {
        case 0x11: "membership query"
        case 0x12: "membership report v1"
        case 0x13: "DVMRP"
        case 0x16: "membership report v2"
        case 0x17: "leave group"
        case 0x22: "membership report v3"
        default: nil
        }
    }

    public func next(_ reader: ByteReader) -> LayerKind { .payload }

    public var summary: String { "Internet Group Management Protocol" }

    public var information: String? {
        let name = Self.name(type) ?? "type 0x\(Hexadecimal.text(UInt64(type), digits: 2))"
        return type == Self.report3 ? "\(name), \(number(2, 2)) records" : "\(name), group \(address(0))"
    }
}
