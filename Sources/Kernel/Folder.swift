import Glibc

/// What lies in a folder.
public enum Folder {
    // Unsafe: an entry is copied before the next is read, and the folder closed once.

    /// Names, in no order; empty for a folder that isn't there or can't be read.
    public static func entries(_ path: String) -> [String] {
        guard let folder = unsafe opendir(path) else { return [] }
        defer { unsafe closedir(folder) }
        var names: [String] = []
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }
}
