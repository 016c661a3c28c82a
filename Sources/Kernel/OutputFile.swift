import CLinux
import Glibc

/// A file that is written from front to back.
public struct OutputFile: ~Copyable, Sendable {
    private let descriptor: Descriptor

    /// Makes the file, or empties it.
    ///
    /// - Throws: `SystemError` of `open(2)`.
    public init(path: String) throws(SystemError) {
        descriptor = Descriptor(
            owning: try systemCall("open \(path)") { open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644) })
    }

    /// Standard output, of which this value closes only its own copy.
    ///
    /// - Throws: `SystemError` of `fcntl(2)`.
    public static func standardOutput() throws(SystemError) -> OutputFile {
        OutputFile(owning: Descriptor(owning: try systemCall("fcntl") { fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0) }))
    }

    private init(owning descriptor: consuming Descriptor) { self.descriptor = descriptor }

    /// Writes all of it.
    ///
    /// - Throws: `SystemError` of `write(2)`: ENOSPC on a full disk, EPIPE when nobody reads any more.
    public borrowing func write(_ bytes: UnsafeRawBufferPointer) throws(SystemError) {
        var rest = bytes
        let raw = descriptor.raw
        while !rest.isEmpty {
            let count = try systemCall("write") { Glibc.write(raw, rest.baseAddress, rest.count) }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }
}
