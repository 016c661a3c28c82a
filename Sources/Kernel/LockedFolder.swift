import CLinux
import Glibc

/// A folder of small files that several processes share, and that one of them at a time changes.
///
/// Each file is replaced as a whole: written beside its place, brought to the disk, renamed. Whoever owns a file holds a lock on it as long as
/// he lives; the kernel takes that lock off with the process, however it ends, so a file without one is nobody's (flock(2)). Process ids
/// wouldn't do: they come again, and mean something else in every container.
public struct LockedFolder: ~Copyable {
    // Unsafe: strings and structs are lent to the C library for the call alone, and it writes no more than they hold.

    public let path: String
    private let lock: Descriptor

    /// Waits for the folder's lock, which goes with this value.
    ///
    /// - Throws: `SystemError`: of `mkdir(2)` or `open(2)`; EPERM for a folder that is somebody else's or open to others; EBUSY if the lock
    ///   can't be had in time.
    public init(_ path: String, makes: Bool, waitNanoseconds: UInt64 = 5_000_000_000) throws(SystemError) {
        if makes, unsafe mkdir(path, 0o700) != 0, errno != EEXIST { throw SystemError(call: "mkdir \(path)", number: errno) }
        var status = stat()
        try systemCall("lstat \(path)") { unsafe lstat(path, &status) }
        // What somebody else may write here would be done with our rights.
        guard status.st_mode & S_IFMT == S_IFDIR, status.st_uid == geteuid(), status.st_mode & 0o022 == 0 else {
            throw SystemError(call: "use \(path)", number: EPERM)
        }
        let lock = Descriptor(
            owning: try systemCall("open \(path)/lock") { unsafe open("\(path)/lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600) })
        let deadline = Clock.monotonicNanoseconds + waitNanoseconds
        while flock(lock.raw, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR else { throw SystemError(call: "flock \(path)/lock", number: errno) }
            guard Clock.monotonicNanoseconds < deadline else { throw SystemError(call: "flock \(path)/lock", number: EBUSY) }
            Clock.sleep(nanoseconds: 2_000_000)
        }
        self.path = path
        self.lock = lock
    }

    /// A file with its text, and whether its owner lives.
    public struct Entry: Sendable {
        public let name: String
        public let text: String
        public let isOwned: Bool
    }

    /// Files whose name ends with `suffix`, in the order of their names; what can't be read is left out.
    public func entries(suffix: String) -> [Entry] {
        Folder.entries(path).filter { $0.hasSuffix(suffix) }.sorted().compactMap { name in
            guard let file = try? Descriptor(path: "\(path)/\(name)", flags: O_RDONLY | O_NOFOLLOW) else { return nil }
            let isOwned = flock(file.raw, LOCK_SH | LOCK_NB) != 0
            return TextFile.read(file).map { Entry(name: name, text: $0, isOwned: isOwned) }
        }
    }

    /// Puts a file in its place, or a new one in the place of an old one.
    ///
    /// - Returns: the file with its owner's lock, which has to be kept.
    /// - Throws: `SystemError`: ENOSPC, EROFS and the like. The old file is then as it was, and nothing lies beside it.
    public func replace(_ name: String, with text: String) throws(SystemError) -> Descriptor {
        let temporary = "\(path)/\(name).new"
        do throws(SystemError) {
            return try replace(name, with: text, by: temporary)
        } catch {
            unsafe unlink(temporary)
            throw error
        }
    }

    private func replace(_ name: String, with text: String, by temporary: String) throws(SystemError) -> Descriptor {
        let file = Descriptor(
            owning: try systemCall("open \(temporary)") {
                unsafe open(temporary, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
            })
        let raw = file.raw
        try systemCall("flock \(temporary)") { flock(raw, LOCK_EX | LOCK_NB) }
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = try systemCall("write \(temporary)") {
                unsafe rest.withUnsafeBytes { unsafe Glibc.write(raw, $0.baseAddress, $0.count) }
            }
            rest = rest.dropFirst(count)
        }
        try systemCall("fsync \(temporary)") { fsync(raw) }
        try systemCall("rename \(temporary)") { unsafe rename(temporary, "\(path)/\(name)") }
        // The name has to be on the disk as well.
        let folder = try Descriptor(path: path, flags: O_RDONLY | O_DIRECTORY)
        let folderRaw = folder.raw
        try systemCall("fsync \(path)") { fsync(folderRaw) }
        return file
    }

    /// Removes a file; one that isn't there is none.
    public func remove(_ name: String) { unsafe unlink("\(path)/\(name)") }
}
