import Glibc

/// What this process is.
public enum ProcessFacts {
    /// `getpid(2)`.
    public static var identifier: Int32 { getpid() }

    /// Whether the effective user is root in its user namespace.
    public static var isRoot: Bool { geteuid() == 0 }

    /// Whether a descriptor is a terminal: 1 is stdout, 2 is stderr.
    public static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }
}
