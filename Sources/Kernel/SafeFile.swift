import CLinux
import Glibc

/// Files that are there whole or not at all, whenever the power goes.
public enum SafeFile {
    // Unsafe: strings and structs are lent to the C library for the call alone, and it writes no more than they hold.

    /// Puts `text` in the place of `path`: written to a file beside it, synced, renamed over it.
    ///
    /// - Parameter isSynced: False for what is written anew all the time: then it is whole for whoever reads, but may be gone after a power cut.
    /// - Throws: `SystemError` of the first call that failed; `path` is as it was then.
    public static func write(_ text: String, to path: String, isSynced: Bool = true) throws(SystemError) {
        let draft = "\(path).\(getpid())"
        do throws(SystemError) {
            try write(text, anew: draft, isSynced)
            try systemCall("rename") { unsafe rename(draft, path) }
        } catch {
            unsafe unlink(draft)
            throw error
        }
    }

    /// The same for files that belong together: none takes its place before all are written.
    ///
    /// - Parameter placed: hears of each file that has taken its place.
    /// - Throws: `SystemError` of the first call that failed; all others are as they were then.
    public static func write(
        _ files: [(name: String, text: String)], in folder: String, placed: (String) -> Void = { _ in }
    ) throws(SystemError) {
        func draft(_ name: String) -> String { "\(folder)/\(name).\(getpid())" }
        do throws(SystemError) {
            for (name, text) in files { try write(text, anew: draft(name), true) }
            for (name, _) in files {
                try systemCall("rename") { unsafe rename(draft(name), "\(folder)/\(name)") }
                placed(name)
            }
        } catch {
            for (name, _) in files { unsafe unlink(draft(name)) }
            throw error
        }
    }

    private static func write(_ text: String, anew path: String, _ isSynced: Bool) throws(SystemError) {
        let file = Descriptor(owning: try systemCall("open") { unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644) })
        try write(Array(text.utf8), to: file.raw)
        if isSynced { try systemCall("fsync") { fsync(file.raw) } }
    }

    private static func write(_ bytes: [UInt8], to raw: Int32) throws(SystemError) {
        var done = 0
        while done < bytes.count {
            done += try systemCall("write") {
                unsafe bytes.withUnsafeBytes { unsafe Glibc.write(raw, $0.baseAddress! + done, $0.count - done) }
            }
        }
    }

    /// Makes a folder and those above it.
    ///
    /// - Returns: false if it was there.
    /// - Throws: `SystemError` of `mkdir(2)`, ENOTDIR where a file is in the way.
    @discardableResult
    public static func makeFolder(_ path: String) throws(SystemError) -> Bool {
        let parent = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
        if !parent.isEmpty, unsafe access(parent, F_OK) != 0, errno == ENOENT { try makeFolder(parent) }
        guard unsafe mkdir(path, 0o777) != 0 else { return true }
        let number = errno
        guard number == EEXIST else { throw SystemError(call: "mkdir", number: number) }
        guard isFolder(path) else { throw SystemError(call: "mkdir", number: ENOTDIR) }
        return false
    }

    /// Whether it is a folder, or a link to one.
    public static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    public static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

    /// Takes files away, and the folder if it is empty then; what can't be removed stays.
    public static func remove(_ names: [String], in folder: String) {
        for name in names { unsafe unlink(folder + "/" + name) }
        unsafe rmdir(folder)
    }
}

extension SafeFile {
    // Unsafe: strings and structs are lent to the C library for the call alone, and it writes no more than they hold.

    /// Whether it is a file that can be run.
    public static func isProgram(_ path: String) -> Bool {
        var status = stat()
        return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
    }

    /// Bytes; nil if it isn't there.
    public static func byteCount(_ path: String) -> UInt64? {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? UInt64(status.st_size) : nil
    }

    /// What is left for anybody on the file system of `path`, bytes.
    public static func freeBytes(_ path: String) -> UInt64? {
        var status = statvfs()
        return unsafe statvfs(path, &status) == 0 ? UInt64(status.f_bavail) * UInt64(status.f_frsize) : nil
    }

    /// A new folder of one's own, with a name that nobody else has.
    ///
    /// - Throws: `SystemError` of `mkdtemp(3)`.
    public static func makeTemporaryFolder(_ name: String) throws(SystemError) -> String {
        let parent = ProcessFacts.environment("TMPDIR") ?? "/tmp"
        var path = Array("\(parent)/\(name)-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&path) != nil else { throw SystemError(call: "mkdtemp \(parent)", number: errno) }
        return String(decoding: path.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Removes a folder and all that is in it, links not followed; what can't be removed stays.
    public static func removeFolder(_ path: String) {
        for name in Folder.entries(path) {
            var status = stat()
            guard unsafe lstat("\(path)/\(name)", &status) == 0 else { continue }
            if status.st_mode & S_IFMT == S_IFDIR { removeFolder("\(path)/\(name)") } else { unsafe unlink("\(path)/\(name)") }
        }
        unsafe rmdir(path)
    }
}
