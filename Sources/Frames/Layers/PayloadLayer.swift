/// Whatever no other layer explains.
public struct PayloadLayer: FrameLayer, Equatable {
    public var bytes: [UInt8]

    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    public var kind: LayerKind { .payload }

    public init(_ kind: LayerKind, from reader: inout ByteReader) throws(LayerFault) { bytes = try reader.read(reader.remaining) }

    public func encoded(_ context: BuildContext) -> [UInt8] { bytes }

    public func describe(into list: inout FieldList, _ context: LayerContext) {
        list.add("data", "load", .bytes(bytes), Self.isText(bytes) ? "'\(String(decoding: bytes, as: UTF8.self))'" : nil)
        list.decimal("len", "len", bytes.count)
    }

    private static func isText(_ bytes: [UInt8]) -> Bool { !bytes.isEmpty && bytes.allSatisfy { (0x20...0x7E).contains($0) } }

    public func next(_ reader: ByteReader) -> LayerKind { .payload }

    public var summary: String { "Data (\(bytes.count) bytes)" }
}
