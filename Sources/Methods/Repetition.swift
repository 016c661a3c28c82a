import Frames
import Kernel
import Links
import Metrics
import Trials

/// `run`: the same trial, as often as the plan says, over one link.
public struct Repetition {
    private let plan: TrialPlan
    private let interrupts: Interrupts
    private let version: String
    private let startedAt: String
    private let observe: (TrialProgress) -> Void

    /// - Parameters:
    ///   - startedAt: the wall clock in ISO 8601, for the conditions.
    ///   - observe: hears of progress.
    public init(
        plan: TrialPlan, interrupts: Interrupts, version: String, startedAt: String,
        observe: @escaping (TrialProgress) -> Void
    ) {
        self.plan = plan
        self.interrupts = interrupts
        self.version = version
        self.startedAt = startedAt
        self.observe = observe
    }

    /// Sets the link up, runs the trials, gives the link back.
    ///
    /// - Throws: `TrialError`, `PlacementError`, `Interrupted`, or what stopped a worker. The link is
    ///   restored before anything is thrown.
    public func run() throws -> RunResult {
        let topology = Topology.read()
        let seating = try PlacementPlanner.plan(plan, on: topology)
        let link = plan.transmit.engine == .null ? nil : try LinkSetup.open(plan)
        var warnings = seating.warnings
        do {
            let plan = try FrameDestination.settled(EngineCheck.settled(plan, on: link), on: link)
            let conditions = Conditions.read(version: version, startedAt: startedAt, topology: topology, link: link)
            let trials = try runTrials(plan, link, seating.placement, &warnings)
            warnings += restore(link)
            return RunResult(
                plan: plan, placement: seating.placement, conditions: conditions, trials: trials,
                summary: .init(trials), warnings: warnings.unique,
                trusted: trials.allSatisfy(\.trusted) && !warnings.contains { $0.voidsResult })
        } catch {
            _ = restore(link)
            throw error
        }
    }

    private func runTrials(
        _ plan: TrialPlan, _ link: LinkPair?, _ placement: Placement, _ warnings: inout [Warning]
    ) throws -> [TrialResult] {
        let templates = try plan.templates(transmitAddress: nil, receiveAddress: nil)
        try FrameDestination.check(plan, on: link, templates)
        var results: [TrialResult] = []
        for index in 0..<plan.run.repeats {
            let trial = Trial(
                plan: plan, link: link, placement: placement, templates: templates, index: index,
                interrupts: interrupts, observe: observe)
            let outcome = try trial.run()
            results.append(outcome.result)
            warnings += outcome.warnings
            // What was interrupted or lost its link can't be repeated.
            if interrupts.isInterrupted || outcome.result.endedBecause == .linkLost { break }
        }
        return results
    }

    private func restore(_ link: LinkPair?) -> [Warning] {
        let journal = link?.journalProblem.map {
            Warning(
                code: "no-journal",
                message: "what was borrowed could not be written down (\($0)), and would not have come back after SIGKILL",
                remedy: "make /run, or XDG_RUNTIME_DIR for a user, writable")
        }
        return (journal.map { [$0] } ?? [])
            + (link?.restore() ?? []).map {
                Warning(
                    code: "not-restored", message: "a link setting could not be restored: \($0)",
                    remedy: "`vethmark restore` tries again; check the interface with `ip -d link` and `ethtool -k`")
            }
    }
}

extension [Warning] {
    /// Each warning once, in the order of first appearance: repeats of a trial repeat its warnings.
    var unique: [Warning] {
        var seen: Set<Warning> = []
        return filter { seen.insert($0).inserted }
    }
}

extension RunResult.Summary {
    init(_ trials: [TrialResult]) {
        func summary(_ value: (TrialResult) -> Double) -> SampleSummary { SampleSummary(trials.map(value)) }
        self.init(
            txPps: summary { $0.rates.txPps }, rxPps: summary { $0.rates.rxPps },
            rxL2Bps: summary { $0.rates.rxL2Bps }, lossRatio: summary { $0.ledger.lossRatio },
            pathP50Nanoseconds: SampleSummary(trials.compactMap { $0.latency.path.p50.map { Double($0) } }),
            pathP99Nanoseconds: SampleSummary(trials.compactMap { $0.latency.path.p99.map { Double($0) } }))
    }
}
