import Kernel

/// What `--shard` asks for: `3/16`, `auto`, or `auto/16` where the engine that started this process says which it is, but not of how many.
public enum ShardRequest: Equatable, Sendable {
    case named(SweepShard)
    case auto(count: Int?)

    /// - Returns: nil for what is none.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let count = parts.count == 2 ? Self.number(parts[1]) : nil
        switch parts.count {
        case 1 where text == "auto": self = .auto(count: nil)
        case 2 where parts[0] == "auto":
            guard let count, SweepShard.counts.contains(count) else { return nil }
            self = .auto(count: count)
        case 2:
            guard let count, let index = Self.number(parts[0]), let shard = SweepShard(index: index, count: count) else { return nil }
            self = .named(shard)
        default: return nil
        }
    }

    /// Digits only: `+3` and `3_0` are no numbers of an engine's.
    private static func number(_ text: String) -> Int? { text.allSatisfy { ("0"..."9").contains($0) } ? Int(text) : nil }

    /// Why nobody can tell which shard it is.
    public struct Unclear: ExplainedError, Equatable {
        public let sentence: String
        public let remedy: String?
        public var exitCode: Int32? { 64 }
    }

    /// Which shard it is.
    ///
    /// - Parameter environment: a variable's value; nil for one that isn't set.
    /// - Throws: `Unclear`.
    public func shard(_ environment: @escaping (String) -> String?) throws(Unclear) -> SweepShard {
        switch self {
        case .named(let shard): return shard
        case .auto(let count): return try Engines(variable: environment).shard(count)
        }
    }

    /// Variables by which engines tell a process which of many it is.
    private struct Engines {
        let variable: (String) -> String?

        /// Counts from 0.
        struct Place {
            let place: Int
            let count: Int
        }

        func shard(_ asked: Int?) throws(Unclear) -> SweepShard {
            // Tasks of an array may be jobs of several processes each.
            let (outer, inner) = (try array(), try ranks())
            if outer != nil || (inner?.count ?? 0) > 1 || asked == nil && inner != nil {
                let (outer, inner) = (outer ?? Place(place: 0, count: 1), inner ?? Place(place: 0, count: 1))
                let count = outer.count * inner.count
                guard asked ?? count == count else {
                    throw Unclear(
                        sentence: "--shard is auto/\(asked ?? 0), but this job has \(count) tasks",
                        remedy: "leave out /\(asked ?? 0), or name the shard, as in --shard 3/\(asked ?? 0)")
                }
                return try made(outer.place * inner.count + inner.place, count)
            }
            for (name, first) in [("PMIX_RANK", 0), ("JOB_COMPLETION_INDEX", 0), ("PARALLEL_SEQ", 1)] {
                guard let number = try number(name) else { continue }
                guard let asked else {
                    throw Unclear(
                        sentence: "--shard is auto, and \(name) tells which shard this is, but nothing of how many",
                        remedy: "write how many there are, as in --shard auto/16")
                }
                guard (0..<asked).contains(number - first) else {
                    throw Unclear(
                        sentence: "--shard is auto/\(asked), but \(name) is \(number)",
                        remedy: "write as many as there are jobs, or name the shard, as in --shard 3/\(asked)")
                }
                return try made(number - first, asked)
            }
            throw Unclear(
                sentence:
                    "--shard is auto, but nothing here tells which shard this is: neither SLURM_ARRAY_TASK_ID, SLURM_PROCID, OMPI_COMM_WORLD_RANK, "
                    + "PMIX_RANK, JOB_COMPLETION_INDEX nor PARALLEL_SEQ is set",
                remedy: "name it, as in --shard 3/16")
        }

        private func made(_ place: Int, _ count: Int) throws(Unclear) -> SweepShard {
            guard let shard = SweepShard(index: place + 1, count: count) else {
                throw Unclear(
                    sentence: "--shard is auto, and this is task \(place + 1) of \(count)",
                    remedy: "have 1 to \(SweepShard.counts.upperBound) tasks, or name the shard, as in --shard 3/16")
            }
            return shard
        }

        private func array() throws(Unclear) -> Place? {
            guard let number = try number("SLURM_ARRAY_TASK_ID") else { return nil }
            let (first, step) = (try self.number("SLURM_ARRAY_TASK_MIN") ?? 0, max(1, try self.number("SLURM_ARRAY_TASK_STEP") ?? 1))
            let (told, last) = (try self.number("SLURM_ARRAY_TASK_COUNT"), try self.number("SLURM_ARRAY_TASK_MAX"))
            guard let count = told ?? last.map({ ($0 - first) / step + 1 }) else {
                throw Unclear(
                    sentence: "--shard is auto, and SLURM_ARRAY_TASK_ID is \(number), but SLURM_ARRAY_TASK_COUNT is not set",
                    remedy: "name the shard, as in --shard 3/16")
            }
            let place = (number - first) / step
            guard number >= first, (number - first).isMultiple(of: step), place < count else {
                throw Unclear(
                    sentence: "--shard is auto, but task \(number) of an array of \(count) from \(first) is not one of a row without gaps",
                    remedy: "use an array like --array=0-\(max(count, 1) - 1), or name the shard, as in --shard 3/16")
            }
            return Place(place: place, count: count)
        }

        /// Of one job's processes. What Open MPI starts below Slurm has Slurm's number of the node's daemon too, which is not its own.
        private func ranks() throws(Unclear) -> Place? {
            for (rank, size) in [("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"), ("SLURM_PROCID", "SLURM_NTASKS")] {
                guard let place = try number(rank), let count = try number(size) else { continue }
                guard (0..<count).contains(place) else {
                    throw Unclear(
                        sentence: "--shard is auto, but \(rank) is \(place) and \(size) is \(count)",
                        remedy: "name the shard, as in --shard 3/16")
                }
                if rank == "SLURM_PROCID", count > 1, variable("SLURM_JOB_ID") != nil, variable("SLURM_STEP_ID") == nil {
                    throw Unclear(
                        sentence: "--shard is auto, but of the \(count) tasks of this batch script only one runs vethmark",
                        remedy: "start it by srun, or with --ntasks=1")
                }
                return Place(place: place, count: count)
            }
            return nil
        }

        private func number(_ name: String) throws(Unclear) -> Int? {
            guard let text = variable(name) else { return nil }
            guard let number = ShardRequest.number(text), number < 1 << 31 else {
                throw Unclear(
                    sentence: "--shard is auto, but \(name) is '\(text.visible)', which is no number",
                    remedy: "name the shard, as in --shard 3/16")
            }
            return number
        }
    }
}
