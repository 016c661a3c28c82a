/// What makes a frame a superframe: segments behind one header, as TCP hands them to a device that segments by itself (`tcp_gso_segment`, `skb_shinfo`).
public struct Superframe: Equatable, Sendable {
    /// Payload of each segment but the last, which may have less (`gso_size`).
    public var segmentBytes: Int
    /// Whether all of it lies in the skb's linear part, or headers alone do and the rest in pages.
    public var isLinear: Bool

    public init(segmentBytes: Int, isLinear: Bool) {
        self.segmentBytes = segmentBytes
        self.isLinear = isLinear
    }

    /// How many frames a device would make of it.
    ///
    /// - Parameters:
    ///   - payloadBytes: behind its headers.
    ///   - segmentBytes: `gso_size`; 0 for what is no superframe.
    @inlinable
    public static func segments(ofPayload payloadBytes: Int, segmentBytes: Int) -> Int {
        segmentBytes > 0 && payloadBytes > segmentBytes ? (payloadBytes &+ segmentBytes &- 1) / segmentBytes : 1
    }
}
