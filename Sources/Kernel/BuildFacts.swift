import CBuild
import Glibc

/// What helps a user of this very file.
public enum ProgramFile {
    /// The command that gives it capabilities, by its real path, for setcap(8) follows no link: `setcap cap_net_raw+ep /opt/vethmark`.
    public static func setcap(_ capabilities: [Capability]) -> String {
        let names = capabilities.map { $0.name.lowercased() }.joined(separator: ",")
        return "setcap \(names)+ep \(BuildFacts.executablePath ?? "vethmark")"
    }
}

/// Where this program comes from.
public enum BuildFacts {
    // Unsafe: `cbuild_commit` is a string constant, `realpath` gives a string that is freed once, and others are lent for the call
    // alone.

    /// The commit it was built from: what the Makefile said at build time, with `-dirty` behind it if the sources had changes. A binary of a
    /// plain `swift build` tells where the checkout stands that it lies in, if that is one of vethmark. Never what the user's folder holds.
    ///
    /// - Returns: nil if nobody knows.
    public static var commit: String? {
        let said = unsafe String(cString: cbuild_commit())
        guard said.isEmpty else { return said }
        return executablePath.flatMap { checkout(above: $0) }.flatMap { MachineFacts.gitCommit(in: $0) }
    }

    /// The program's file, behind all links (`/proc/self/exe`).
    public static var executablePath: String? {
        guard let path = unsafe realpath("/proc/self/exe", nil) else { return nil }
        defer { unsafe free(path) }
        return unsafe String(cString: path)
    }

    /// The nearest folder above a file that holds a git repository, if its package is vethmark.
    static func checkout(above path: String) -> String? {
        var folder = path[...]
        while let slash = folder.lastIndex(of: "/") {
            folder = folder[..<slash]
            guard unsafe access(folder + "/.git", F_OK) == 0 else { continue }
            let package = TextFile.read(folder + "/Package.swift") ?? ""
            return package.contains("name: \"vethmark\",") ? String(folder) : nil
        }
        return nil
    }
}
