import Metrics

/// Bursts that nothing was lost of, and the buffer that they tell of (RFC 9004 section 6).
public struct BackToBack: Codable, Sendable {
    /// Frames of the longest burst, one for each repeat.
    public let frames: SampleSummary
    /// False where the longest burst that was to be tried passed.
    public let bounded: Bool
    public let maximumFrames: UInt64
    /// Frames a second at which the bursts left: the mean.
    public let burstPps: Double?
    /// Burst length over burst rate: how long the buffer would hold out if nothing left it meanwhile.
    public let impliedBufferNanoseconds: Double?
    /// Less what left it meanwhile, at the throughput. Nil where the throughput isn't the link's own limit.
    public let correctedBufferNanoseconds: Double?
    /// The same in frames: what lay in buffers when the burst was over.
    public let bufferFrames: Double?

    /// - Parameters:
    ///   - lengths: a burst for each repeat.
    ///   - burstPps: of the longest good ones.
    ///   - throughputPps: of the link, where that is what limits it.
    init(lengths: [UInt64], isBounded: Bool, maximum: UInt64, burstPps: [Double], throughputPps: Double?) {
        frames = SampleSummary(lengths.map { Double($0) })
        bounded = isBounded
        maximumFrames = maximum
        let rate = SampleSummary(burstPps)
        self.burstPps = rate.count > 0 && rate.mean > 0 ? rate.mean : nil
        guard isBounded, frames.count > 0, let burst = self.burstPps else {
            (impliedBufferNanoseconds, correctedBufferNanoseconds, bufferFrames) = (nil, nil, nil)
            return
        }
        impliedBufferNanoseconds = frames.mean / burst * 1e9
        // What is slower than the throughput fills no buffer.
        guard let throughputPps, throughputPps < burst else {
            (correctedBufferNanoseconds, bufferFrames) = (nil, nil)
            return
        }
        correctedBufferNanoseconds = frames.mean / burst * 1e9 * (1 - throughputPps / burst)
        bufferFrames = frames.mean * (1 - throughputPps / burst)
    }
}
