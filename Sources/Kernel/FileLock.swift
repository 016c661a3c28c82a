import CLinux
import Glibc

/// A lock on a file or folder (flock(2)) that goes with this value, and with the process, however it ends.
public final class FileLock: Sendable {
    private let file: Descriptor

    /// - Throws: `SystemError`: of `open(2)`; EWOULDBLOCK if another process holds the lock.
    public init(_ path: String) throws(SystemError) {
        let file = try Descriptor(path: path, flags: O_RDONLY)
        let raw = file.raw
        try systemCall("flock") { flock(raw, LOCK_EX | LOCK_NB) }
        self.file = file
    }
}
