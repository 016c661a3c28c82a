import Memory

/// Where a stretch of a course begins.
@frozen
@usableFromInline
struct RateKnot {
    /// Frames due before it, from the start of the course.
    @usableFromInline var frames: Double
    @usableFromInline var nanoseconds: Double
    /// Frames per nanosecond, and how much it changes in each.
    @usableFromInline var rate: Double
    @usableFromInline var slope: Double
}

/// The due times of a rate that changes: over a stretch at rate r with slope a, x frames take 2x / (r + √(r² + 2ax)).
@frozen
@usableFromInline
struct RateCourse {
    @usableFromInline let knots: MemoryTable<RateKnot>
    /// After these it begins again.
    @usableFromInline let frames: Double
    @usableFromInline let nanoseconds: Double

    /// Beyond is nobody's time: a damaged frame's number must not end the run.
    @usableFromInline static var farthestNanoseconds: Double { 9e18 }

    /// - Parameter knots: those of `stretches`; must outlive the course.
    init(_ stretches: [RateStretch], knots: MemoryTable<RateKnot>) {
        precondition(!stretches.isEmpty, "a course has stretches")
        self.knots = knots
        frames = stretches.reduce(0) { $0 + $1.frames }
        nanoseconds = stretches.reduce(0) { $0 + Double($1.durationNanoseconds) }
        precondition(frames >= 1, "a course has frames")
    }

    /// Where each of `stretches` begins.
    static func knots(_ stretches: [RateStretch]) -> [RateKnot] {
        var knots: [RateKnot] = []
        var frames = 0.0, nanoseconds = 0.0
        for stretch in stretches {
            let duration = Double(stretch.durationNanoseconds)
            knots.append(
                RateKnot(
                    frames: frames, nanoseconds: nanoseconds, rate: stretch.fromPps / 1e9,
                    slope: duration > 0 ? (stretch.toPps - stretch.fromPps) / 1e9 / duration : 0))
            frames += stretch.frames
            nanoseconds += duration
        }
        return knots
    }

    /// When frame `row` is due, nanoseconds from the start.
    @inlinable @inline(__always)
    func offset(ofRow row: UInt64) -> UInt64 {
        let number = Double(row)
        let round = (number / frames).rounded(.down)
        let inside = max(0, number - round * frames)
        // The last stretch that begins at or before the frame.
        var low = 0, high = knots.count
        while high &- low > 1 {
            let middle = (low &+ high) / 2
            if knots[middle].frames <= inside { low = middle } else { high = middle }
        }
        let knot = knots[low]
        let rest = inside - knot.frames
        let root = max(0, knot.rate * knot.rate + 2 * knot.slope * rest).squareRoot()
        let time = rest > 0 ? 2 * rest / (knot.rate + root) : 0
        return UInt64(min(round * nanoseconds + knot.nanoseconds + time, Self.farthestNanoseconds))
    }
}
