/// RFC 2516: behind EtherType 0x8863 the discovery of a session, a list of tags, behind 0x8864 the session with PPP in it.
public struct PPPoELayer: FrameLayer, Equatable {
    public let kind: LayerKind
    public var version: UInt8 = 1
    public var type: UInt8 = 1
    /// 0 within a session.
    public var code: UInt8
    public var sessionIdentifier: UInt16
    public var length: UInt16?
    /// Of discovery, as they stand there.
    public var tagBytes: [UInt8] = []

    public init(session: UInt16) {
        kind = .pppoeSession
        code = 0
        sessionIdentifier = session
    }

    /// - Parameter tags: a type and bytes each (RFC 2516 appendix A).
    public init(discovery code: UInt8, session: UInt16 = 0, tags: [(type: UInt16, bytes: [UInt8])]) {
        kind = .pppoeDiscovery
        self.code = code
        sessionIdentifier = session
        var writer = ByteWriter()
        for tag in tags {
            writer.write16(tag.type)
            writer.write16(UInt16(clamping: tag.bytes.count))
            writer.write(tag.bytes)
        }
        tagBytes = writer.bytes
    }

    public init(_ kind: LayerKind, from reader: inout ByteReader) throws(LayerFault) {
        self.kind = kind
        try reader.require(6)
        let first = try reader.read8()
        version = first >> 4
        type = first & 0xF
        code = try reader.read8()
        sessionIdentifier = try reader.read16()
        let length = try reader.read16()
        self.length = length
        guard version == 1, type == 1 else { throw .malformed("version \(version), type \(type) is not PPPoE of RFC 2516") }
        if kind == .pppoeDiscovery { tagBytes = try reader.read(min(Int(length), reader.remaining)) }
    }

    public func encoded(_ context: BuildContext) -> [UInt8] {
        var writer = ByteWriter()
        writer.write8(version << 4 | type & 0xF)
        writer.write8(code)
        writer.write16(sessionIdentifier)
        writer.write16(length ?? UInt16(clamping: kind == .pppoeDiscovery ? tagBytes.count : context.payload.count))
        writer.write(tagBytes)
        return writer.bytes
    }

    public var payloadBytes: Int? { length.map { Int($0) - tagBytes.count } }

    public func describe(into list: inout FieldList, _ context: LayerContext) {
        list.decimal("=pppoe.version", "version", version)
        list.decimal("=pppoe.type", "type", type)
        list.hex("=pppoe.code", "code", code, Self.name(code))
        list.hex("=pppoe.session_id", "sessionid", sessionIdentifier)
        list.decimal("=pppoe.payload_length", "len", length ?? 0)
        var offset = 0
        while offset < tagBytes.count {
            guard offset + 4 <= tagBytes.count,
                case let count = Int(tagBytes[offset + 2]) << 8 | Int(tagBytes[offset + 3]), offset + 4 + count <= tagBytes.count
            else { return list.problem(context.incomplete == nil ? "a tag that doesn't fit the length" : "a tag is truncated") }
            let tag = UInt16(tagBytes[offset]) << 8 | UInt16(tagBytes[offset + 1])
            // End-Of-List.
            if tag == 0 { return }
            describe(tag, Array(tagBytes[(offset + 4)..<(offset + 4 + count)]), into: &list)
            offset += 4 + count
        }
    }

    private func describe(_ tag: UInt16, _ bytes: [UInt8], into list: inout FieldList) {
        switch tag {
        case 0x0101: list.text("tags.service_name", "service_name", String(decoding: bytes, as: UTF8.self))
        case 0x0102: list.text("tags.ac_name", "ac_name", String(decoding: bytes, as: UTF8.self))
        case 0x0103: list.add("tags.host_uniq", "host_uniq", .bytes(bytes))
        case 0x0104: list.add("tags.ac_cookie", "ac_cookie", .bytes(bytes))
        default: break
        }
    }

    private static func name(_ code: UInt8) -> String? {
        switch code {
        case 0x00: "session data"
        case 0x07: "offer"
        case 0x09: "initiation"
        case 0x19: "request"
        case 0x65: "session confirmation"
        case 0xA7: "terminate"
        default: nil
        }
    }

    public func next(_ reader: ByteReader) -> LayerKind { kind == .pppoeSession && code == 0 ? .ppp : .payload }

    public var summary: String { kind == .pppoeSession ? "PPP-over-Ethernet Session" : "PPP-over-Ethernet Discovery" }

    public var information: String? {
        kind == .pppoeSession ? "session \(sessionIdentifier)" : "PPPoE \(Self.name(code) ?? "code \(code)")"
    }
}
