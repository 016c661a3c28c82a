import CBuild
import CLinux
import Glibc

/// What helps a user of this very file, and whoever looks for another.
public enum ProgramFile {
    /// Where a program is: as named, or in PATH, and in the places that only root's PATH has; nil if it is in none.
    public static func find(_ name: String) -> String? {
        guard !name.contains("/") else { return SafeFile.isProgram(name) ? name : nil }
        let path = (ProcessFacts.environment("PATH") ?? "/usr/bin:/bin") + ":/usr/local/sbin:/usr/sbin:/sbin"
        return path.split(separator: ":").map { "\($0)/\(name)" }.first(where: SafeFile.isProgram)
    }

    /// Makes this process another program, which has its environment, output and errors, and so its exit code; it returns only to throw.
    ///
    /// Unsafe: strings are lent to the C library for the call alone, which copies what it goes on with.
    ///
    /// - Parameters:
    ///   - arguments: from `argv[0]` on.
    ///   - input: what it reads on standard input.
    /// - Throws: `SystemError` of `memfd_create(2)`, `dup2(2)` or `execve(2)`.
    public static func become(_ path: String, arguments: [String], input: String) throws(SystemError) -> Never {
        // A nil behind the last, as execve(2) wants it.
        var words = unsafe arguments.map { unsafe strdup($0) }
        unsafe words.append(nil)
        let number = unsafe cl_become(path, &words, input, input.utf8.count)
        unsafe words.forEach { unsafe free($0) }
        throw SystemError(call: "execve \(path)", number: number)
    }

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
