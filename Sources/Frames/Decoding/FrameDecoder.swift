/// Takes frames apart, layer by layer, whatever the bytes are.
public enum FrameDecoder {
    /// Tunnels in tunnels and stacks of labels end here; what is left is payload.
    public static let maximumLayers = 32

    /// - Parameters:
    ///   - bytes: from the destination address on, without FCS.
    ///   - wireBytes: the frame's true length where the capture was cut; nil if it is all there.
    ///   - checksumsAreLeft: the capture's word that transport checksums aren't filled in yet.
    ///   - first: what `bytes` begin with.
    public static func decode(
        _ bytes: [UInt8], wireBytes: Int? = nil, checksumsAreLeft: Bool = false, first: LayerKind = .ethernet
    ) -> DecodedFrame {
        var walk = Walk(bytes: bytes, isCut: (wireBytes ?? bytes.count) > bytes.count, checksumsAreLeft: checksumsAreLeft)
        var kind: LayerKind? = first
        while let current = kind { kind = walk.step(current) }
        return DecodedFrame(layers: walk.layers, trailerBytes: walk.trailerBytes)
    }

    /// A frame's layers as they were read: what `FrameStack` would be built of.
    public static func parse(_ bytes: [UInt8], first: LayerKind = .ethernet) -> [any FrameLayer] {
        decode(bytes, first: first).layers.compactMap(\.content)
    }
}

/// What is known on the way through a frame.
private struct Walk {
    var reader: ByteReader
    var layers: [DecodedLayer] = []
    var trailerBytes = 0
    let isCut: Bool
    let checksumsAreLeft: Bool
    private var pseudoHeader: PseudoHeader?
    private var incomplete: String?

    init(bytes: [UInt8], isCut: Bool, checksumsAreLeft: Bool) {
        reader = ByteReader(bytes)
        self.isCut = isCut
        self.checksumsAreLeft = checksumsAreLeft
        incomplete = isCut ? "the frame was cut" : nil
    }

    /// Reads one layer.
    ///
    /// - Returns: what comes next; nil at the end.
    mutating func step(_ wanted: LayerKind) -> LayerKind? {
        let kind = layers.count < FrameDecoder.maximumLayers ? wanted : .payload
        // A payload of no bytes is no layer, and a frame may end with any header.
        if kind == .payload, reader.remaining == 0 { return nil }
        let start = reader.offset
        do throws(LayerFault) {
            let layer = try kind.type.init(kind, from: &reader)
            append(layer, from: start)
            remember(layer)
            guard kind != .payload else { return nil }
            return layer.next(reader)
        } catch {
            let text = isCut ? "\(error) (the frame was cut)" : "\(error)"
            layers.append(
                DecodedLayer(
                    kind: kind, content: nil, range: start..<reader.end, fields: [], problems: [text],
                    summary: "\(kind.title) [\(error)]", information: "[\(error)]"))
            reader.move(to: start)
            return kind == .payload ? nil : .payload
        }
    }

    private mutating func append(_ layer: any FrameLayer, from start: Int) {
        var list = FieldList(prefix: layer.kind.filterName)
        if let limit = layer.payloadBytes {
            if reader.has(limit) {
                if trailerBytes == 0 { trailerBytes = reader.remaining - limit }
                reader.limit(to: limit)
            } else {
                if !isCut, incomplete == nil { list.problem("\(limit) bytes of payload announced, \(reader.remaining) there") }
                incomplete = incomplete ?? "not all of it is here"
            }
        }
        let context = LayerContext(
            bytes: reader.bytes, range: start..<reader.end, payloadStart: reader.offset, pseudoHeader: pseudoHeader,
            incomplete: incomplete, checksumsAreLeft: checksumsAreLeft)
        layer.describe(into: &list, context)
        layers.append(
            DecodedLayer(
                kind: layer.kind, content: layer, range: start..<reader.offset, fields: list.fields, problems: list.problems,
                summary: layer.summary, information: layer.information))
    }

    /// What later layers need of this one.
    private mutating func remember(_ layer: any FrameLayer) {
        pseudoHeader = PseudoHeader.behind(layer, pseudoHeader)
        switch layer {
        case let ip as IPv4Layer: if ip.isFragment { incomplete = "the datagram is fragmented" }
        case let routing as IPv6RoutingLayer:
            // RFC 8200 section 8.1: the pseudo-header holds the final destination, which not every type has in clear.
            if routing.segmentsLeft > 0, routing.finalDestination == nil { incomplete = "the final destination is in the routing header" }
        case let fragment as IPv6FragmentLayer: if fragment.isFragment { incomplete = "the datagram is fragmented" }
        case let icmp as ICMPLayer: if icmp.quotes { incomplete = "only a quotation" }
        case let icmp as ICMPv6Layer: if icmp.quotes { incomplete = "only a quotation" }
        default: break
        }
    }
}
