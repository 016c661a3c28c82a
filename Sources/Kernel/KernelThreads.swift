/// The kernel's own threads, as /proc shows them.
public enum KernelThreads {
    /// Ids of those whose name begins with `prefix`, of which /proc keeps 15 bytes (TASK_COMM_LEN).
    public static func named(_ prefix: String) -> [Int32] {
        let prefix = String(decoding: prefix.utf8.prefix(15), as: UTF8.self)
        return Folder.entries("/proc").compactMap { Int32($0) }.filter { thread in
            TextFile.read("/proc/\(thread)/comm")?.hasPrefix(prefix) == true
        }
    }
}
