/// Threads of all processes that can be seen, by the names that they gave themselves.
public enum ThreadTable {
    public struct Entry: Equatable, Sendable {
        public var process: Int32
        public var thread: Int32
        /// Where it may run.
        public var cpus: [Int]
    }

    /// The threads whose name begins with one of `prefixes`. Processes that end meanwhile are passed over.
    public static func threads(named prefixes: [String]) -> [Entry] {
        var entries: [Entry] = []
        for process in numbers(in: "/proc") {
            for thread in numbers(in: "/proc/\(process)/task") {
                let folder = "/proc/\(process)/task/\(thread)"
                guard let name = TextFile.read(folder + "/comm"), prefixes.contains(where: { name.hasPrefix($0) }),
                    let status = TextFile.read(folder + "/status")
                else { continue }
                entries.append(Entry(process: process, thread: thread, cpus: allowedCPUs(in: status)))
            }
        }
        return entries
    }

    /// `Cpus_allowed_list:` of proc_pid_status(5).
    static func allowedCPUs(in status: String) -> [Int] {
        for line in status.split(separator: "\n") where line.hasPrefix("Cpus_allowed_list:") {
            return CPUList.parse(line.dropFirst("Cpus_allowed_list:".count)) ?? []
        }
        return []
    }

    private static func numbers(in folder: String) -> [Int32] { Folder.entries(folder).compactMap { Int32($0) } }
}
