/// IEEE 802.2: service access points and a control field of one or two bytes.
public struct LLCLayer: FrameLayer, Equatable {
    public var destinationPoint: UInt8
    public var sourcePoint: UInt8
    /// One byte for unnumbered frames, two for all others (IEEE 802.2 clause 5.2).
    public var control: UInt16

    public static let stp: UInt8 = 0x42
    public static let snap: UInt8 = 0xAA

    /// An unnumbered information frame.
    public init(point: UInt8) {
        destinationPoint = point
        sourcePoint = point
        control = 0x03
    }

    public var kind: LayerKind { .llc }

    public init(_ kind: LayerKind, from reader: inout ByteReader) throws(LayerFault) {
        destinationPoint = try reader.read8()
        sourcePoint = try reader.read8()
        let first = try reader.read8()
        control = first & 3 == 3 ? UInt16(first) : UInt16(first) | UInt16(try reader.read8()) << 8
    }

    private var isUnnumbered: Bool { control & 3 == 3 }

    public func encoded(_ context: BuildContext) -> [UInt8] {
        var writer = ByteWriter()
        writer.write8(destinationPoint)
        writer.write8(sourcePoint)
        writer.write8(UInt8(truncatingIfNeeded: control))
        if !isUnnumbered { writer.write8(UInt8(control >> 8)) }
        return writer.bytes
    }

    public func describe(into list: inout FieldList, _ context: LayerContext) {
        list.hex("dsap", "dsap", destinationPoint, Self.name(destinationPoint))
        list.hex("ssap", "ssap", sourcePoint, Self.name(sourcePoint))
        list.hex("control", "ctrl", control)
    }

    private static func name(_ point: UInt8) -> String? {
        switch point & 0xFE {
        case stp: "spanning tree"
        case snap: "SNAP"
        default: nil
        }
    }

    public func next(_ reader: ByteReader) -> LayerKind {
        guard isUnnumbered else { return .payload }
        return switch destinationPoint {
        case Self.stp: .stp
        case Self.snap: .snap
        default: .payload
        }
    }

    public var summary: String { "Logical-Link Control" }

    public var information: String? { "LLC DSAP 0x\(Hexadecimal.text(UInt64(destinationPoint), digits: 2))" }
}
