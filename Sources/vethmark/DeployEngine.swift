import ArgumentParser
import FoundationEssentials
import Jobs

/// Who starts a job's parts.
enum DeployEngine: String, CaseIterable, ExpressibleByArgument {
    case slurm, parallel, ansible, kubernetes

    /// What the engine's command is given.
    struct Order {
        /// The job as it is printed.
        var text: String
        /// The command that takes it, from its name on.
        var words: [String]
        /// What that reads on standard input.
        var input: String
        /// Commands for when all have ended.
        var endings: [[String]]
    }

    /// - Parameters:
    ///   - image: a pod's.
    ///   - claim: what pods save in.
    func order(of job: FleetJob, _ work: DeployedWork, image: String, claim: String) -> Order {
        switch self {
        case .slurm:
            let text = SlurmScript(job).text
            return Order(text: text, words: ["sbatch"], input: text, endings: job.endings)
        case .parallel:
            let line = ParallelLine(job)
            return Order(text: line.text, words: line.words, input: "", endings: job.endings)
        case .ansible:
            // A playbook's tasks don't start where ansible-playbook does.
            let folder = job.folder.hasPrefix("/") ? job.folder : FileManager.default.currentDirectoryPath + "/" + job.folder
            let text = Playbook(job, collectingIn: folder).text
            let inventory = job.hosts.joined(separator: ",") + ","
            return Order(text: text, words: ["ansible-playbook", "-i", inventory, "/dev/stdin"], input: text, endings: job.endings)
        case .kubernetes:
            let manifest = IndexedJob(
                job,
                IndexedJob.Pod(
                    image: image, claim: claim, capabilities: work.capabilities, cpus: work.cpus, memoryMebibytes: work.memoryMebibytes))
            return Order(text: manifest.text, words: ["kubectl", "apply", "-f", "-"], input: manifest.text, endings: manifest.endings)
        }
    }

    /// How to get its command.
    var remedy: String {
        switch self {
        case .slurm: "install it (Debian: slurm-client)"
        case .parallel: "install GNU parallel (Debian: parallel)"
        case .ansible: "install it (Debian: ansible-core)"
        case .kubernetes: "install it (Debian: kubernetes-client)"
        }
    }
}
