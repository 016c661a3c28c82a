/// How far CLOCK_REALTIME is ahead of CLOCK_MONOTONIC, from ever more samples.
///
/// Between steps of the clock the difference is a constant (`tk->wall_to_monotonic`; slewing moves both alike), and each sample,
/// a reading of one clock between two of the other, tells two bounds for it. So the bounds of all samples together are
/// soon some ten nanoseconds apart. A sample that contradicts them means that the clock was stepped.
///
/// CLOCK_MONOTONIC is the kernel's own here (`ktime_get`), which BPF programs read: a process in a time namespace sees another one
/// (time_namespaces(7)), and what that is ahead is taken off.
@frozen
public struct RealtimeOffset: Equatable, Sendable {
    public private(set) var lowestNanoseconds = Int64.min
    public private(set) var highestNanoseconds = Int64.max

    public init() {}

    /// In the middle of the bounds.
    public private(set) var nanoseconds: Int64 = 0

    /// Takes a sample of now.
    public mutating func sample() {
        let ahead = UInt64(bitPattern: TimeNamespace.monotonicOffsetNanoseconds)
        let before = Clock.monotonicNanoseconds &- ahead
        let realtime = Clock.realtimeNanoseconds
        narrow(before: before, realtime: realtime, after: Clock.monotonicNanoseconds &- ahead)
    }

    /// Of many samples taken at once, some ten microseconds in all.
    public static var ofNow: RealtimeOffset {
        var offset = RealtimeOffset()
        for _ in 0..<128 { offset.sample() }
        return offset
    }

    /// CLOCK_REALTIME was `realtime` at some moment between the two readings of CLOCK_MONOTONIC.
    public mutating func narrow(before: UInt64, realtime: UInt64, after: UInt64) {
        let low = Int64(bitPattern: realtime &- after)
        let high = Int64(bitPattern: realtime &- before)
        if low > highestNanoseconds || high < lowestNanoseconds {
            (lowestNanoseconds, highestNanoseconds) = (low, high)
        } else {
            lowestNanoseconds = max(lowestNanoseconds, low)
            highestNanoseconds = min(highestNanoseconds, high)
        }
        nanoseconds = lowestNanoseconds &+ (highestNanoseconds &- lowestNanoseconds) / 2
    }
}
