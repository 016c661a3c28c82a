/// A frame taken apart.
public struct DecodedFrame: Sendable {
    public var layers: [DecodedLayer]
    /// Bytes behind what the outermost length field counts: padding of short frames.
    public var trailerBytes: Int

    /// What lies in what, as Wireshark's `frame.protocols` has it: `eth:ethertype:ip:udp:data`.
    public var protocols: String {
        // Bytes behind a header that couldn't be read aren't anybody's data.
        let told = layers.count > 1 && layers[layers.count - 2].content == nil ? layers.dropLast() : layers[...]
        return told.flatMap { (layer) -> [String] in
            switch layer.kind {
            case .ethernet, .customerTag, .serviceTag, .doubleTag:
                return [layer.kind.filterName] + (layer.fields.contains { $0.label == "type" } ? ["ethertype"] : [])
            // Wireshark takes it for a part of LLC.
            case .snap: return []
            default: return [layer.kind.filterName]
            }
        }.joined(separator: ":")
    }

    /// Whatever is wrong with the frame.
    public var problems: [String] { layers.flatMap { layer in layer.problems.map { "\(layer.kind.title): \($0)" } } }

    /// All values of one field, outermost first; of a layer's own name, the layer's summary.
    public func values(_ name: String) -> [String] {
        layers.flatMap { (layer) -> [String] in
            (layer.kind.filterName == name ? [layer.summary] : []) + layer.fields.filter { $0.name == name }.map { "\($0.value)" }
        }
    }
}

/// One layer of a frame.
public struct DecodedLayer: Sendable {
    public var kind: LayerKind
    /// The layer itself; nil if it couldn't be read, and `problems` say why.
    public var content: (any FrameLayer)?
    /// Where its header lies in the frame.
    public var range: Range<Int>
    public var fields: [DecodedField]
    public var problems: [String]
    public var summary: String
    public var information: String?
}
