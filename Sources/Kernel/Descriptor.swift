import CLinux
import Glibc

/// Owner of one file descriptor; closed when the owner goes.
public struct Descriptor: ~Copyable, Sendable {
    // Unsafe: `open(2)` reads a path that is lent for the call alone.

    public let raw: Int32

    /// Takes over `raw`, which must be open and owned by nobody else.
    public init(owning raw: Int32) { self.raw = raw }

    /// - Throws: `SystemError` of `open(2)`.
    public init(path: String, flags: Int32) throws(SystemError) {
        raw = try systemCall("open \(path)") { unsafe open(path, flags | O_CLOEXEC) }
    }

    /// A file below a folder that is held open, wherever that folder is by now.
    ///
    /// - Throws: `SystemError` of `openat(2)`.
    public init(path: String, in folder: borrowing Descriptor, flags: Int32) throws(SystemError) {
        let base = folder.raw
        raw = try systemCall("open \(path)") { unsafe openat(base, path, flags | O_CLOEXEC) }
    }

    deinit { close(raw) }

    /// - Throws: `SystemError` of `fcntl(F_DUPFD_CLOEXEC)`.
    public borrowing func duplicate() throws(SystemError) -> Descriptor {
        let number = raw
        return Descriptor(owning: try systemCall("fcntl") { fcntl(number, F_DUPFD_CLOEXEC, 0) })
    }
}
