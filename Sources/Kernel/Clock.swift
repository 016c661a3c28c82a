import CLinux
import Glibc

/// The clocks of a trial. TPACKET stamps frames with CLOCK_REALTIME (`tpacket_get_timestamp`), so
/// signatures carry CLOCK_REALTIME too; everything that waits uses CLOCK_MONOTONIC, which nobody sets.
public enum Clock {
    /// CLOCK_REALTIME in nanoseconds since 1970, through the vDSO.
    @inlinable public static var realtimeNanoseconds: UInt64 { cl_realtime_nanoseconds() }

    /// CLOCK_MONOTONIC in nanoseconds.
    @inlinable public static var monotonicNanoseconds: UInt64 { cl_monotonic_nanoseconds() }

    /// CLOCK_REALTIME minus CLOCK_MONOTONIC, nanoseconds. NTP slews both alike, so it moves only
    /// when somebody steps the clock. Of several samples the tightest counts: a sample that was
    /// interrupted between its readings is off by as much.
    public static var realtimeOffsetNanoseconds: Int64 {
        var best: (width: UInt64, offset: Int64) = (.max, 0)
        for _ in 0..<16 {
            let before = monotonicNanoseconds
            let realtime = realtimeNanoseconds
            let after = monotonicNanoseconds
            let width = after &- before
            if width < best.width {
                best = (width, Int64(realtime) &- Int64(before &+ width / 2))
            }
        }
        return best.offset
    }

    /// Sleeps until CLOCK_MONOTONIC reaches `deadlineNanoseconds`.
    public static func sleep(untilMonotonic deadlineNanoseconds: UInt64) {
        var deadline = timespec(
            tv_sec: Int(deadlineNanoseconds / 1_000_000_000), tv_nsec: Int(deadlineNanoseconds % 1_000_000_000))
        while clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &deadline, nil) == EINTR {}
    }

    /// Sleeps until CLOCK_REALTIME reaches `deadlineNanoseconds`, spinning through the last stretch.
    public static func sleep(untilRealtime deadlineNanoseconds: UInt64) {
        let now = realtimeNanoseconds
        let spinNanoseconds: UInt64 = 100_000
        if deadlineNanoseconds > now &+ spinNanoseconds {
            sleep(nanoseconds: deadlineNanoseconds - now - spinNanoseconds)
        }
        while realtimeNanoseconds < deadlineNanoseconds { relax() }
    }

    /// Sleeps for a while, at least `nanoseconds`.
    public static func sleep(nanoseconds: UInt64) {
        sleep(untilMonotonic: monotonicNanoseconds + nanoseconds)
    }
}

extension Clock {
    /// Tells the CPU that the caller waits; a few dozen nanoseconds.
    @inlinable public static func relax() { cl_cpu_relax() }
}
