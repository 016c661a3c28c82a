import FoundationEssentials
import Kernel
import Plans
import Results

/// What was found out about placements, kept from run to run by CPU model, kernel, and the kind of load.
public final class PlacementCache {
    /// On what the figures hold.
    public struct Machine: Codable, Equatable, Sendable {
        public var cpuModel: String
        public var kernelRelease: String
        /// CPUs that the process may run on, ascending.
        public var cpus: [Int]

        public init(cpuModel: String, kernelRelease: String, cpus: [Int]) {
            self.cpuModel = cpuModel
            self.kernelRelease = kernelRelease
            self.cpus = cpus
        }
    }

    struct Entry: Codable, Equatable {
        let machine: Machine
        /// What is sent and by whom, as JSON: `key(_:)`.
        let load: String
        var trials: PlacementTrials
    }

    private struct Page: Codable {
        static let currentSchema = "vethmark.placements/1"

        var schema = currentSchema
        var entries: [Entry]
    }

    /// Of machines and loads as many as anybody alternates between; the oldest goes first.
    private static let mostEntries = 64

    private let path: String?
    private var entries: [Entry] = []
    private var isRead = false
    /// What to say of the file, since it was last asked for.
    private var problems: [Warning] = []

    /// - Parameter path: nil keeps it in memory only.
    public init(path: String?) {
        self.path = path
    }

    /// `$XDG_CACHE_HOME/vethmark/placements.json`, or `~/.cache/vethmark/placements.json`; nil without a home.
    public static func standardPath(_ environment: [String: String] = ProcessInfo.processInfo.environment) -> String? {
        // The XDG specification has relative paths ignored.
        if let folder = environment["XDG_CACHE_HOME"], folder.hasPrefix("/") { return "\(folder)/vethmark/placements.json" }
        if let home = environment["HOME"], home.hasPrefix("/") { return "\(home)/.cache/vethmark/placements.json" }
        return nil
    }

    func trials(of plan: TrialPlan, on machine: Machine) -> PlacementTrials? {
        read()
        let load = Self.key(plan)
        return entries.last { $0.machine == machine && $0.load == load }?.trials
    }

    /// Takes the place of what was known.
    func keep(_ trials: PlacementTrials, of plan: TrialPlan, on machine: Machine) {
        read()
        let load = Self.key(plan)
        entries.removeAll { $0.machine == machine && $0.load == load }
        entries.append(Entry(machine: machine, load: load, trials: trials))
        entries = entries.suffix(Self.mostEntries)
        write()
    }

    /// What there was to say of the file, once.
    func takeProblems() -> [Warning] {
        defer { problems = [] }
        return problems
    }

    /// What placements hang on: all of a plan but how much of it is sent when, and what it is called.
    static func key(_ plan: TrialPlan) -> String {
        var plan = PlacementCalibration(plan: plan, startedAt: "").trialPlan(.auto)
        plan.transmit.engineReason = nil
        plan.run.intervalNanoseconds = 0
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(plan)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    private func read() {
        guard !isRead else { return }
        isRead = true
        guard let path, let text = TextFile.read(path) else { return }
        guard let page = try? JSONDecoder().decode(Page.self, from: Data(text.utf8)), page.schema == Page.currentSchema else {
            problems.append(
                Warning(
                    code: "calibration-unreadable", message: "\(path.visible) can't be read, so placements are tried anew",
                    remedy: "nothing, it is written again; or remove it"))
            return
        }
        entries = page.entries
    }

    private func write() {
        guard let path else { return }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            try SafeFile.makeFolder(String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]))
            try SafeFile.write(String(decoding: encoder.encode(Page(entries: entries)), as: UTF8.self), to: path, isSynced: false)
        } catch {
            problems.append(
                Warning(
                    code: "calibration-not-kept", message: "\(path.visible) can't be written, so the next run tries placements again",
                    remedy: "make its folder writable, or set XDG_CACHE_HOME to one that is"))
        }
    }
}
