/// RFC 2784 with the key and the sequence number of RFC 2890.
public struct GRELayer: FrameLayer, Equatable {
    /// Flags and version: the first 16 bits.
    public var flagsAndVersion: UInt16
    public var protocolType: UInt16?
    /// Present if the flag says so; nil within a present field has it worked out.
    public var checksum: UInt16?
    /// Reserved1, behind the checksum.
    public var reserved: UInt16 = 0
    public var key: UInt32?
    public var sequence: UInt32?

    static let checksumFlag: UInt16 = 0x8000
    static let routingFlag: UInt16 = 0x4000
    static let keyFlag: UInt16 = 0x2000
    static let sequenceFlag: UInt16 = 0x1000

    public init(hasChecksum: Bool = false, key: UInt32? = nil, sequence: UInt32? = nil) {
        flagsAndVersion =
            (hasChecksum ? Self.checksumFlag : 0) | (key != nil ? Self.keyFlag : 0) | (sequence != nil ? Self.sequenceFlag : 0)
        self.key = key
        self.sequence = sequence
    }

    public var kind: LayerKind { .gre }

    public init(_ kind: LayerKind, from reader: inout ByteReader) throws(LayerFault) {
        flagsAndVersion = try reader.read16()
        protocolType = try reader.read16()
        guard flagsAndVersion & 7 == 0 else { throw .malformed("version \(flagsAndVersion & 7) is not GRE of RFC 2784") }
        guard flagsAndVersion & Self.routingFlag == 0 else { throw .malformed("source routes of RFC 1701 are not read") }
        if flagsAndVersion & Self.checksumFlag != 0 {
            checksum = try reader.read16()
            reserved = try reader.read16()
        }
        if flagsAndVersion & Self.keyFlag != 0 { key = try reader.read32() }
        if flagsAndVersion & Self.sequenceFlag != 0 { sequence = try reader.read32() }
    }

    private var hasChecksum: Bool { flagsAndVersion & Self.checksumFlag != 0 }

    public func encoded(_ context: BuildContext) -> [UInt8] {
        var writer = ByteWriter()
        writer.write16(flagsAndVersion)
        writer.write16(protocolType ?? context.following?.etherType ?? EtherType.experimental)
        if hasChecksum {
            writer.write16(checksum ?? 0)
            writer.write16(reserved)
        }
        if let key { writer.write32(key) }
        if let sequence { writer.write32(sequence) }
        if hasChecksum, checksum == nil { writer.set16(4, InternetChecksum.of(writer.bytes + context.payload)) }
        return writer.bytes
    }

    public func describe(into list: inout FieldList, _ context: LayerContext) {
        list.flag("flags.checksum", "chksum_present", hasChecksum)
        list.flag("flags.key", "key_present", key != nil)
        list.flag("flags.sequence_number", "seqnum_present", sequence != nil)
        list.decimal("flags.version", "version", flagsAndVersion & 7)
        list.hex("proto", "proto", protocolType ?? 0, ProtocolNumbers.etherType(protocolType ?? 0))
        if hasChecksum {
            let value = checksum ?? 0
            list.checksum(
                "checksum", "chksum", value, context.incomplete.map { .unknown($0) } ?? context.status(value, over: context.all))
        }
        if let key { list.hex("key", "key", key) }
        if let sequence { list.decimal("sequence_number", "sequence_number", sequence) }
    }

    /// RFC 2890 section 2; under a checksum of its own nothing may vary.
    public var places: [FieldPlace] {
        guard !hasChecksum else { return [] }
        let first = key == nil ? 32 : 64
        return (key == nil ? [] : [FieldPlace("key", 32, 32)]) + (sequence == nil ? [] : [FieldPlace("sequence_number", first, 32)])
    }

    public func next(_ reader: ByteReader) -> LayerKind { .behind(etherType: protocolType ?? 0, reader) }

    public var summary: String { "Generic Routing Encapsulation (\(ProtocolNumbers.etherType(protocolType ?? 0)))" }

    public var information: String? { "encapsulated \(ProtocolNumbers.etherType(protocolType ?? 0))" }
}
