import FoundationEssentials
import Kernel

/// Where results lie that nobody gave a folder.
public enum ResultPlaces {
    /// Below the current folder: where results go.
    public static let current = "results"

    /// Where they go if the current folder is not ours to write in: `$XDG_STATE_HOME/vethmark`, or `~/.local/state/vethmark`. Nil without a home.
    public static func state(_ environment: [String: String] = ProcessInfo.processInfo.environment) -> String? {
        // The XDG specification has relative paths ignored.
        if let folder = environment["XDG_STATE_HOME"], folder.hasPrefix("/") { return "\(folder)/vethmark" }
        if let home = environment["HOME"], home.hasPrefix("/") { return "\(home)/.local/state/vethmark" }
        return nil
    }

    /// Both of them, where results are looked for.
    public static var all: [String] { [current] + [state()].compactMap { $0 } }
}
