/// One entry of a label stack: RFC 3032 section 2.1.
public struct MPLSLayer: FrameLayer, Equatable {
    /// 20 bits.
    public var label: UInt32
    /// 0 to 7 (RFC 5462).
    public var trafficClass: UInt8
    /// nil for whatever follows says.
    public var isBottom: Bool?
    public var timeToLive: UInt8

    public init(label: UInt32, trafficClass: UInt8 = 0, timeToLive: UInt8 = 64) {
        self.label = label
        self.trafficClass = trafficClass
        self.timeToLive = timeToLive
    }

    public var kind: LayerKind { .mpls }

    public init(_ kind: LayerKind, from reader: inout ByteReader) throws(LayerFault) {
        let word = try reader.read32()
        label = word >> 12
        trafficClass = UInt8(word >> 9 & 7)
        isBottom = word >> 8 & 1 == 1
        timeToLive = UInt8(truncatingIfNeeded: word)
    }

    public func encoded(_ context: BuildContext) -> [UInt8] {
        var writer = ByteWriter()
        let bottom = isBottom ?? (context.following != .mpls)
        writer.write32((label & 0xF_FFFF) << 12 | UInt32(trafficClass & 7) << 9 | (bottom ? 0x100 : 0) | UInt32(timeToLive))
        return writer.bytes
    }

    public func describe(into list: inout FieldList, _ context: LayerContext) {
        list.decimal("label", "label", label)
        list.decimal("exp", "cos", trafficClass)
        list.flag("bottom", "s", isBottom ?? true)
        list.decimal("ttl", "ttl", timeToLive)
    }

    /// Labels below 16 are reserved (RFC 7274).
    public var places: [FieldPlace] {
        [FieldPlace("label", 0, 20, range: 16...0xF_FFFF), FieldPlace("exp", 20, 3), FieldPlace("ttl", 24, 8, range: 1...255)]
    }

    /// The stack doesn't say what it carries: as every dissector does, we go by the IP version's place.
    public func next(_ reader: ByteReader) -> LayerKind {
        guard isBottom ?? true else { return .mpls }
        return switch reader.peek().map({ $0 >> 4 }) {
        case 4: .ipv4
        case 6: .ipv6
        default: .payload
        }
    }

    public var summary: String {
        "MultiProtocol Label Switching Header, Label: \(label), Exp: \(trafficClass), S: \(isBottom ?? true ? 1 : 0), TTL: \(timeToLive)"
    }

    public var information: String? { "label \(label)" }
}
