import CLinux
import Glibc

/// A file that is read from front to back.
public struct InputFile: ~Copyable, Sendable {
    private let descriptor: Descriptor

    /// - Parameter path: `-` reads standard input, of which this value closes only its own copy.
    /// - Throws: `SystemError` of `open(2)` or `fcntl(2)`.
    public init(path: String) throws(SystemError) {
        descriptor = Descriptor(
            owning: path == "-"
                ? try systemCall("fcntl") { fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0) }
                : try systemCall("open \(path)") { open(path, O_RDONLY | O_CLOEXEC) })
    }

    /// Nil if it is no regular file.
    public var identity: FileIdentity? { FileIdentity(of: descriptor.raw) }

    /// Reads what is there, at most as much as fits.
    ///
    /// - Returns: how many bytes; 0 at the end.
    /// - Throws: `SystemError` of `read(2)`: EISDIR for a folder.
    public borrowing func read(into buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int {
        let raw = descriptor.raw
        return try systemCall("read") { Glibc.read(raw, buffer.baseAddress, buffer.count) }
    }
}
