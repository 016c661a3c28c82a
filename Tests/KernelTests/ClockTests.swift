import CLinux
import Glibc
import TestSupport
import Testing

@testable import Kernel

@Suite struct RealtimeOffsetTests {
    @Test func samplesNarrowTheBounds() {
        var offset = RealtimeOffset()
        offset.narrow(before: 1000, realtime: 51_100, after: 1200)
        #expect(offset.lowestNanoseconds == 49_900 && offset.highestNanoseconds == 50_100 && offset.nanoseconds == 50_000)
        offset.narrow(before: 2000, realtime: 52_030, after: 2040)
        #expect(offset.lowestNanoseconds == 49_990 && offset.highestNanoseconds == 50_030)
        offset.narrow(before: 3000, realtime: 53_500, after: 10_000)
        #expect(offset.lowestNanoseconds == 49_990 && offset.highestNanoseconds == 50_030)
    }

    @Test func aStepIsFollowedAtOnce() {
        var offset = RealtimeOffset()
        offset.narrow(before: 1000, realtime: 51_020, after: 1040)
        offset.narrow(before: 2000, realtime: 12_020, after: 2040)
        #expect(offset.nanoseconds == 10_000)
        offset.narrow(before: 13_000, realtime: 3_020, after: 13_040)
        #expect(offset.nanoseconds == -10_000)
    }
}

@Suite struct TimeNamespaceTests {
    @Test(arguments: [
        ("monotonic           0         0\nboottime            0         0\n", 0),
        ("monotonic        -100         0\nboottime            0         0\n", -100_000_000_000),
        // Nanoseconds count up from the seconds, also from negative ones.
        ("monotonic          -1 750000000\nboottime         7 0\n", -250_000_000),
        ("boottime            5         0\n", 0), ("", 0)
    ])
    func offsetsAreRead(_ text: String, _ nanoseconds: Int64) {
        #expect(TimeNamespace.monotonicOffset(in: text) == nanoseconds)
    }
}

@Suite struct ClockWatchTests {
    @Test func anUndisturbedClockIsJustThat() {
        var watch = ClockWatch()
        for _ in 0..<50 { watch.look() }
        #expect(watch.timesSet == 0 && watch.stepNanoseconds.magnitude < 1000 && !watch.isDisturbed)
    }

    /// A step that is undone before anybody looks is seen all the same: the kernel cancels the timer. The clock is set ahead by a
    /// nanosecond (ADJ_SETOFFSET) and back, which disturbs nobody.
    @Test(.enabled(if: KernelAccess.isGranted)) func settingTheClockIsSeen() {
        var watch = ClockWatch()
        guard setClock(aheadNanoseconds: 1) else { return #expect(errno == EPERM) }
        watch.look()
        #expect(watch.timesSet == 1 && watch.isDisturbed)
        watch.look()
        #expect(watch.timesSet == 1)
        _ = setClock(aheadNanoseconds: -1)
        watch.look()
        #expect(watch.timesSet == 2)
    }

    private func setClock(aheadNanoseconds: Int) -> Bool {
        var change = timex()
        change.modes = UInt32(ADJ_SETOFFSET | ADJ_NANO)
        // The nanoseconds count up from the seconds.
        change.time.tv_sec = aheadNanoseconds < 0 ? -1 : 0
        change.time.tv_usec = aheadNanoseconds < 0 ? 1_000_000_000 + aheadNanoseconds : aheadNanoseconds
        return adjtimex(&change) >= 0
    }
}

@Suite struct ScheduleTests {
    @Test func aThreadsScheduleIsRead() throws {
        let schedule = try #require(ThreadSchedule(text: "1234567 89 10\n"))
        #expect(schedule.runNanoseconds == 1_234_567 && schedule.waitNanoseconds == 89)
        #expect(ThreadSchedule(text: "1 2") == nil && ThreadSchedule(text: "a b c") == nil)
        let before = try #require(ThreadSchedule.ofThisThread)
        let end = Clock.monotonicNanoseconds + 20_000_000
        while Clock.monotonicNanoseconds < end {}
        let after = try #require(ThreadSchedule.ofThisThread)
        #expect(after.runNanoseconds + after.waitNanoseconds >= before.runNanoseconds + before.waitNanoseconds + 10_000_000)
    }

    @Test func groupsAreFoundInBothVersions() {
        let two = GroupThrottling.paths(in: "0::/a/b\n")
        #expect(two.contains("/sys/fs/cgroup/a/b") && two.contains("/sys/fs/cgroup/a") && two.contains("/sys/fs/cgroup"))
        let one = GroupThrottling.paths(in: "3:cpuset:/\n2:cpu,cpuacct:/x\n1:memory:/y\n")
        #expect(
            one.contains("/sys/fs/cgroup/cpu/x") && one.contains("/sys/fs/cgroup/cpu,cpuacct/x") && !one.contains { $0.hasSuffix("/y") })
        #expect(GroupThrottling.throttled(in: "nr_periods 5\nnr_throttled 3\nthrottled_time 42\n") == 42)
        #expect(GroupThrottling.throttled(in: "usage_usec 1\nthrottled_usec 7\n") == 7_000)
        #expect(GroupThrottling.throttled(in: "usage_usec 1\n") == 0)
    }

    @Test func threadsAreFoundByName() throws {
        let stop = Monitor(false)
        let thread = try WorkerThread(name: "vm-test-9") { _ = stop.wait { $0 ? true : nil } }
        defer {
            stop.change { $0 = true }
            _ = thread.join()
        }
        // The name is set by the thread itself.
        let deadline = Clock.monotonicNanoseconds + 5_000_000_000
        while ThreadTable.threads(named: ["vm-test-9"]).isEmpty, Clock.monotonicNanoseconds < deadline {
            Clock.sleep(nanoseconds: 1_000_000)
        }
        let found = ThreadTable.threads(named: ["vm-test-"])
        #expect(found.contains { $0.process == ProcessFacts.identifier && !$0.cpus.isEmpty })
    }

    /// Whoever waits for a thread that never ends gets its time back.
    @Test func aStuckThreadIsLeftBehind() throws {
        let stop = Monitor(false)
        let thread = try WorkerThread(name: "vm-test-stuck") { _ = stop.wait { $0 ? true : nil } }
        #expect(thread.join(untilMonotonic: Clock.monotonicNanoseconds + 20_000_000) == nil)
        stop.change { $0 = true }
    }
}
