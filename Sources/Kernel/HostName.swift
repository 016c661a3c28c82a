/// What this machine calls itself: for those who ask for it, since results are shown to others.
public enum HostName {
    /// The longest name that Linux has (`__NEW_UTS_LEN`).
    public static let longest = 64

    /// That of the UTS namespace, letters, digits, `.`, `_` and `-` only, so that it can be a file's name; `unknown` if nothing is left of it.
    public static var current: String {
        let name = (TextFile.line("/proc/sys/kernel/hostname") ?? "").filter(isPlain).drop { $0 == "." || $0 == "-" }
        return name.isEmpty ? "unknown" : String(name)
    }

    /// Whether a name is one of those.
    public static func isPlain(_ name: String) -> Bool {
        !name.isEmpty && name.count <= longest && name.allSatisfy(isPlain) && !name.hasPrefix(".") && !name.hasPrefix("-")
    }

    private static func isPlain(_ letter: Character) -> Bool {
        letter.isASCII && (letter.isLetter || letter.isNumber || letter == "." || letter == "_" || letter == "-")
    }
}
