/// Where a stream of frames stands: when its last frame was, and how many frames have followed each other closely.
@frozen
public struct GapTrack: Sendable {
    @usableFromInline var nanoseconds: UInt64 = 0
    @usableFromInline var burst: Int64 = 0

    public init() {}
}

/// Counts the gaps between the frames of streams, and the lengths of bursts: runs of frames that follow each other by less than a
/// bound.
@frozen
public struct GapRecorder: ~Copyable {
    /// Nanoseconds.
    @usableFromInline var gaps: LatencyRecorder
    /// Frames.
    @usableFromInline var bursts: LatencyRecorder
    public let burstGapNanoseconds: UInt64

    /// - Parameter burstGapNanoseconds: frames that are closer are of one burst.
    public init(gaps: consuming LatencyRecorder, bursts: consuming LatencyRecorder, burstGapNanoseconds: UInt64) {
        self.gaps = gaps
        self.bursts = bursts
        self.burstGapNanoseconds = burstGapNanoseconds
    }

    /// One frame of the stream, at a time that isn't 0.
    @inlinable @inline(__always)
    public mutating func record(_ nanoseconds: UInt64, at track: inout GapTrack) {
        let gap = nanoseconds &- track.nanoseconds
        let isFirst = track.nanoseconds == 0
        track.nanoseconds = nanoseconds
        if isFirst {
            track.burst = 1
            return
        }
        gaps.record(Int64(bitPattern: gap))
        if gap < burstGapNanoseconds {
            track.burst &+= 1
        } else {
            bursts.record(track.burst)
            track.burst = 1
        }
    }

    /// The burst that the stream ended in.
    public mutating func finish(_ track: inout GapTrack) {
        if track.burst > 0 { bursts.record(track.burst) }
        track = GapTrack()
    }

    public mutating func reset() {
        gaps.reset()
        bursts.reset()
    }

    public var gapDistribution: LatencyDistribution { LatencyDistribution(gaps) }
    public var burstDistribution: LatencyDistribution { LatencyDistribution(bursts) }
}
