/// A frame taken apart.
public struct DecodedFrame: Sendable {
    public var layers: [DecodedLayer]
    /// Bytes behind what the outermost length field counts: padding of short frames.
    public var trailerBytes: Int

    /// Wireshark's `frame.protocols`: what lies in what.
    public var protocols: String { layers.map(\.kind.filterName).joined(separator: ":") }

    /// Whatever is wrong with the frame.
    public var problems: [String] { layers.flatMap { layer in layer.problems.map { "\(layer.kind.title): \($0)" } } }

    /// All values of one field, outermost first; of a layer's own name, the layer's summary.
    public func values(_ name: String) -> [String] {
        layers.flatMap { layer in
            (layer.kind.filterName == name ? [layer.summary] : []) + layer.fields.filter { $0.name == name }.map { "\($0.value)" }
        }
    }

    public func layer(_ kind: LayerKind) -> DecodedLayer? { layers.first { $0.kind == kind } }
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
