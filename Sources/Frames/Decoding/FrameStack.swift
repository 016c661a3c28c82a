/// Layers to bytes, from the innermost outwards, so that every length and checksum can be worked out.
public enum FrameStack {
    /// - Parameter layers: outermost first.
    public static func build(_ layers: [any FrameLayer]) -> [UInt8] {
        var payload: [UInt8] = []
        for (position, layer) in layers.enumerated().reversed() {
            let following = position + 1 < layers.count ? layers[position + 1].kind : nil
            let context = BuildContext(
                payload: payload, following: following, pseudoHeader: pseudoHeader(around: position, in: layers))
            payload = layer.encoded(context) + payload
        }
        return payload
    }

    /// The addresses that the nearest IP header outside of a layer, and what follows it, give to checksums.
    private static func pseudoHeader(around position: Int, in layers: [any FrameLayer]) -> PseudoHeader? {
        layers[..<position].reduce(nil) { PseudoHeader.behind($1, $0) }
    }
}
