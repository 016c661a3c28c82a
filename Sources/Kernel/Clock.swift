import CLinux
import Glibc

/// The clocks of a trial. TPACKET stamps frames with CLOCK_REALTIME (`tpacket_get_timestamp`), so
/// signatures carry CLOCK_REALTIME too; everything that waits uses CLOCK_MONOTONIC, which nobody sets.
public enum Clock {
    // Unsafe: strings and structs are lent to the C library for the call alone, and it writes no more than they hold.

    /// CLOCK_REALTIME in nanoseconds since 1970, through the vDSO.
    @inlinable public static var realtimeNanoseconds: UInt64 { cl_realtime_nanoseconds() }

    /// CLOCK_MONOTONIC in nanoseconds.
    @inlinable public static var monotonicNanoseconds: UInt64 { cl_monotonic_nanoseconds() }

    /// How long a tick of the kernel is, nanoseconds: the resolution of its coarse clocks, 1/CONFIG_HZ of a second.
    public static let tickNanoseconds: UInt64 = {
        var resolution = timespec()
        unsafe clock_getres(CLOCK_MONOTONIC_COARSE, &resolution)
        return UInt64(resolution.tv_sec) * 1_000_000_000 + UInt64(resolution.tv_nsec)
    }()

    /// Sleeps until CLOCK_MONOTONIC reaches `deadlineNanoseconds`.
    public static func sleep(untilMonotonic deadlineNanoseconds: UInt64) {
        var deadline = timespec(
            tv_sec: Int(deadlineNanoseconds / 1_000_000_000), tv_nsec: Int(deadlineNanoseconds % 1_000_000_000))
        while unsafe clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &deadline, nil) == EINTR {}
    }

    /// Sleeps until CLOCK_MONOTONIC reaches `deadlineNanoseconds`, spinning through the last stretch.
    public static func sleep(exactlyUntilMonotonic deadlineNanoseconds: UInt64) {
        let spinNanoseconds: UInt64 = 100_000
        if deadlineNanoseconds > monotonicNanoseconds &+ spinNanoseconds { sleep(untilMonotonic: deadlineNanoseconds &- spinNanoseconds) }
        while monotonicNanoseconds < deadlineNanoseconds { relax() }
    }

    /// How much later than asked the kernel may wake the calling thread, so that timers share an interrupt: 50 µs unless somebody says else.
    public static var timerSlackNanoseconds: UInt64 { UInt64(cl_timer_slack()) }

    /// Has the calling thread, and those that it starts, wake up as near to the asked time as the machine can.
    public static func refuseTimerSlack() { cl_set_timer_slack(1) }

    /// Sleeps for a while, at least `nanoseconds`.
    public static func sleep(nanoseconds: UInt64) {
        sleep(untilMonotonic: monotonicNanoseconds + nanoseconds)
    }
}

extension Clock {
    /// Tells the CPU that the caller waits; a few dozen nanoseconds.
    @inlinable public static func relax() { cl_cpu_relax() }
}
