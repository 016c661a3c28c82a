import Kernel
import Synchronization

/// What runs have borrowed, on paper: for those that are killed before they give it back, and for those that borrow the same at once.
///
/// One file a run, in a folder that all of a user's runs share and that one of them at a time works in (`LockedFolder`). It is written *before*
/// a setting is changed.
public struct LoanJournal: Sendable {
    /// A folder that isn't kept across a start of the machine.
    public let folder: String

    public init(folder: String) { self.folder = folder }

    /// Where this user's runs keep theirs, best first: root's under /run, whoever calls it; other users' in the folder that their session has
    /// for such things.
    public static var standard: [LoanJournal] {
        let session = ProcessFacts.environment("XDG_RUNTIME_DIR").map { [$0] } ?? []
        let folders = ProcessFacts.user == 0 ? ["/run"] + session : session + ["/run/user/\(ProcessFacts.user)"]
        return folders.map { LoanJournal(folder: $0 + "/vethmark") }
    }

    /// A run's file, at one moment.
    struct Page {
        let name: String
        /// Whether its run lives.
        let isLive: Bool
        /// Of whom it is.
        var process: String
        /// Nil for a file that isn't one of these, or of another version.
        var loans: [Loan]?
    }

    static let suffix = ".journal"
    private static let heading = "vethmark-journal 1"

    /// Everybody's pages.
    static func pages(_ folder: borrowing LockedFolder) -> [Page] {
        folder.entries(suffix: suffix).map { entry in
            let page = parse(entry.text)
            return Page(name: entry.name, isLive: entry.isOwned, process: page?.process ?? "unknown", loans: page?.loans)
        }
    }

    static func text(_ loans: [Loan]) -> String {
        let process = "process \(ProcessFacts.identifier) \(ProcessFacts.startTicks) \(ProcessFacts.bootIdentifier)"
        return ([heading, process] + loans.map(\.line)).map { $0 + "\n" }.joined()
    }

    /// Nil for another kind of file; no loans where they were of an earlier start of the machine, with which they went.
    static func parse(_ text: String) -> (process: String, loans: [Loan])? {
        let lines = text.split(separator: "\n")
        guard lines.count >= 2, lines[0] == heading else { return nil }
        let process = lines[1].split(separator: " ")
        guard process.count >= 3, process[0] == "process" else { return nil }
        let loans = lines.dropFirst(2).map { Loan(line: $0) }
        guard !loans.contains(where: { $0 == nil }) else { return nil }
        let isOfThisStart = process.count < 4 || process[3] == ProcessFacts.bootIdentifier
        return (String(process[1]), isOfThisStart ? loans.compactMap { $0 } : [])
    }

    /// A name that no other run has, nor another pair of this process.
    static func freshName() -> String {
        let number = serial.wrappingAdd(1, ordering: .relaxed).newValue
        return "\(ProcessFacts.identifier)-\(ProcessFacts.startTicks)-\(number)" + suffix
    }

    private static let serial = Atomic<UInt64>(0)
}
