import ArgumentParser
import Kernel
import Methods

/// Which part of a sweep this process has to measure, where others measure the rest.
struct FleetOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            """
            Measure a share of the cells: 3/16, or auto for what Slurm or Open MPI says (auto/16 with PMIx, a Kubernetes index or GNU parallel, which \
            don't say how many there are). -o is the folder of all.
            """, valueName: "share"), transform: shardRequest)
    var shard: ShardRequest?
    @Flag(help: "Measure all cells on this host, to be compared with other hosts. -o is the folder of all.") var perHost = false
    @Option(parsing: .unconditional, help: "What this host is called in the result (default: its own name).", transform: plainName)
    var host: String?

    var isAsked: Bool { shard != nil || perHost }

    /// The name of this host.
    var hostName: String { host ?? HostName.current }

    /// - Throws: `ValidationError`.
    func check(_ output: OutputOptions, resume: String?) throws {
        guard isAsked else {
            guard host == nil else { throw ValidationError("--host belongs to --shard or --per-host; leave it out") }
            return
        }
        let option = shard == nil ? "--per-host" : "--shard"
        guard shard == nil || !perHost else {
            throw ValidationError("--per-host measures all cells on this host, and --shard some of them; leave out one of them")
        }
        guard resume == nil else { throw ValidationError("\(option) goes on by itself where it stopped; leave out --resume") }
        guard !output.noSave else { throw ValidationError("what \(option) measures is saved for all hosts; leave out --no-save") }
        guard output.dryRun || !output.output.isEmpty else {
            throw ValidationError("\(option) needs the folder that all hosts save in; name it with -o")
        }
    }

    /// Nil for all cells.
    ///
    /// - Throws: `ShardRequest.Unclear`.
    func share(of design: SweepDesign) throws(ShardRequest.Unclear) -> SweepShare? {
        guard let shard else { return nil }
        return SweepShare(try shard.shard(ProcessFacts.environment), of: design)
    }
}

private let shardRequest: @Sendable (String) throws -> ShardRequest = { text in
    guard let request = ShardRequest(text) else {
        throw ValidationError(
            "is '\(text.visible)' but must be a share, as in 3/16, or auto, or auto/16; shards count from 1, up to \(SweepShard.counts.upperBound)"
        )
    }
    return request
}

private let plainName: @Sendable (String) throws -> String = { text in
    guard HostName.isPlain(text) else {
        throw ValidationError(
            "is '\(text.visible)' but must be a name of at most \(HostName.longest) letters, digits, dots, dashes and underscores; write it as in n1.lab"
        )
    }
    return text
}
