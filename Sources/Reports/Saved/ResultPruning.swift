import FoundationEssentials
import Kernel

/// Takes old results away: nothing but files that vethmark wrote, in folders that hold a result which it can read.
public struct ResultPruning {
    /// What became of a result that was to go.
    public enum Outcome: Equatable, Sendable {
        case removed
        /// Files of ours are gone, and the folder is there for others'.
        case emptied(others: [String])
        /// It is there as it was.
        case kept(reason: String)
    }

    /// The newest that stay whatever their age; nil for none.
    public var keep: Int?
    /// Only what is older goes.
    public var before: Date?

    public init(keep: Int?, before: Date?) {
        self.keep = keep
        self.before = before
    }

    /// What is to go, the oldest first. What can't be read is not ours to judge, and stays.
    public func candidates(in library: ResultLibrary) -> [ResultLibrary.Entry] {
        library.entries.filter(\.isOurs).dropFirst(keep ?? 0).filter { entry in before.map { entry.date < $0 } ?? true }.reversed()
    }

    /// - Parameter isDry: whether nothing is touched.
    public func remove(_ entry: ResultLibrary.Entry, isDry: Bool = false) -> Outcome {
        guard let lock = try? FileLock(entry.path) else { return .kept(reason: "it is still at work, or can't be read") }
        defer { withExtendedLifetime(lock) {} }
        let names = Folder.entries(entry.path)
        let files = names.filter(Self.isOurs)
        let turns = Folder.entries(entry.path + "/trials").filter(Self.isTurn)
        let strangers =
            names.filter { !Self.isOurs($0) && $0 != "trials" }.sorted()
            + Folder.entries(entry.path + "/trials").filter { !Self.isTurn($0) }.map { "trials/\($0)" }.sorted()
        guard !isDry else { return strangers.isEmpty ? .removed : .emptied(others: strangers) }
        if names.contains("trials") { SafeFile.remove(turns, in: entry.path + "/trials") }
        // What says that there is a result goes last.
        SafeFile.remove(files.sorted { Self.rank($0) < Self.rank($1) }, in: entry.path)
        guard SafeFile.exists(entry.path) else { return .removed }
        if files.contains(where: { SafeFile.exists("\(entry.path)/\($0)") }) { return .kept(reason: "its files can't be removed") }
        return .emptied(others: strangers)
    }

    private static let names: Set = [
        "result.json", "sweep.json", "report.txt", "report.html", "trials.csv", "cells.csv", "base.json", "new.json", "tuned.yaml"
    ]

    private static func isOurs(_ name: String) -> Bool { names.contains(name) }

    private static func rank(_ name: String) -> Int { name == "result.json" ? 2 : name == ResultStore.sweepName ? 1 : 0 }

    /// `round-001-cell-0001.json`, `round-001-calibration.json`.
    private static func isTurn(_ name: String) -> Bool { name.wholeMatch(of: /round-\d+-(cell-\d+|calibration)\.json/) != nil }
}
