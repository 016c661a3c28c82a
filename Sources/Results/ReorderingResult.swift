import Metrics

/// How far out of turn frames came, for each transmit worker's sequence in each reader (RFC 4737, RFC 5236).
public struct ReorderingResult: Codable, Equatable, Sendable {
    /// Reordered frames of all that came (section 4.1.1), 0 to 1.
    public var ratio: Double
    /// Of reordered frames, how many frames had come since the first one that left later (section 4.2.1).
    public var meanExtent: Double
    public var maximumExtent: UInt64
    /// Place n: frames right behind at least n + 1 that left later (n-reordering, section 5.3), up to the last place that isn't 0.
    public var nReordered: [UInt64]
    /// Frames whose extent may be larger: more had come out of turn than is remembered. Nil if none.
    public var cutFrames: UInt64?
    /// Nil in results of versions that didn't record it.
    public var density: ReorderDensityResult?

    /// - Parameters:
    ///   - received: distinct frames that came.
    /// - Returns: nil if every frame came in its turn.
    public init?(_ tally: ReorderTally, _ density: ReorderDensityTally? = nil, received: UInt64) {
        guard tally.frames > 0, received > 0 else { return nil }
        ratio = Double(tally.frames) / Double(received)
        meanExtent = Double(tally.extentSum) / Double(tally.frames)
        maximumExtent = tally.maximumExtent
        nReordered = Array(tally.following.prefix { $0 > 0 })
        cutFrames = tally.cut > 0 ? tally.cut : nil
        self.density = density.map(ReorderDensityResult.init)
    }
}
