import Metrics
import Plans

/// What superframes hold: `.trials[].superframes`. All other figures of such a trial are of superframes, each of which counts once.
public struct SuperframeResult: Codable, Equatable, Sendable {
    /// Payload of a segment (`gso_size`).
    public var segmentBytes: Int
    /// A whole superframe, headers included: there is no FCS.
    public var superframeBytes: Int
    public var sentSegments: UInt64
    /// What the received superframes say that a device would cut them into, each of them by its own length and `gso_size`.
    public var receivedSegments: UInt64
    public var txSegmentsPerSecond: Double
    public var rxSegmentsPerSecond: Double
    /// Bits a second behind the headers of received superframes: what a TCP user would call throughput.
    public var rxPayloadBps: Double

    public init(
        segmentBytes: Int, superframeBytes: Int, sentSegments: UInt64, receivedSegments: UInt64, txSegmentsPerSecond: Double,
        rxSegmentsPerSecond: Double, rxPayloadBps: Double
    ) {
        self.segmentBytes = segmentBytes
        self.superframeBytes = superframeBytes
        self.sentSegments = sentSegments
        self.receivedSegments = receivedSegments
        self.txSegmentsPerSecond = txSegmentsPerSecond
        self.rxSegmentsPerSecond = rxSegmentsPerSecond
        self.rxPayloadBps = rxPayloadBps
    }
}

extension SuperframeResult {
    /// Nil where frames were sent.
    ///
    /// - Parameters:
    ///   - receivedSegments: counted one by one.
    ///   - receivedBytes: of received superframes, altered ones too.
    package init?(plan: TrialPlan, ledger: Ledger, rates: TrialResult.Rates, receivedSegments: UInt64, receivedBytes: UInt64) {
        guard plan.sendsSuperframes, let segments = plan.transmit.segments else { return nil }
        let frame = plan.mix.streams[0].frame
        let arrived = ledger.received + ledger.altered
        func rate(_ count: UInt64, _ nanoseconds: UInt64) -> Double { nanoseconds == 0 ? 0 : Double(count) / Double(nanoseconds) * 1e9 }
        self.init(
            segmentBytes: plan.frame.segmentPayloadBytes, superframeBytes: frame.largestBytes,
            sentSegments: ledger.sent * UInt64(segments), receivedSegments: receivedSegments,
            txSegmentsPerSecond: rate(ledger.sent * UInt64(segments), rates.durationNanoseconds),
            rxSegmentsPerSecond: rate(receivedSegments, rates.receiveDurationNanoseconds),
            rxPayloadBps: rate(
                receivedBytes - min(receivedBytes, UInt64(frame.recipe.headerBytes) * arrived), rates.receiveDurationNanoseconds) * 8)
    }
}
