/// The gaps and bursts of streams, when their worker has ended.
public struct GapDistributions: Codable, Sendable {
    /// Nanoseconds.
    public var gaps = LatencyDistribution()
    /// Frames.
    public var bursts = LatencyDistribution()

    public init() {}

    public init(_ recorder: borrowing GapRecorder) {
        gaps = recorder.gapDistribution
        bursts = recorder.burstDistribution
    }

    public static func merging(_ all: [GapDistributions]) -> GapDistributions {
        var merged = GapDistributions()
        merged.gaps = .merging(all.map(\.gaps))
        merged.bursts = .merging(all.map(\.bursts))
        return merged
    }
}
