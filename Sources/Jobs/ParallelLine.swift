/// A line for GNU parallel, which runs it here or on hosts that it reaches by ssh: at each of them one part after the other.
public struct ParallelLine: Sendable {
    /// From `parallel` on, each a word.
    public let words: [String]
    /// The same as typed into a shell.
    public let text: String

    public init(_ job: FleetJob) {
        let logins = job.hosts.isEmpty ? [] : ["-S", job.hosts.joined(separator: ","), "--workdir", "."]
        let work = job.shellText(shard: "auto/\(job.division.count)", ShellWords.joinedForTemplate)
        switch job.division {
        case .shares(let count):
            // A number for each, none of which goes into the command.
            let start = ["parallel", "-N0", "-j1"] + logins + [work, ":::"]
            words = start + (1...count).map(String.init)
            text = ShellWords.joined(start) + " $(seq \(count))\n"
        case .hosts:
            words = ["parallel", "--nonall", "-j0"] + logins + [work]
            text = ShellWords.joined(words) + "\n"
        }
    }
}
