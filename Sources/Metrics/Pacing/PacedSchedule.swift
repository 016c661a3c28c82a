import Memory

/// When each frame of one worker is due, so that all workers together keep a rate and its shape.
///
/// Frame g of all frames, counted from 0, is due at start + ⌊g · 10⁹ / rate⌋ ns: a function of g alone, so
/// nothing drifts, whatever happened before. The period is an integer in units of 2⁻⁶⁴ ns, rounded
/// up from the rate's exact binary value; after a day at 20 Mpps (g < 2⁴¹) the error is below 2⁻²³ ns. For a
/// whole number of frames per second the floor above is met exactly while g · rate < 2⁶⁴; so
/// a window of whole seconds from the start holds exactly rate × seconds due times.
/// Other shapes (`ArrivalProcess`) move these times, and are functions of g alone as well.
///
/// A schedule made from a pattern is valid as long as the pattern is there.
@frozen
public struct PacedSchedule {
    /// When the first frame of worker 0 is due, on whichever clock the caller uses.
    public var startNanoseconds: UInt64
    public let share: WorkerShare

    @usableFromInline let period: FixedPointRatio
    /// Frames per nanosecond, rounded down from 1 / `period`.
    @usableFromInline let frequency: FixedPointRatio
    @usableFromInline let arrivals: Arrivals

    /// - Parameters:
    ///   - totalRate: Over all workers, within `PacketRate.allowed`.
    ///   - startNanoseconds: When the first frame of worker 0 is due.
    public init(totalRate: PacketRate, share: WorkerShare = .whole, startNanoseconds: UInt64) {
        self.init(totalRate, .even, share, startNanoseconds)
    }

    /// - Parameters:
    ///   - pattern: must outlive the schedule.
    ///   - startNanoseconds: When the pattern begins.
    public init(_ pattern: ArrivalPattern, share: WorkerShare = .whole, startNanoseconds: UInt64) {
        self.init(pattern.evenRate, pattern.arrivals, share, startNanoseconds)
    }

    private init(_ totalRate: PacketRate, _ arrivals: Arrivals, _ share: WorkerShare, _ startNanoseconds: UInt64) {
        precondition(PacketRate.allowed.contains(totalRate.packetsPerSecond), "rate out of range")
        // The rate is exactly significand / 2^shift.
        let rate = totalRate.packetsPerSecond
        let significand = UInt128(rate.significandBitPattern | 1 << 52)
        let shift = 52 - Int(rate.exponent)
        period = FixedPointRatio(1_000_000_000 << UInt128(shift), over: significand, rounding: .up)
        frequency = FixedPointRatio(1 << 64, over: period.bits, rounding: .down)
        self.arrivals = arrivals
        self.share = share
        self.startNanoseconds = startNanoseconds
    }

    /// When this worker's frame `n` (from 0) is due. Two or three multiplications and what the shape needs; never traps, and is
    /// meant for due times less than 2⁶³ ns (292 years) after the start.
    @inlinable @inline(__always)
    public func dueNanoseconds(_ n: UInt64) -> UInt64 {
        startNanoseconds &+ offset(ofRow: share.rowIndex(ofFrame: n))
    }

    /// The same for a frame of the row of all workers, from the start. Never falls as `row` rises.
    @inlinable @inline(__always)
    func offset(ofRow row: UInt64) -> UInt64 {
        switch arrivals {
        case .even: return period.timesRoundedDown(row)
        case .bursts(let frames): return period.timesRoundedDown(row &- row % frames)
        case .onOff(let on, let off):
            let time = period.timesRoundedDown(row)
            return time &+ time / on &* off
        case .cycle(let offsets, let mask):
            let place = row & mask
            return period.timesRoundedDown(row &- place) &+ offsets[Int(truncatingIfNeeded: place)]
        case .course(let course): return course.offset(ofRow: row)
        case .recorded(let offsets, let period):
            let (round, place) = row.quotientAndRemainder(dividingBy: UInt64(truncatingIfNeeded: offsets.count))
            return round &* period &+ offsets[Int(truncatingIfNeeded: place)]
        case .merged(let merge): return merge.offset(ofRow: row)
        }
    }

    /// Which stream this worker's frame `n` is of, and when it is due from the start on; of a pattern of streams only.
    @inlinable @inline(__always)
    public func departure(ofFrame n: UInt64) -> StreamDeparture {
        guard case .merged(let merge) = arrivals else { preconditionFailure("a pattern of one has no streams") }
        return merge.departure(share.rowIndex(ofFrame: n))
    }

    /// How many of this worker's frames are due at `now` or before: n frames if and only if frame n − 1 is
    /// due and frame n is not. Over all workers it adds up to what a single worker would have.
    @inlinable
    public func framesDue(at now: UInt64) -> UInt64 {
        share.frames(ofTotal: rowFramesDue(at: now))
    }

    /// The same over all workers.
    @inlinable
    public func rowFramesDue(at now: UInt64) -> UInt64 {
        guard now >= startNanoseconds else { return 0 }
        let elapsed = now &- startNanoseconds
        guard case .even = arrivals else { return shapedFramesDue(after: elapsed) }
        // Frame g is due if g · period < elapsed + 1. `frequency` is no more than 1 / period, so the estimate
        // is never too high, and too low by 2 frames at most.
        var frames = frequency.timesRoundedDown(elapsed &+ 1)
        while period.timesRoundedDown(frames) <= elapsed { frames &+= 1 }
        return frames
    }

    /// By trying, for any shape: not for each frame.
    @usableFromInline
    func shapedFramesDue(after elapsed: UInt64) -> UInt64 {
        if case .merged(let merge) = arrivals { return merge.framesDue(after: elapsed) }
        guard offset(ofRow: 0) <= elapsed else { return 0 }
        var due: UInt64 = 0, notDue: UInt64 = 1
        while notDue < 1 << 62, offset(ofRow: notDue) <= elapsed { (due, notDue) = (notDue, notDue * 2) }
        while notDue - due > 1 {
            let middle = due + (notDue - due) / 2
            if offset(ofRow: middle) <= elapsed { due = middle } else { notDue = middle }
        }
        return notDue
    }
}
