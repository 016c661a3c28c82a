/// vethmark's own 18 bytes (`Signature`).
public struct SignatureLayer: FrameLayer, Equatable {
    public var signature: Signature

    public init(_ signature: Signature) { self.signature = signature }

    public var kind: LayerKind { .signature }

    public init(_ kind: LayerKind, from reader: inout ByteReader) throws(LayerFault) {
        try reader.require(Signature.byteCount)
        let magic = try reader.read16()
        guard magic == Signature.magic else { throw .malformed("its magic is another") }
        let stream = StreamIdentifier(rawValue: try reader.read32())
        let sequence = try reader.read32()
        signature = Signature(stream: stream, sequence: sequence, timestampNanoseconds: try reader.read64())
    }

    /// Whether a payload begins with the magic and has room for the rest.
    static func begins(_ reader: ByteReader) -> Bool {
        guard reader.has(Signature.byteCount), let high = reader.peek(0), let low = reader.peek(1) else { return false }
        return UInt16(high) << 8 | UInt16(low) == Signature.magic
    }

    public func encoded(_ context: BuildContext) -> [UInt8] {
        var writer = ByteWriter()
        writer.write16(Signature.magic)
        writer.write32(signature.stream.rawValue)
        writer.write32(signature.sequence)
        writer.write64(signature.timestampNanoseconds)
        return writer.bytes
    }

    public func describe(into list: inout FieldList, _ context: LayerContext) {
        list.hex("magic", "magic", Signature.magic)
        list.decimal("epoch", "epoch", signature.stream.epoch)
        list.decimal("worker", "worker", signature.stream.worker)
        list.decimal("stream", "stream", signature.stream.stream)
        list.decimal("key", "key", signature.stream.key)
        list.decimal("sequence", "sequence", signature.sequence)
        list.decimal("timestamp", "timestamp", signature.timestampNanoseconds)
    }

    public func next(_ reader: ByteReader) -> LayerKind { .payload }

    public var summary: String { "vethmark signature, Worker: \(signature.stream.worker), Sequence: \(signature.sequence)" }

    public var information: String? { "worker \(signature.stream.worker) sequence \(signature.sequence)" }
}
