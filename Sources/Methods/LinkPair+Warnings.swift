import Links
import Results

extension LinkPair {
    /// That what is borrowed couldn't be written down; nil where it could, or nothing is.
    ///
    /// - Parameter host: whose link it is, for readers on another one.
    func journalWarning(on host: String? = nil) -> Warning? {
        journalProblem.map {
            Warning(
                code: "no-journal",
                message:
                    "\(host.map { "on \($0) " } ?? "")what was borrowed could not be written down (\($0)), and would not have come back after SIGKILL",
                remedy: "make room in /run, or in XDG_RUNTIME_DIR for a user, and make it writable")
        }
    }

    /// Restores what was borrowed.
    ///
    /// - Returns: what a reader has to know of it.
    func giveBack() -> [Warning] {
        // Asked for first: what is given back is struck out.
        let journal = journalWarning()
        return (journal.map { [$0] } ?? [])
            + restore().map {
                Warning(
                    code: "not-restored", message: "a link setting could not be restored: \($0)",
                    remedy: "`vethmark restore` tries again; check the interface with `ip -d link` and `ethtool -k`")
            }
    }
}
