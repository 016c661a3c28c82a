/// What an engine is told to have done on its hosts: one command of vethmark, and who does which part of it.
public struct FleetJob: Sendable {
    public enum Work: String, Sendable {
        case sweep, run
    }

    public enum Division: Equatable, Sendable {
        /// Each task has a share of the cells.
        case shares(Int)
        /// Each host does all of it.
        case hosts(Int)

        /// How many tasks there are.
        public var count: Int {
            switch self {
            case .shares(let count), .hosts(let count): count
            }
        }
    }

    /// Letters, digits and dashes: it is part of a pod's name.
    public let name: String
    /// vethmark, as hosts find it.
    public let program: String
    public let work: Work
    /// What stands behind `vethmark sweep` or `vethmark run`, as it was asked for.
    public let arguments: [String]
    public let division: Division
    /// Where all save.
    public let folder: String
    /// Plain names; empty where the engine knows which there are.
    public let hosts: [String]

    public init(name: String, program: String, work: Work, arguments: [String], division: Division, folder: String, hosts: [String] = []) {
        (self.name, self.program, self.work, self.arguments) = (name, program, work, arguments)
        (self.division, self.folder, self.hosts) = (division, folder, hosts)
    }

    /// Where the merged result goes.
    public var mergedFolder: String { (folder.hasSuffix("/") ? String(folder.dropLast()) : folder) + "-merged" }

    /// The commands that make one result of what all have saved, or show what each has.
    public var endings: [[String]] {
        switch (work, division) {
        case (.run, _): [["vethmark", "results", "list", folder]]
        case (.sweep, .shares): [["vethmark", "results", "merge", folder, "-o", mergedFolder]]
        case (.sweep, .hosts):
            [["vethmark", "results", "merge", folder, "-o", mergedFolder], ["vethmark", "compare", mergedFolder, "--by", "host"]]
        }
    }

    /// The command without its part: which that is only the host knows.
    var command: [String] { [program, work.rawValue] + arguments }
}

extension FleetJob {
    /// The command for sh(1), its part included. It ends with 0 where vethmark ends with 3: that part is finished, and would be no more trusted if an engine
    /// had it done once more; the merged result tells of it.
    ///
    /// - Parameters:
    ///   - shard: what stands behind `--shard`, quoted already.
    ///   - host: what the host is called, quoted already; nil leaves it to the host itself.
    ///   - joined: how words are quoted.
    func shellText(shard: String, host: String? = nil, _ joined: ([String]) -> String) -> String {
        let part =
            switch (work, division) {
            case (.sweep, .shares): "--shard \(shard)" + (host.map { " --host \($0)" } ?? "") + " -o " + joined([folder])
            case (.sweep, .hosts): "--per-host" + (host.map { " --host \($0)" } ?? "") + " -o " + joined([folder])
            case (.run, _): "-o " + joined([folder]) + "/run-" + (host ?? #""$(uname -n)""#)
            }
        return joined(command) + " " + part + " || [ $? = 3 ]"
    }
}
