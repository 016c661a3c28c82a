import Kernel
import Metrics
import Plans
import Results

/// A run as far as it has come, and what each trial adds to it.
struct RunCourse {
    let plan: TrialPlan
    let placement: Placement
    let conditions: Conditions
    let command: [String]
    private var trials: [TrialResult] = []
    private var warnings: [Warning]
    private var failure: String?

    init(plan: TrialPlan, placement: Placement, conditions: Conditions, command: [String], warnings: [Warning]) {
        self.plan = plan
        self.placement = placement
        self.conditions = conditions
        self.command = command
        self.warnings = warnings
    }

    var hasTrials: Bool { !trials.isEmpty }
    var hasFailed: Bool { failure != nil }
    var hasLostLink: Bool { trials.last.map { $0.endedBecause == .linkLost || $0.endedBecause == .peerLost } ?? false }

    /// A trial in which nothing was sent measured nothing: among others it is left out, alone it is no result.
    mutating func add(_ outcome: (result: TrialResult, warnings: [Warning])) {
        let isEmpty = outcome.result.ledger.sent == 0
        if isEmpty, outcome.result.endedBecause == .interrupted, hasTrials {
            warnings.append(
                Warning(
                    code: "interrupted",
                    message: "the run was interrupted before trial \(outcome.result.index + 1) of \(plan.run.repeats) had sent a frame",
                    remedy: "let it run to the end to compare it with others"))
            return
        }
        var result = outcome.result
        if isEmpty { result.trusted = false }
        trials.append(result)
        warnings += outcome.warnings
    }

    /// The trials before it stay what they are.
    mutating func fail(trial index: Int, _ error: any Error) {
        let explanation = Explanation(of: error)
        failure = "trial \(index + 1) of \(plan.run.repeats) failed: \(explanation.sentence)"
        warnings.append(
            Warning(
                code: "trial-failed", message: failure ?? "",
                remedy: explanation.remedy ?? "the trials before it are whole; run the others again", voidsResult: true))
    }

    /// The other host is gone before a trial: those before it are whole.
    mutating func lose(trial index: Int, _ error: any Error) {
        let explanation = Explanation(of: error)
        warnings.append(
            Warning(
                code: "peer-lost",
                message: "the receiving host was lost before trial \(index + 1) of \(plan.run.repeats): \(explanation.sentence)",
                remedy: explanation.remedy ?? "the trials before it are whole; run the others again", voidsResult: true))
    }

    var result: RunResult {
        let warnings = warnings.unique
        var result = RunResult(
            plan: plan, placement: placement, conditions: conditions, trials: trials, summary: .init(trials), warnings: warnings,
            trusted: hasTrials && trials.allSatisfy(\.trusted) && !warnings.contains { $0.voidsResult })
        result.failure = failure
        result.command = command
        return result
    }
}

extension RunResult {
    /// With what was noticed behind the last trial.
    func adding(_ more: [Warning]) -> RunResult {
        var result = self
        result.warnings = (warnings + more).unique
        result.trusted = trusted && !more.contains { $0.voidsResult }
        return result
    }
}

extension Array where Element: Hashable {
    /// Each once, in the order of first appearance: repeats of a trial repeat its warnings.
    var unique: [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}

extension TrialResult {
    /// Whether it came to its planned end and sent something: a shorter one is another measurement.
    var isWhole: Bool { (endedBecause == .duration || endedBecause == .count) && ledger.sent > 0 }
}

extension RunResult.Summary {
    /// Samples are the trials that came to their planned end. Where none did, as in a run until Ctrl-C, what there is stands for itself; a trial without a
    /// frame never does.
    public init(_ trials: [TrialResult]) {
        let whole = trials.filter(\.isWhole)
        let samples = whole.isEmpty ? trials.filter { $0.ledger.sent > 0 } : whole
        func summary(_ value: (TrialResult) -> Double?) -> SampleSummary { SampleSummary(samples.compactMap(value)) }
        self.init(
            txPps: summary { $0.rates.txPps }, rxPps: summary { $0.rates.rxPps },
            rxL2Bps: summary { $0.rates.rxL2Bps }, lossRatio: summary { $0.ledger.lossRatio },
            pathP50Nanoseconds: summary { $0.latency.path.p50.map { Double($0) } },
            pathP99Nanoseconds: summary { $0.latency.path.p99.map { Double($0) } })
    }
}
