import Metrics

/// One stream of a trial: one entry of `.trials[].streams`, in the plan's order.
public struct StreamResult: Codable, Equatable, Sendable {
    public var name: String
    /// Frames in a round of all streams'.
    public var share: Int
    public var sent: UInt64
    /// Distinct frames that came as they left; nil, as all that follows but rates of sending, if nobody looked.
    public var received: UInt64?
    /// Distinct frames that came with another length or payload.
    public var altered: UInt64?
    /// Sent and never seen.
    public var lost: UInt64?
    /// Lost over sent frames, 0 to 1.
    public var lossRatio: Double?
    public var duplicates: UInt64?
    /// Frames that came behind a later one of their own stream (RFC 4737).
    public var reordered: UInt64?
    public var txPps: Double
    /// Frames that came, altered ones too.
    public var rxPps: Double?
    /// Layer 2, each frame with an FCS.
    public var txL2Bps: Double
    public var rxL2Bps: Double?
    /// Receive timestamp minus send timestamp, nanoseconds.
    public var path: LatencySummary?

    public init(name: String, share: Int, sent: UInt64, txPps: Double, txL2Bps: Double) {
        self.name = name
        self.share = share
        self.sent = sent
        self.txPps = txPps
        self.txL2Bps = txL2Bps
    }
}
