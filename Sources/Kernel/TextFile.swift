import CLinux
import Glibc

/// Whole small text files, those of /proc and /sys included, whose size nobody tells beforehand.
public enum TextFile {
    // Unsafe: `read(2)` writes no more than the array holds.

    /// Writes `text` in one call, as settings under /sys want it.
    ///
    /// - Throws: `SystemError` of `open(2)` or `write(2)`.
    public static func write(_ text: String, to path: String) throws(SystemError) {
        try write(text, to: try Descriptor(path: path, flags: O_WRONLY), called: path)
    }

    /// The same below a folder that is held open.
    ///
    /// - Throws: `SystemError` of `openat(2)` or `write(2)`.
    public static func write(_ text: String, to path: String, in folder: borrowing Descriptor) throws(SystemError) {
        try write(text, to: try Descriptor(path: path, in: folder, flags: O_WRONLY), called: path)
    }

    private static func write(_ text: String, to file: borrowing Descriptor, called path: String) throws(SystemError) {
        let bytes = Array(text.utf8)
        let raw = file.raw
        try systemCall("write \(path)") { unsafe Glibc.write(raw, bytes, bytes.count) }
    }

    public static func read(_ path: String) -> String? {
        guard let file = try? Descriptor(path: path, flags: O_RDONLY) else { return nil }
        return read(file)
    }

    /// The same below a folder that is held open.
    public static func read(_ path: String, in folder: borrowing Descriptor) -> String? {
        guard let file = try? Descriptor(path: path, in: folder, flags: O_RDONLY) else { return nil }
        return read(file)
    }

    /// The first line; nil where there is none, or nothing in it.
    static func line(_ path: String) -> String? {
        let text = read(path)?.prefix { $0 != "\n" && $0 != "\0" }
        return text.flatMap { $0.isEmpty ? nil : String($0) }
    }

    /// The value behind `name:` in a file of such lines.
    static func field(_ name: String, of path: String) -> String? {
        for line in (read(path) ?? "").split(separator: "\n") where line.hasPrefix(name) {
            guard let colon = line.firstIndex(of: ":") else { continue }
            return String(line[line.index(after: colon)...].drop { $0.isWhitespace })
        }
        return nil
    }

    /// From where `file` stands to its end.
    static func read(_ file: borrowing Descriptor) -> String? {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16384)
        while true {
            let count = unsafe Glibc.read(file.raw, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            if count < 0 { return nil }
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes.append(contentsOf: chunk[..<count])
        }
    }
}
