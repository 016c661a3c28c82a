/// When each frame of one worker is due, so that all workers together keep a steady rate.
///
/// Frame g of all frames, counted from 0, is due at start + ⌊g · 10⁹ / rate⌋ ns: a function of g alone, so
/// nothing drifts, whatever happened before. The period is an integer in units of 2⁻⁶⁴ ns, rounded
/// up from the rate's exact binary value; after a day at 20 Mpps (g < 2⁴¹) the error is below 2⁻²³ ns. For a
/// whole number of frames per second the floor above is met exactly while g · rate < 2⁶⁴; so
/// a window of whole seconds from the start holds exactly rate × seconds due times.
@frozen
public struct PacedSchedule: Equatable, Hashable, Sendable {
    /// When the first frame of worker 0 is due, on whichever clock the caller uses.
    public var startNanoseconds: UInt64
    public let share: WorkerShare

    @usableFromInline let period: FixedPointRatio
    /// Frames per nanosecond, rounded down from 1 / `period`.
    @usableFromInline let frequency: FixedPointRatio

    /// - Parameters:
    ///   - totalRate: Over all workers, within `PacketRate.allowed`.
    ///   - startNanoseconds: When the first frame of worker 0 is due.
    public init(totalRate: PacketRate, share: WorkerShare = .whole, startNanoseconds: UInt64) {
        precondition(PacketRate.allowed.contains(totalRate.packetsPerSecond), "rate out of range")
        // The rate is exactly significand / 2^shift.
        let rate = totalRate.packetsPerSecond
        let significand = UInt128(rate.significandBitPattern | 1 << 52)
        let shift = 52 - Int(rate.exponent)
        period = FixedPointRatio(1_000_000_000 << UInt128(shift), over: significand, rounding: .up)
        frequency = FixedPointRatio(1 << 64, over: period.bits, rounding: .down)
        self.share = share
        self.startNanoseconds = startNanoseconds
    }

    /// When this worker's frame `n` (from 0) is due. Two or three multiplications; never traps, and is
    /// meant for due times less than 2⁶³ ns (292 years) after the start.
    @inlinable @inline(__always)
    public func dueNanoseconds(_ n: UInt64) -> UInt64 {
        startNanoseconds &+ period.timesRoundedDown(share.rowIndex(ofFrame: n))
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
        // Frame g is due if g · period < elapsed + 1. `frequency` is no more than 1 / period, so the estimate
        // is never too high, and too low by 2 frames at most.
        var frames = frequency.timesRoundedDown(elapsed &+ 1)
        while period.timesRoundedDown(frames) <= elapsed { frames &+= 1 }
        return frames
    }
}
