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
    private let draft: PlanDraft
    private let isInterrupted: () -> Bool
    private let run: (TrialPlan) throws -> RunResult

    /// - Parameters:
    ///   - draft: all but load and time.
    ///   - isInterrupted: whether to end with what there is.
    ///   - run: runs one plan, over the same link for the same settings.
    public init(draft: PlanDraft, isInterrupted: @escaping () -> Bool = { false }, run: @escaping (TrialPlan) throws -> RunResult) {
        self.draft = draft
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
