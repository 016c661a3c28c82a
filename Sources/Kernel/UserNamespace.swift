import CLinux
import Glibc

/// Capabilities without root: a private user namespace gives all of them over what is made inside.
public enum UserNamespace {
    // Unsafe: strings and structs are lent to the C library for the call alone, and it writes no more than they hold.

    /// Moves the whole process into a new user namespace, keeping its user and group ids.
    ///
    /// `unshare(CLONE_NEWUSER)` refuses a process that has more than one thread, so this comes
    /// first of all.
    ///
    /// - Throws: `SystemError` of `unshare(2)` (EPERM or ENOSPC where it is forbidden) or of
    ///   writing the id maps (EPERM or EACCES under AppArmor's restriction).
    public static func enter() throws(SystemError) {
        let user = getuid()
        let group = getgid()
        try systemCall("unshare(CLONE_NEWUSER)") { cl_unshare(CL_CLONE_NEWUSER) }
        // user_namespaces(7): an unprivileged gid_map needs setgroups denied first.
        try write("deny", to: "/proc/self/setgroups")
        try write("\(user) \(user) 1\n", to: "/proc/self/uid_map")
        try write("\(group) \(group) 1\n", to: "/proc/self/gid_map")
    }

    private static func write(_ text: String, to path: String) throws(SystemError) {
        let file = try Descriptor(path: path, flags: O_WRONLY)
        let raw = file.raw
        var text = text
        let written = text.withUTF8 { bytes in
            let count = unsafe Glibc.write(raw, bytes.baseAddress, bytes.count)
            return (count: count, number: errno)
        }
        if written.count < 0 { throw SystemError(call: "write \(path)", number: written.number) }
    }

    /// Whether this process lives in the initial user namespace: only there do capabilities
    /// reach RPS masks, SO_SNDBUFFORCE and eBPF.
    public static var isInitial: Bool {
        // The initial namespace maps the full range of ids onto itself; no other can.
        guard let map = TextFile.read("/proc/self/uid_map") else { return true }
        return map.split(whereSeparator: \.isWhitespace).map(String.init) == ["0", "0", "4294967295"]
    }
}
