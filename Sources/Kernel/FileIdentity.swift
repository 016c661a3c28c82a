import CLinux
import Glibc

/// Which file a descriptor is open on, whatever names and links led there.
public struct FileIdentity: Equatable, Sendable {
    // Unsafe: strings and structs are lent to the C library for the call alone, and it writes no more than they hold.

    private let device: UInt64
    private let inode: UInt64

    /// - Returns: nil for what isn't a regular file: a terminal, a pipe or a device can be read and written at once.
    init?(of descriptor: Int32) {
        var facts = stat()
        guard unsafe fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else { return nil }
        device = UInt64(facts.st_dev)
        inode = UInt64(facts.st_ino)
    }
}
