import CLinux
import Glibc
import Memory

/// A file that is read from front to back.
public struct InputFile: ~Copyable, Sendable {
    private let descriptor: Descriptor

    /// - Parameter path: `-` reads standard input, of which this value closes only its own copy.
    /// - Throws: `SystemError` of `open(2)` or `fcntl(2)`.
    public init(path: String) throws(SystemError) {
        descriptor = Descriptor(
            owning: path == "-"
                ? try systemCall("fcntl") { fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0) }
                : try systemCall("open \(path)") { unsafe open(path, O_RDONLY | O_CLOEXEC) })
    }

    /// Nil if it is no regular file.
    public var identity: FileIdentity? { FileIdentity(of: descriptor.raw) }

    /// Reads what is there, at most as much as fits.
    ///
    /// - Returns: how many bytes; 0 at the end.
    /// - Throws: `SystemError` of `read(2)`: EISDIR for a folder.
    public borrowing func read(into buffer: ByteWindow) throws(SystemError) -> Int {
        let raw = descriptor.raw
        // Unsafe: the kernel writes no more than the window holds.
        return try systemCall("read") { unsafe Glibc.read(raw, buffer.start, buffer.byteCount) }
    }

    /// Reads to the end, or until `limit` bytes are there.
    ///
    /// - Throws: `SystemError` of `read(2)`.
    public borrowing func read(upTo limit: Int) throws(SystemError) -> [UInt8] {
        let buffer = OwnedTable<UInt8>(repeating: 0, count: limit)
        var filled = 0
        while filled < limit {
            let count = try read(into: buffer.bytes.dropFirst(filled))
            if count == 0 { break }
            filled += count
        }
        return buffer.bytes.copied(from: 0, count: filled)
    }
}
