import ArgumentParser
import Jobs
import Kernel
import Plans
import Profiles

/// A sweep or run that is to be done elsewhere, checked as if it were to be done here.
struct DeployedWork {
    let work: FleetJob.Work
    /// Every plan in it.
    let plans: [TrialPlan]
    /// Nil for a run.
    let cellCount: Int?
    /// Why cells can't be had, one sentence for each; the sweep goes on without them.
    let obstacles: [String]
    /// A profile that is a file of the user's.
    let profileFile: String?

    /// - Parameter words: `sweep` or `run`, and what stands behind it.
    /// - Throws: what the parser throws of a wrong command line, `ExitCode` when it was told what is wrong.
    init(_ words: [String]) throws {
        let command = try Vethmark.parseAsRoot(words)
        let profile: String?
        switch command {
        case let sweep as SweepCommand:
            work = .sweep
            profile = sweep.profile
            try Exit.usage { try sweep.refuseOwnPlace() }
            let design = try Exit.usage { try sweep.asked() }
            plans = [design.plan] + design.cells.compactMap(\.plan)
            cellCount = design.cells.count
            obstacles = design.cells.compactMap(\.obstacle)
        case let run as RunCommand:
            work = .run
            profile = run.profile
            try Exit.usage { try run.refuseOwnPlace() }
            let plan = try Exit.usage { try PlanResolution.resolve(run.profile, run.plan.draft()).0 }
            guard plan.ends else {
                throw ValidationError("--time is 0, and a run on other hosts has to end by itself; give it a time, as in --time 10")
            }
            plans = [plan]
            (cellCount, obstacles) = (nil, [])
        default:
            // Help that was asked for is a command that throws its text.
            var help = command
            try help.run()
            throw ExitCode(Exit.done)
        }
        profileFile = profile.flatMap { $0.contains("/") || $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") ? $0 : nil }
    }

    /// Names without `CAP_`, in their own order: what all of it needs in a container.
    var capabilities: [String] {
        let needed = plans.reduce(into: Set<Capability>()) { $0.formUnion($1.capabilities) }
        return Capability.allCases.filter(needed.contains).map { String($0.name.dropFirst("CAP_".count)) }
    }

    /// A CPU for each worker of the plan that has most of them, and two at least.
    var cpus: Int { max(2, plans.map { $0.transmit.workers + $0.receive.workers }.max() ?? 0) }

    /// As deploy/job.yaml has it for a worker at each end.
    var memoryMebibytes: Int { cpus * 256 }
}

/// What of a command says where and how its result goes, which is the job's business.
private func refused(_ flags: KeyValuePairs<String, Bool>) throws {
    guard let flag = flags.first(where: \.value)?.key else { return }
    throw ValidationError("\(flag) has no place in a job, which says itself what is saved and where; leave it out")
}

extension OutputOptions {
    fileprivate func refuseOwnPlace() throws {
        try refused([
            "--json": json, "--json-stream": jsonStream, "-o": !output.isEmpty, "--no-save": noSave, "--dry-run": dryRun,
            "--report": report.file != nil
        ])
    }
}

extension SweepCommand {
    fileprivate func refuseOwnPlace() throws {
        try output.refuseOwnPlace()
        try refused([
            "--shard": fleet.shard != nil, "--per-host": fleet.perHost, "--host": fleet.host != nil, "--resume": resume != nil,
            "--live": screen.live
        ])
    }
}

extension RunCommand {
    fileprivate func refuseOwnPlace() throws {
        try telling.output.refuseOwnPlace()
        let metrics = telling.metrics
        try refused(["--live": telling.screen.live, "--openmetrics": metrics.openmetrics != nil, "--listen": metrics.listen != nil])
    }
}
