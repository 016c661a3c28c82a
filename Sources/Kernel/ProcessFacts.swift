import Glibc

/// What this process is.
public enum ProcessFacts {
    // Unsafe: what the C library returns is copied at once; others are lent for the call alone.

    /// `getpid(2)`.
    public static var identifier: Int32 { getpid() }

    /// When this process started, USER_HZ after boot: with its id it is never met again (proc_pid_stat(5), the 22nd field).
    public static var startTicks: UInt64 {
        let text = TextFile.read("/proc/self/stat") ?? ""
        // The second field is the program's name in parentheses, which may hold anything.
        let fields = text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ")
        return fields.count > 20 ? UInt64(fields[20]) ?? 0 : 0
    }

    /// The number of this start of the machine.
    public static var bootIdentifier: String {
        (TextFile.read("/proc/sys/kernel/random/boot_id") ?? "").filter { !$0.isWhitespace }
    }

    /// Who gave this process its number: the PID namespace, as `/proc/self/ns/pid` names it (namespaces(7)).
    public static var processNamespace: String {
        var bytes = [CChar](repeating: 0, count: 64)
        let count = unsafe readlink("/proc/self/ns/pid", &bytes, bytes.count)
        return count > 0 ? String(decoding: bytes[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self) : ""
    }

    /// `geteuid(2)`.
    public static var user: UInt32 { geteuid() }

    /// A variable of the environment; nil if it isn't set, or empty.
    public static func environment(_ name: String) -> String? {
        guard let value = unsafe getenv(name), unsafe value.pointee != 0 else { return nil }
        return unsafe String(cString: value)
    }

    /// Whether the effective user is root in its user namespace.
    public static var isRoot: Bool { geteuid() == 0 }

    /// Whether a descriptor is a terminal: 1 is stdout, 2 is stderr.
    public static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }
}
