import Metrics
import Plans
import Results

/// Makes trials at loads that somebody asks for, and keeps them all.
public final class LoadTrials {
    /// Ctrl-C: what there is stands.
    struct Stopped: Error {}

    public private(set) var trials: [LoadTrial] = []
    public private(set) var conditions: Conditions?
    public private(set) var warnings: [Warning] = []
    private var pacedEngine: EngineName?
    /// Of an earlier run of the same method, in their order, as far as they weren't given again.
    private var recorded: ArraySlice<LoadTrial>
    private let draft: PlanDraft
    private let isInterrupted: () -> Bool
    private let run: (TrialPlan) throws -> RunResult

    /// - Parameters:
    ///   - draft: all but load and time.
    ///   - earlier: trials that the same method made before it was stopped: what it asks for next depends on what came, so it asks for them again, and has them
    ///     without sending anything.
    ///   - isInterrupted: whether to end with what there is.
    ///   - run: runs one plan, over the same link for the same settings.
    public init(
        draft: PlanDraft, goingOnFrom earlier: EarlierTrials = EarlierTrials(), isInterrupted: @escaping () -> Bool = { false },
        run: @escaping (TrialPlan) throws -> RunResult
    ) {
        self.draft = draft
        recorded = earlier.trials[...]
        conditions = earlier.conditions
        self.isInterrupted = isInterrupted
        self.run = run
    }

    /// What a trial sends.
    enum Load: Equatable {
        /// Frames a second.
        case rate(Double)
        /// So many frames as fast as the kernel takes them.
        case burst(UInt64)
    }

    func plan(_ load: Load, seconds: Double) throws(PlanError) -> TrialPlan {
        var draft = draft
        draft.run.repeats = 1
        switch load {
        case .rate(let pps):
            draft.load.rate = .packets(PacketRate(packetsPerSecond: pps))
            // A search goes as far as the link does, whatever was declared of a line.
            draft.load.lineRate = nil
            draft.load.frameCount = nil
            draft.load.durationNanoseconds = UInt64((seconds * 1e9).rounded())
        case .burst(let frames):
            // What is compared with a rate leaves the same way, over the same link.
            if let pacedEngine { draft.transmit.engine = pacedEngine }
            draft.load.rate = .max
            draft.load.frameCount = frames
            draft.load.durationNanoseconds = nil
        }
        return try TrialPlan(draft)
    }

    /// One trial; another one if it can't be trusted. All are kept, and the last is what counts.
    ///
    /// - Parameters:
    ///   - isUsable: whether there is no need for another one.
    ///   - attempts: how many at most.
    /// - Throws: `Stopped`; whatever keeps a trial from being made.
    func measure(
        _ load: Load, seconds: Double, for purpose: LoadTrial.Purpose, attempts: Int = 2, isUsable: (LoadTrial) -> Bool = \.trusted
    ) throws -> LoadTrial {
        var trial = try once(load, seconds, purpose)
        for _ in 1..<attempts where !isUsable(trial) {
            trials[trial.index].repeated = true
            trial = try once(load, seconds, purpose)
        }
        if !isUsable(trial) {
            let what = trial.loadPps.map { "\(attempts) trials at \(PacketRate(packetsPerSecond: $0))" } ?? "\(attempts) bursts in a row"
            warnings.append(
                Warning(
                    code: "trial-untrusted",
                    message: "\(what) could not be trusted (\(trial.warnings.joined(separator: ", "))), "
                        + (trial.loadPps == nil ? "so a repeat was left out" : "so it counts as bad"),
                    remedy: "let it run alone, and look at the codes in docs/measuring.md"))
        }
        return trial
    }

    private func once(_ load: Load, _ seconds: Double, _ purpose: LoadTrial.Purpose) throws -> LoadTrial {
        if let earlier = recall(load, seconds, purpose) { return earlier }
        if isInterrupted() { throw Stopped() }
        let plan = try plan(load, seconds: seconds)
        let result = try run(plan)
        conditions = conditions ?? result.conditions
        if plan.load.packetRate != nil { pacedEngine = plan.transmit.engine }
        guard let trial = result.trials.first, trial.endedBecause != .interrupted else { throw Stopped() }
        var rate: Double?
        if case .rate(let pps) = load { rate = pps }
        let made = LoadTrial(index: trials.count, purpose: purpose, loadPps: rate, plan: plan, result: result, trial: trial)
        trials.append(made)
        return made
    }

    /// The next of the earlier trials, if it is what is asked for; from the first one on that isn't, they are of no use.
    private func recall(_ load: Load, _ seconds: Double, _ purpose: LoadTrial.Purpose) -> LoadTrial? {
        guard var trial = recorded.popFirst() else { return nil }
        let isWanted =
            switch load {
            case .rate(let pps): trial.loadPps == pps && trial.durationNanoseconds == UInt64((seconds * 1e9).rounded())
            case .burst(let frames): trial.loadPps == nil && trial.ledger.offered == frames
            }
        guard isWanted, trial.purpose == purpose else {
            recorded = []
            return nil
        }
        if trial.loadPps != nil { pacedEngine = trial.engine }
        trial.index = trials.count
        trial.repeated = false
        trial.verdict = [:]
        trials.append(trial)
        return trial
    }

    /// Whether the next trial may be one of the earlier ones.
    var isRecalling: Bool { !recorded.isEmpty }

    /// By each goal's name, for the report.
    func judge(_ index: Int, by goals: [SearchGoal]) {
        for goal in goals { trials[index].verdict[goal.name] = trials[index].verdict(on: goal) }
    }

    /// How fast the sender is where frames have a schedule: it is asked for more than it can do.
    ///
    /// - Returns: frames a second that left.
    func ceiling(seconds: Double) throws -> LoadTrial {
        try measure(.rate(Self.unreachablePps), seconds: seconds, for: .ceiling)
    }

    /// Beyond all that a machine of today sends, and far from overflow.
    private static let unreachablePps = 1e9
}

/// What an earlier run of a search or suite measured before it was stopped.
public struct EarlierTrials: Sendable {
    let trials: [LoadTrial]
    let conditions: Conditions?

    public init(_ trials: [LoadTrial] = [], conditions: Conditions? = nil) {
        self.trials = trials
        self.conditions = conditions
    }

    /// Those of one frame size.
    func ofSize(_ frameBytes: Int) -> EarlierTrials {
        EarlierTrials(trials.filter { $0.frameBytes == frameBytes }, conditions: conditions)
    }
}
