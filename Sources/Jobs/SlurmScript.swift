/// A script for sbatch(1): an array with a share in each of its tasks, or one job on as many nodes as there are to be.
public struct SlurmScript: Sendable {
    public let text: String

    public init(_ job: FleetJob) {
        let work = job.shellText(shard: "auto", ShellWords.joined)
        // Whole nodes, so that nobody else is on them; what a requeued task says follows what it said before.
        let common = ["--exclusive", "--requeue", "--open-mode=append"]
        let (size, command) =
            switch job.division {
            case .shares(let count): (["--array=0-\(count - 1)", "--ntasks=1"], work)
            case .hosts(let count):
                // All CPUs of the node for its one task, and one host's failure is none of the others'.
                (
                    ["--nodes=\(count)", "--ntasks-per-node=1"],
                    "srun --cpu-bind=none --kill-on-bad-exit=0 " + ShellWords.joined(["sh", "-c", work])
                )
            }
        let directives = (["--job-name=\(job.name)"] + size + common).map { "#SBATCH \($0)" }
        text = (["#!/bin/bash"] + directives + [command]).joined(separator: "\n") + "\n"
    }
}
