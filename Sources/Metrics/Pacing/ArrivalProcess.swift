/// How the frames of a rate are spread over time.
public enum ArrivalProcess: Equatable, Hashable, Sendable {
    /// One after the other, all gaps alike.
    case constant
    /// Gaps are exponential, and independent of each other. They come again after `ArrivalPattern.poissonCycle` frames, over which the rate is
    /// exact.
    case poisson(seed: UInt64)
    /// So many frames are due at once, and then none until the rate is kept.
    case bursts(frames: UInt64)
    /// All frames come in the first part of each period, at a rate as much higher.
    case onOff(onNanoseconds: UInt64, offNanoseconds: UInt64)
    /// A rate that changes, over and over again. The mean is the stretches' own.
    case course([RateStretch])
    /// At these times from the start, which never fall, and again after each period, which none of them exceeds. The mean is their own.
    case recorded(offsetsNanoseconds: [UInt64], periodNanoseconds: UInt64)
    /// Each of several streams by its own, merged by when their frames are due; none of them is of streams again. The mean is the sum of theirs.
    case streams([StreamPace])

    /// How long no frame falls due at most, at this mean rate, nanoseconds.
    public func longestGapNanoseconds(meanRate: PacketRate) -> Double {
        let gap = 1e9 / meanRate.packetsPerSecond
        switch self {
        case .constant: return gap
        // Exceeded by one gap in 10¹³.
        case .poisson: return 30 * gap
        case .bursts(let frames): return gap * Double(frames)
        case .onOff(_, let off): return gap + Double(off)
        case .course(let stretches): return Self.longestGap(stretches + stretches)
        case .recorded(let offsets, let period):
            let gaps = zip(offsets, offsets.dropFirst()).map { $1 - $0 }
            return Double(max(gaps.max() ?? 0, period - (offsets.last ?? 0) + (offsets.first ?? 0)))
        // While one of them is never longer without a frame, all together aren't.
        case .streams(let paces):
            return paces.reduce(.infinity) { min($0, $1.process.longestGapNanoseconds(meanRate: $1.rate)) }
        }
    }

    /// The longest time in which a course comes to one frame: exact where the rate stands still, and never too short.
    private static func longestGap(_ stretches: [RateStretch]) -> Double {
        var longest = 0.0, nanoseconds = 0.0, frames = 0.0
        for stretch in stretches {
            if stretch.frames < 2 {
                (nanoseconds, frames) = (nanoseconds + Double(stretch.durationNanoseconds), frames + stretch.frames)
                longest = max(longest, nanoseconds)
                if frames >= 1 { (nanoseconds, frames) = (Double(stretch.durationNanoseconds), stretch.frames) }
                continue
            }
            // Where a rate rises from nothing over T to n frames, the first is out after T / √n; so is the last where it falls.
            let edge = Double(stretch.durationNanoseconds) / stretch.frames.squareRoot()
            let slowest = min(stretch.fromPps, stretch.toPps)
            let inside = slowest > 0 ? min(edge, 1e9 / slowest) : edge
            longest = max(longest, nanoseconds + inside, 2 * inside)
            (nanoseconds, frames) = (inside, 0)
        }
        return longest
    }
}
