import Kernel

/// Which of the ranks of one run this process is, as `--rank` or the engine that started it says.
public struct RankRequest: Equatable, Sendable {
    /// From 0.
    public let rank: Int
    public let ranks: Int

    /// - Returns: nil for what is no rank, such as `2/2`.
    public init?(rank: Int, of ranks: Int) {
        guard ranks > 0, (0..<ranks).contains(rank) else { return nil }
        (self.rank, self.ranks) = (rank, ranks)
    }

    /// `0/2`.
    ///
    /// - Returns: nil for what is none.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, let rank = Self.number(parts[0]), let ranks = Self.number(parts[1]) else { return nil }
        self.init(rank: rank, of: ranks)
    }

    private static func number(_ text: String) -> Int? { text.allSatisfy { ("0"..."9").contains($0) } ? Int(text) : nil }

    /// Why nobody can tell which rank it is.
    public struct Unclear: ExplainedError, Equatable {
        public let sentence: String
        public let remedy: String?
        public var exitCode: Int32? { 64 }

        public init(sentence: String, remedy: String?) { (self.sentence, self.remedy) = (sentence, remedy) }
    }

    /// By the variables of Open MPI, Slurm (a step of srun's), PMIx and a Kubernetes Indexed Job. The latter two don't say how many there are.
    ///
    /// - Parameters:
    ///   - ranks: how many there have to be; nil for as many as there are.
    ///   - environment: a variable's value; nil for one that isn't set.
    /// - Throws: `Unclear`.
    public init(ranks: Int?, environment: (String) -> String?) throws(Unclear) {
        let engines = [
            ("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"), ("SLURM_PROCID", "SLURM_NTASKS"), ("PMIX_RANK", nil),
            ("JOB_COMPLETION_INDEX", nil)
        ]
        // Of a mesh any number goes; an example has some.
        let example = ranks ?? 8
        for (name, size) in engines {
            guard let text = environment(name) else { continue }
            // A batch script has Slurm's variables too, and is one process.
            if name == "SLURM_PROCID", environment("SLURM_STEP_ID") == nil { continue }
            let counted = size.flatMap(environment)
            if size == nil, ranks == nil {
                throw Unclear(
                    sentence: "\(name) is '\(text.visible)', and nothing tells of how many", remedy: "name both, as in --rank 0/\(example)")
            }
            guard let rank = Self.number(text), let count = counted.map(Self.number) ?? ranks else {
                throw Unclear(
                    sentence:
                        "\(name) is '\(text.visible)'\(size.map { " and \($0) '\((counted ?? "").visible)'" } ?? ""), which is no rank",
                    remedy: "name it, as in --rank 0/\(example)")
            }
            guard count == ranks ?? count else {
                throw Unclear(
                    sentence: "this is run by \(example) ranks, and \(size ?? name) is \(count)",
                    remedy: "start \(example) of them, as in: srun -N\(example) -n\(example)")
            }
            guard let request = Self(rank: rank, of: count) else {
                throw Unclear(sentence: "\(name) is \(rank), and there are \(count) ranks", remedy: "name it, as in --rank 0/\(example)")
            }
            self = request
            return
        }
        throw Unclear(
            sentence: "nothing here tells which rank this is: neither OMPI_COMM_WORLD_RANK, SLURM_PROCID of a step, PMIX_RANK nor "
                + "JOB_COMPLETION_INDEX is set",
            remedy: "start it by an engine, as in srun -N\(example) -n\(example), or name it, as in --rank 0/\(example)")
    }
}

/// The first host of a list as Slurm writes them: `n[01-04,7],m1` begins with `n01`.
public enum HostList {
    /// - Returns: nil for an empty list, and for what is none.
    public static func first(of list: String) -> String? { begun(list).flatMap { HostName.isPlain($0) ? $0 : nil } }

    /// Each bracket up to the first comma outside of one, by its first number.
    private static func begun(_ list: String) -> String? {
        let end = list.firstIndex(of: ",") ?? list.endIndex
        guard let open = list.firstIndex(of: "["), open < end else { return String(list[..<end]) }
        guard let close = list[open...].firstIndex(of: "]"), let rest = begun(String(list[list.index(after: close)...])) else { return nil }
        let number = list[list.index(after: open)..<close].prefix { $0 != "-" && $0 != "," }
        return list[..<open] + number + rest
    }
}
