import CLinux

/// What the scheduler did with the calling thread: `/proc/thread-self/schedstat` (sched-stats.rst). The time on a CPU is asked of the thread's own
/// clock, for the file has it as of the last tick.
public struct ThreadSchedule: Equatable, Sendable {
    /// Time on a CPU, nanoseconds.
    public var runNanoseconds: UInt64 = 0
    /// Time ready to run, waiting for others to leave the CPU.
    public var waitNanoseconds: UInt64 = 0

    public init() {}

    /// Nil where the kernel keeps no such figures (CONFIG_SCHED_INFO).
    public static var ofThisThread: ThreadSchedule? {
        var schedule = TextFile.read("/proc/thread-self/schedstat").flatMap { ThreadSchedule(text: $0) }
        schedule?.runNanoseconds = cl_thread_cpu_nanoseconds()
        return schedule
    }

    /// `RUN WAIT TIMESLICES`.
    public init?(text: String) {
        let words = text.split(whereSeparator: { $0 == " " || $0 == "\n" })
        guard words.count == 3, let run = UInt64(words[0]), let wait = UInt64(words[1]) else { return nil }
        runNanoseconds = run
        waitNanoseconds = wait
    }
}

/// How long the control groups of this process were kept from running by a CPU quota (`cpu.max`, `cpu.cfs_quota_us`).
public enum GroupThrottling {
    /// Nanoseconds since the group exists, of the group that was throttled longest, this process's or one above it; 0 where no quota is
    /// told.
    public static var nanoseconds: UInt64 {
        guard let groups = TextFile.read("/proc/self/cgroup") else { return 0 }
        return paths(in: groups).compactMap { TextFile.read($0 + "/cpu.stat") }.map { throttled(in: $0) }.max() ?? 0
    }

    /// Folders of the group that decides on CPU time, and of all above it, by `/proc/self/cgroup` (cgroups(7)).
    static func paths(in text: String) -> [String] {
        var paths: [String] = []
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { continue }
            let controllers = parts[1].split(separator: ",")
            let roots =
                parts[1].isEmpty ? ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"] : ["/sys/fs/cgroup/cpu", "/sys/fs/cgroup/\(parts[1])"]
            guard parts[1].isEmpty || controllers.contains("cpu") else { continue }
            var group = parts[2].split(separator: "/")
            while true {
                for root in roots { paths.append(([Substring(root)] + group).joined(separator: "/")) }
                if group.isEmpty { break }
                group.removeLast()
            }
        }
        return paths
    }

    /// `throttled_usec` of version 2, `throttled_time` (nanoseconds) of version 1.
    static func throttled(in text: String) -> UInt64 {
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count == 2, let value = UInt64(words[1]) else { continue }
            if words[0] == "throttled_usec" { return value &* 1000 }
            if words[0] == "throttled_time" { return value }
        }
        return 0
    }
}
