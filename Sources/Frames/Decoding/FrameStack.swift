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

    /// The addresses of the nearest IP header outside of a layer.
    private static func pseudoHeader(around position: Int, in layers: [any FrameLayer]) -> PseudoHeader? {
        for layer in layers[..<position].reversed() {
            if let ip = layer as? IPv4Layer { return PseudoHeader(ip.source, ip.destination) }
            if let ip = layer as? IPv6Layer { return PseudoHeader(ip.source, ip.destination) }
        }
        return nil
    }
}
