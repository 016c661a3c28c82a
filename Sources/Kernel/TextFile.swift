import CLinux
import Glibc

/// Whole small text files, those of /proc and /sys included, whose size nobody tells beforehand.
public enum TextFile {
    /// Writes `text` in one call, as settings under /sys want it.
    ///
    /// - Throws: `SystemError` of `open(2)` or `write(2)`.
    public static func write(_ text: String, to path: String) throws(SystemError) {
        let file = try Descriptor(path: path, flags: O_WRONLY)
        let bytes = Array(text.utf8)
        try systemCall("write \(path)") { Glibc.write(file.raw, bytes, bytes.count) }
    }

    public static func read(_ path: String) -> String? {
        guard let file = try? Descriptor(path: path, flags: O_RDONLY) else { return nil }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16384)
        while true {
            let count = Glibc.read(file.raw, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            if count < 0 { return nil }
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes.append(contentsOf: chunk[..<count])
        }
    }
}
