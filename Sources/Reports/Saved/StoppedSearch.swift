import Kernel
import Methods
import Plans
import Results

/// A search or suite on the disk that is to go on: its trials are given again, and what comes behind them is measured.
public struct StoppedSearch {
    public let path: String
    /// Writes into the same folder, and holds its lock.
    public let store: ResultStore
    /// The words that began it.
    public let command: [String]
    public let plan: TrialPlan
    public let earlier: EarlierTrials

    /// - Throws: `SweepFolder.ResumeError`, `SavedResult.ReadError`.
    public init(_ folder: String, as kind: ResultKind) throws {
        path = folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder
        guard SafeFile.isFolder(path) else {
            throw SweepFolder.ResumeError(
                sentence: "there is no folder \(path.visible)", remedy: "name the folder that a \(kind.command) was saved in")
        }
        let conditions: Conditions?
        switch try SavedResult.loadAny(path) {
        case .search(let result) where kind == .search:
            (command, plan, conditions) = (result.command, result.plan, result.conditions)
            earlier = EarlierTrials(result.trials, conditions: conditions)
        case .suite(let result) where result.schema == kind.schema:
            (command, plan, conditions) = (result.command, result.plan, result.conditions)
            earlier = EarlierTrials(result.trials, conditions: conditions)
        case let other:
            throw SweepFolder.ResumeError(
                sentence: "what is in \(path.visible) is \(other.kind.noun), not \(kind.noun)",
                remedy: "name the folder that a \(kind.command) was saved in")
        }
        if let conditions, conditions.cpuModel != MachineFacts.cpuModel || conditions.kernelRelease != MachineFacts.kernelRelease {
            throw SweepFolder.ResumeError(
                sentence:
                    "the \(kind.command) in \(path.visible) was measured on \(conditions.cpuModel) with Linux \(conditions.kernelRelease), and this is another machine or kernel",
                remedy: "go on there, or start it anew here")
        }
        guard let lock = try? FileLock(path) else {
            throw SweepFolder.ResumeError(
                sentence: "the \(kind.command) in \(path.visible) is still at work", remedy: "wait for it, or end it with Ctrl-C")
        }
        store = ResultStore(adopting: path, lock: lock)
    }

    /// - Throws: `SweepFolder.ResumeError` if the same words make another plan by now.
    public func check(_ plan: TrialPlan) throws {
        guard plan != self.plan else { return }
        throw SweepFolder.ResumeError(
            sentence: "`\(command.dropFirst().joined(separator: " ").visible)` makes another plan than the one in \(path.visible)",
            remedy: "give its profile back what it held, or start anew")
    }
}
