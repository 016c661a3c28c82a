import Glibc

/// The processes that can be seen, as `/proc/PID/stat` tells of them.
public enum ProcessTable {
    public struct Entry: Equatable, Sendable {
        public var identifier: Int32
        public var parent: Int32
        public var group: Int32
        /// In user and system mode, its own and that of children it waited for, in the kernel's ticks.
        public var cpuNanoseconds: UInt64
    }

    /// Processes that end meanwhile are passed over.
    public static func all() -> [Entry] {
        Folder.entries("/proc").compactMap { Int32($0) }.compactMap { identifier in
            TextFile.read("/proc/\(identifier)/stat").flatMap { entry($0, identifier) }
        }
    }

    /// The second field is the program's name in parentheses, which may hold anything; the others are numbers (proc_pid_stat(5)).
    static func entry(_ text: String, _ identifier: Int32) -> Entry? {
        guard let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 14, let parent = Int32(fields[1]), let group = Int32(fields[2]) else { return nil }
        let ticks = fields[11...14].reduce(UInt64(0)) { $0 + (UInt64($1) ?? 0) }
        return Entry(identifier: identifier, parent: parent, group: group, cpuNanoseconds: ticks * nanosecondsPerTick)
    }

    private static let nanosecondsPerTick = 1_000_000_000 / UInt64(max(sysconf(Int32(_SC_CLK_TCK)), 1))

    /// What the threads that a process has now were on a CPU, nanoseconds (`/proc/PID/task/TID/schedstat`); nil where the kernel keeps no such figures.
    public static func runNanoseconds(_ identifier: Int32) -> UInt64? {
        let folder = "/proc/\(identifier)/task"
        let times = Folder.entries(folder).compactMap { thread in
            TextFile.read("\(folder)/\(thread)/schedstat").flatMap { ThreadSchedule(text: $0) }?.runNanoseconds
        }
        return times.isEmpty ? nil : times.reduce(0, +)
    }

    /// The largest resident set that a process has had, bytes; nil for one that is gone.
    public static func residentPeakBytes(_ identifier: Int32) -> UInt64? {
        guard let status = TextFile.read("/proc/\(identifier)/status") else { return nil }
        for line in status.split(separator: "\n") where line.hasPrefix("VmHWM:") {
            return line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { UInt64($0) }.map { $0 * 1_024 }
        }
        return nil
    }
}
