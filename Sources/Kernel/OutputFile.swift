import CLinux
import Glibc
import Memory

/// A file that is written from front to back.
public struct OutputFile: ~Copyable, Sendable {
    private let descriptor: Descriptor

    /// Makes the file, or opens the one that is there with all that it holds: `empty` is for when nothing else can go wrong.
    ///
    /// - Parameter path: `-` is standard output, of which this value closes only its own copy.
    /// - Throws: `SystemError` of `open(2)` or `fcntl(2)`.
    public init(path: String) throws(SystemError) {
        descriptor = Descriptor(
            owning: path == "-"
                ? try systemCall("fcntl") { fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0) }
                : try systemCall("open \(path)") { unsafe open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644) })
        isStandardOutput = path == "-"
    }

    private let isStandardOutput: Bool

    /// Nil if it is no regular file.
    public var identity: FileIdentity? { FileIdentity(of: descriptor.raw) }

    /// Takes away what the file held. What isn't regular holds nothing, and what the shell opened is the shell's to empty.
    ///
    /// - Throws: `SystemError` of `ftruncate(2)`.
    public borrowing func empty() throws(SystemError) {
        guard !isStandardOutput, identity != nil else { return }
        let raw = descriptor.raw
        try systemCall("ftruncate") { ftruncate(raw, 0) }
    }

    /// Writes all of it.
    ///
    /// - Throws: `SystemError` of `write(2)`: ENOSPC on a full disk, EPIPE when nobody reads any more.
    public borrowing func write(_ bytes: ByteWindow) throws(SystemError) {
        var rest = bytes
        let raw = descriptor.raw
        while rest.byteCount > 0 {
            // Unsafe: the kernel reads no more than the window holds.
            let count = try systemCall("write") { unsafe Glibc.write(raw, rest.start, rest.byteCount) }
            rest = rest.dropFirst(count)
        }
    }
}
