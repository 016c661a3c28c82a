import Frames
import Metrics
import Trials

/// Makes trials at loads that somebody asks for, and keeps them all.
public final class LoadTrials {
    /// Ctrl-C: what there is stands.
    struct Stopped: Error {}

    public private(set) var trials: [LoadTrial] = []
    public private(set) var conditions: Conditions?
    public private(set) var warnings: [Warning] = []
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

    /// - Parameter sizes: nil leaves the draft's.
    func plan(_ load: Load, seconds: Double, sizes: FrameSizes? = nil) throws(PlanError) -> TrialPlan {
        var draft = draft
        draft.run.repeats = 1
        if let sizes { draft.frame.sizes = sizes }
        switch load {
        case .rate(let pps):
            draft.load.rate = .packets(PacketRate(packetsPerSecond: pps))
            draft.load.frameCount = nil
            draft.load.durationNanoseconds = UInt64((seconds * 1e9).rounded())
        case .burst(let frames):
            draft.load.rate = .max
            draft.load.frameCount = frames
            draft.load.durationNanoseconds = nil
        }
        return try TrialPlan(draft)
    }

    /// One trial; a second one if the first can't be trusted. Both are kept, and the last is what counts.
    ///
    /// - Throws: `Stopped`; whatever keeps a trial from being made.
    func measure(_ load: Load, seconds: Double, for purpose: LoadTrial.Purpose, sizes: FrameSizes? = nil) throws -> LoadTrial {
        let first = try once(load, seconds, purpose, sizes)
        if first.trusted { return first }
        trials[first.index].repeated = true
        let second = try once(load, seconds, purpose, sizes)
        if !second.trusted {
            let load = second.loadPps.map { "\(PacketRate(packetsPerSecond: $0))" } ?? FigureText.count(second.ledger.offered, "frame")
            warnings.append(
                Warning(
                    code: "trial-untrusted",
                    message: "two trials of \(load) could not be trusted (\(second.warnings.joined(separator: ", "))), so it counts as bad",
                    remedy: "let it run alone, and look at the codes in docs/measuring.md"))
        }
        return second
    }

    private func once(_ load: Load, _ seconds: Double, _ purpose: LoadTrial.Purpose, _ sizes: FrameSizes?) throws -> LoadTrial {
        if isInterrupted() { throw Stopped() }
        let plan = try plan(load, seconds: seconds, sizes: sizes)
        let result = try run(plan)
        conditions = conditions ?? result.conditions
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
    func ceiling(seconds: Double, sizes: FrameSizes? = nil) throws -> LoadTrial {
        try measure(.rate(Self.unreachablePps), seconds: seconds, for: .ceiling, sizes: sizes)
    }

    /// Beyond all that a machine of today sends, and far from overflow.
    private static let unreachablePps = 1e9
}
