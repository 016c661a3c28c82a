/// A routing header: RFC 8200 section 4.4.
public struct IPv6RoutingLayer: FrameLayer, Equatable {
    public var nextHeader: UInt8?
    /// In units of 8 bytes, the first not counted; nil for what the data needs.
    public var lengthUnits: UInt8?
    public var routingType: UInt8
    public var segmentsLeft: UInt8
    /// All behind `segmentsLeft`: 4 bytes, and 8 for each further unit.
    public var data: [UInt8]

    public init(routingType: UInt8, segmentsLeft: UInt8, data: [UInt8]) {
        self.routingType = routingType
        self.segmentsLeft = segmentsLeft
        self.data = data
    }

    public var kind: LayerKind { .routing }

    public init(_ kind: LayerKind, from reader: inout ByteReader) throws(LayerFault) {
        nextHeader = try reader.read8()
        let units = try reader.read8()
        lengthUnits = units
        routingType = try reader.read8()
        segmentsLeft = try reader.read8()
        data = try reader.read(4 + 8 * Int(units))
    }

    public func encoded(_ context: BuildContext) -> [UInt8] {
        var writer = ByteWriter()
        writer.write8(nextHeader ?? IPv6Layer.announcing(context))
        writer.write8(lengthUnits ?? UInt8(clamping: (data.count + 4) / 8 - 1))
        writer.write8(routingType)
        writer.write8(segmentsLeft)
        writer.write(data)
        return writer.bytes
    }

    /// Where the packet goes in the end, 16 bytes: the last address of a source route (type 0, RFC 2460 section 4.4), the home address of
    /// type 2 (RFC 6275 section 6.4), the first segment of type 4 (RFC 8754 section 2). Nil where it is there already, or can't be told.
    var finalDestination: ArraySlice<UInt8>? {
        // Four bytes stand in front of the addresses.
        guard segmentsLeft > 0, data.count >= 20, (data.count - 4).isMultiple(of: 16) || routingType == 4 else { return nil }
        return switch routingType {
        case 0, 2: data.suffix(16)
        case 4: data[4..<20]
        default: nil
        }
    }

    public func describe(into list: inout FieldList, _ context: LayerContext) {
        list.decimal("nxt", "nh", nextHeader ?? 0, ProtocolNumbers.ip(nextHeader ?? 0))
        list.decimal("len", "len", lengthUnits ?? 0)
        list.decimal("type", "type", routingType, routingType == 4 ? "segment routing" : nil)
        list.decimal("segleft", "segleft", segmentsLeft)
    }

    public func next(_ reader: ByteReader) -> LayerKind { .behind(protocolNumber: nextHeader ?? 0, isIPv6: true) }

    public var summary: String { "Routing Header for IPv6, type \(routingType)" }
}
