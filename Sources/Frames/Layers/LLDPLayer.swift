/// IEEE 802.1AB clause 8: a list of type-length-value triples, up to the one that ends it.
public struct LLDPLayer: FrameLayer, Equatable {
    /// As they stand in the frame, the end included.
    public var listBytes: [UInt8]

    public static let end: UInt8 = 0
    public static let chassis: UInt8 = 1
    public static let port: UInt8 = 2
    public static let timeToLive: UInt8 = 3
    public static let portDescription: UInt8 = 4
    public static let systemName: UInt8 = 5
    public static let systemDescription: UInt8 = 6
    /// A station's address, as chassis and as port.
    private static let chassisAddress: UInt8 = 4
    private static let portAddress: UInt8 = 3

    /// - Parameter triples: a type of 7 bits and up to 511 bytes each; the end is added.
    public init(_ triples: [(type: UInt8, value: [UInt8])]) {
        var writer = ByteWriter()
        for triple in triples + [(Self.end, [])] {
            writer.write16(UInt16(triple.type & 0x7F) << 9 | UInt16(min(triple.value.count, 511)))
            writer.write(triple.value.prefix(511))
        }
        listBytes = writer.bytes
    }

    /// What every such frame has to say (clause 8.2), with an interface's name for the port.
    public init(chassis: MACAddress, port: String, timeToLiveSeconds: UInt16, others: [(type: UInt8, value: [UInt8])] = []) {
        self.init(
            [
                (Self.chassis, [Self.chassisAddress] + chassis.bytes), (Self.port, [5] + Array(port.utf8)),
                (Self.timeToLive, [UInt8(timeToLiveSeconds >> 8), UInt8(truncatingIfNeeded: timeToLiveSeconds)])
            ] + others)
    }

    public var kind: LayerKind { .lldp }

    public init(_ kind: LayerKind, from reader: inout ByteReader) throws(LayerFault) {
        try reader.require(2)
        var length = 0
        // To the end, or to the last triple that is whole.
        while let first = reader.peek(length), let second = reader.peek(length + 1) {
            let count = Int(first & 1) << 8 | Int(second)
            guard reader.has(length + 2 + count) else { break }
            length += 2 + count
            if first >> 1 == Self.end { break }
        }
        guard length > 0 else {
            throw .truncated(
                neededBytes: 2 + (Int(reader.peek() ?? 0) & 1) << 8 + Int(reader.peek(1) ?? 0), availableBytes: reader.remaining)
        }
        listBytes = try reader.read(length)
    }

    public func encoded(_ context: BuildContext) -> [UInt8] { listBytes }

    private var triples: [(type: UInt8, value: ArraySlice<UInt8>)] {
        var triples: [(type: UInt8, value: ArraySlice<UInt8>)] = []
        var offset = 0
        while offset + 2 <= listBytes.count {
            let count = Int(listBytes[offset] & 1) << 8 | Int(listBytes[offset + 1])
            triples.append((listBytes[offset] >> 1, listBytes[min(offset + 2, listBytes.count)..<min(offset + 2 + count, listBytes.count)]))
            offset += 2 + count
        }
        return triples
    }

    private var isEnded: Bool { triples.last?.type == Self.end }

    /// Behind the end is padding; a list that doesn't end is told to be cut.
    public var payloadBytes: Int? { isEnded ? 0 : nil }

    public func describe(into list: inout FieldList, _ context: LayerContext) {
        for triple in triples {
            list.decimal("tlv.type", "type", triple.type, Self.name(triple.type))
            list.decimal("tlv.len", "length", triple.value.count)
            describe(triple.type, Array(triple.value), into: &list)
        }
        if !isEnded { list.problem(context.incomplete == nil ? "the list has no end" : "the list is truncated") }
    }

    private func describe(_ type: UInt8, _ value: [UInt8], into list: inout FieldList) {
        switch type {
        case Self.chassis where !value.isEmpty:
            list.decimal("chassis.subtype", "subtype", value[0])
            if value[0] == Self.chassisAddress, value.count == 7 {
                list.text("chassis.id.mac", "id", Self.address(value))
            } else {
                list.add("chassis.id", "id", .bytes(Array(value.dropFirst())))
            }
        case Self.port where !value.isEmpty:
            list.decimal("port.subtype", "subtype", value[0])
            if value[0] == Self.portAddress, value.count == 7 {
                list.text("port.id.mac", "id", Self.address(value))
            } else {
                list.text("port.id", "id", Self.text(value.dropFirst()))
            }
        case Self.timeToLive where value.count == 2: list.decimal("time_to_live", "ttl", UInt16(value[0]) << 8 | UInt16(value[1]))
        case Self.portDescription: list.text("port.desc", "description", Self.text(value[...]))
        case Self.systemName: list.text("tlv.system.name", "system_name", Self.text(value[...]))
        case Self.systemDescription: list.text("tlv.system.desc", "system_description", Self.text(value[...]))
        default: break
        }
    }

    private static func address(_ value: [UInt8]) -> MACAddress { MACAddress(value: value.dropFirst().reduce(0) { $0 << 8 | UInt64($1) }) }
    private static func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

    private static func name(_ type: UInt8) -> String? {
        switch type {
        case 0: "end"
        case 1: "chassis"
        case 2: "port"
        case 3: "time to live"
        case 4: "port description"
        case 5: "system name"
        case 6: "system description"
        case 7: "system capabilities"
        case 8: "management address"
        case 127: "organisation's own"
        default: nil
        }
    }

    public func next(_ reader: ByteReader) -> LayerKind { .payload }

    public var summary: String { "Link Layer Discovery Protocol" }

    public var information: String? {
        let name = triples.first { $0.type == Self.systemName }.map { " \(Self.text($0.value))" } ?? ""
        return "LLDP, \(triples.count) entries\(name)"
    }
}
