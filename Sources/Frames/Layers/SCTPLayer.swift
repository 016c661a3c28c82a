/// RFC 9260 section 3: a common header and chunks, which go to the packet's end.
public struct SCTPLayer: FrameLayer, Equatable {
    public var sourcePort: UInt16
    public var destinationPort: UInt16
    public var verificationTag: UInt32
    public var checksum: UInt32?
    /// All chunks as they stand in the packet, padding included.
    public var chunkBytes: [UInt8] = []

    private static let headerBytes = 12
    private static let checksumOffset = 8
    private static let data: UInt8 = 0

    public init(sourcePort: UInt16, destinationPort: UInt16, verificationTag: UInt32) {
        self.sourcePort = sourcePort
        self.destinationPort = destinationPort
        self.verificationTag = verificationTag
    }

    /// Appends a chunk, padded to a whole word (section 3.2).
    public mutating func addChunk(type: UInt8, flags: UInt8 = 0, value: [UInt8]) {
        var writer = ByteWriter()
        writer.write8(type)
        writer.write8(flags)
        writer.write16(UInt16(clamping: 4 + value.count))
        writer.write(value)
        while !writer.count.isMultiple(of: 4) { writer.write8(0) }
        chunkBytes += writer.bytes
    }

    /// Appends user data that is whole in this chunk (section 3.3.1).
    public mutating func addData(
        _ bytes: [UInt8], transmissionSequence: UInt32, stream: UInt16, sequence: UInt16, protocolIdentifier: UInt32
    ) {
        var writer = ByteWriter()
        writer.write32(transmissionSequence)
        writer.write16(stream)
        writer.write16(sequence)
        writer.write32(protocolIdentifier)
        writer.write(bytes)
        // Beginning and end.
        addChunk(type: Self.data, flags: 3, value: writer.bytes)
    }

    public var kind: LayerKind { .sctp }

    public init(_ kind: LayerKind, from reader: inout ByteReader) throws(LayerFault) {
        try reader.require(Self.headerBytes)
        sourcePort = try reader.read16()
        destinationPort = try reader.read16()
        verificationTag = try reader.read32()
        checksum = try reader.read32()
        chunkBytes = try reader.read(reader.remaining)
    }

    public func encoded(_ context: BuildContext) -> [UInt8] {
        var writer = ByteWriter()
        writer.write16(sourcePort)
        writer.write16(destinationPort)
        writer.write32(verificationTag)
        writer.write32(checksum ?? 0)
        writer.write(chunkBytes)
        guard checksum == nil else { return writer.bytes }
        let sum = CastagnoliChecksum.of(writer.bytes + context.payload)
        writer.set16(Self.checksumOffset, UInt16(sum >> 16))
        writer.set16(Self.checksumOffset + 2, UInt16(truncatingIfNeeded: sum))
        return writer.bytes
    }

    public func describe(into list: inout FieldList, _ context: LayerContext) {
        list.decimal("srcport", "sport", sourcePort)
        list.decimal("dstport", "dport", destinationPort)
        list.hex("verification_tag", "tag", verificationTag)
        describeChecksum(into: &list, context)
        var offset = 0
        while offset < chunkBytes.count {
            guard let chunk = Chunk(chunkBytes[offset...]) else {
                return list.problem(context.incomplete == nil ? "a chunk that doesn't fit its packet" : "a chunk is truncated")
            }
            list.decimal("chunk_type", "type", chunk.type, Self.name(chunk.type))
            list.hex("chunk_flags", "chunk_flags", chunk.flags)
            list.decimal("chunk_length", "chunk_len", chunk.length)
            if chunk.type == Self.data, chunk.value.count >= 12 { describeData(chunk.value, into: &list) }
            // The last chunk's padding may be missing.
            offset += (chunk.length + 3) / 4 * 4
        }
    }

    private func describeChecksum(into list: inout FieldList, _ context: LayerContext) {
        let value = checksum ?? 0
        if let incomplete = context.incomplete { return list.hex("checksum", "chksum", value, ChecksumStatus.unknown(incomplete).text) }
        var bytes = Array(context.all)
        for position in 0..<4 { bytes[Self.checksumOffset + position] = 0 }
        let right = CastagnoliChecksum.of(bytes)
        if value == right { return list.hex("checksum", "chksum", value, ChecksumStatus.correct.text) }
        if context.checksumsAreLeft { return list.hex("checksum", "chksum", value, ChecksumStatus.left.text) }
        let text = "wrong, 0x\(Hexadecimal.text(UInt64(right), digits: 8)) expected"
        list.hex("checksum", "chksum", value, text)
        list.problem("checksum 0x\(Hexadecimal.text(UInt64(value), digits: 8)) is \(text)")
    }

    private func describeData(_ value: ArraySlice<UInt8>, into list: inout FieldList) {
        func number(_ offset: Int, _ count: Int) -> UInt64 {
            value.dropFirst(offset).prefix(count).reduce(0) { $0 << 8 | UInt64($1) }
        }
        list.decimal("data_tsn_raw", "tsn", number(0, 4))
        list.hex("data_sid", "stream_id", UInt16(number(4, 2)))
        list.decimal("data_ssn", "stream_seq", number(6, 2))
        list.decimal("data_payload_proto_id", "proto_id", number(8, 4))
    }

    private struct Chunk {
        let type: UInt8
        let flags: UInt8
        /// With the four bytes in front of the value.
        let length: Int
        let value: ArraySlice<UInt8>

        init?(_ bytes: ArraySlice<UInt8>) {
            guard bytes.count >= 4 else { return nil }
            let start = bytes.startIndex
            length = Int(bytes[start + 2]) << 8 | Int(bytes[start + 3])
            guard length >= 4, length <= bytes.count else { return nil }
            type = bytes[start]
            flags = bytes[start + 1]
            value = bytes[(start + 4)..<(start + length)]
        }
    }

    /// IANA's SCTP Chunk Types.
    private static func name(_ type: UInt8) -> String? {
        switch type {
        case 0: "DATA"
        case 1: "INIT"
        case 2: "INIT ACK"
        case 3: "SACK"
        case 4: "HEARTBEAT"
        case 5: "HEARTBEAT ACK"
        case 6: "ABORT"
        case 7: "SHUTDOWN"
        case 8: "SHUTDOWN ACK"
        case 9: "ERROR"
        case 10: "COOKIE ECHO"
        case 11: "COOKIE ACK"
        case 14: "SHUTDOWN COMPLETE"
        case 64: "I-DATA"
        case 192: "FORWARD TSN"
        default: nil
        }
    }

    public func next(_ reader: ByteReader) -> LayerKind { .payload }

    public var summary: String {
        "Stream Control Transmission Protocol, Src Port: \(sourcePort) (\(sourcePort)), Dst Port: \(destinationPort) (\(destinationPort))"
    }

    public var information: String? {
        var names: [String] = []
        var offset = 0
        while offset < chunkBytes.count, names.count < 8, let chunk = Chunk(chunkBytes[offset...]) {
            names.append(Self.name(chunk.type) ?? "chunk \(chunk.type)")
            offset += (chunk.length + 3) / 4 * 4
        }
        return "\(sourcePort) → \(destinationPort) \(names.joined(separator: ", "))"
    }
}
