import Kernel
import Metrics
import Results
import Trials

/// A search for the highest rates that a link carries within some goals, with trials of our own.
public final class LinkSearch {
    public enum Method: String, Codable, Sendable, CaseIterable { case mlr, binary }

    public struct Request: Sendable {
        public var goals: [SearchGoal]
        public var method: Method
        public var minimumPps: Double
        /// Nil: what the sender makes at a rate, measured first.
        public var maximumPps: Double?

        public init(goals: [SearchGoal], method: Method, minimumPps: Double, maximumPps: Double? = nil) {
            self.goals = goals
            self.method = method
            self.minimumPps = minimumPps
            self.maximumPps = maximumPps
        }
    }

    /// What one goal came to: an entry of `.goals`. Rates are frames a second.
    public struct Goal: Codable, Sendable {
        public let goal: String
        public let lossRatio: Double
        public let exceedRatio: Double
        public let relativeWidth: Double
        public let initialTrialNanoseconds: UInt64
        public let finalTrialNanoseconds: UInt64
        public let durationSumNanoseconds: UInt64
        public let relevantLowerBound: Double?
        public let relevantUpperBound: Double?
        public let conditionalThroughput: Double?
        /// Whether both bounds were found, and lie as close together as was asked for.
        public let regular: Bool
        /// What the upper bound failed by, or why there is none; nil as long as nothing is known.
        public let limitedBy: LoadTrial.Limit?
    }

    /// What was found, also when it ended early.
    public struct Outcome: Sendable {
        public var goals: [Goal]
        public var trials: [LoadTrial]
        public var minimumPps: Double
        /// Nil if the sender's ceiling was never measured.
        public var maximumPps: Double?
        /// Whether the maximum is what the sender makes, and not what was asked for.
        public var isMaximumMeasured: Bool
        /// False where even the lowest load met no goal, so that nothing was searched.
        public var stable: Bool
        public var interrupted: Bool
        /// What ended it early, one sentence.
        public var failure: String?
        public var warnings: [Warning]
        public var trusted: Bool
    }

    private let request: Request
    private let trials: LoadTrials
    private let observe: (Outcome) -> Void
    private var search: (any RateSearch)?
    private var maximumPps: Double?
    private var isStable = true

    /// - Parameter observe: hears of what is known after each trial.
    public init(_ request: Request, trials: LoadTrials, observe: @escaping (Outcome) -> Void = { _ in }) {
        self.request = request
        self.trials = trials
        self.observe = observe
        maximumPps = request.maximumPps
    }

    /// - Throws: `Interrupted`; what kept the first trial from being made. What goes wrong later is told in the outcome.
    public func measure() throws -> Outcome {
        do {
            try measureAll()
            return outcome()
        } catch is LoadTrials.Stopped {
            return outcome(isInterrupted: true)
        } catch let error as Interrupted {
            throw error
        } catch {
            guard !trials.trials.isEmpty else { throw error }
            return outcome(failure: "a trial failed: \(Explanation(of: error).sentence)")
        }
    }

    private func measureAll() throws {
        let seconds = request.goals.map(\.initialTrialSeconds).max() ?? 1
        guard try isStableAtMinimum(seconds) else {
            isStable = false
            return
        }
        if maximumPps == nil { maximumPps = try trials.ceiling(seconds: seconds).rates.txPps }
        // A sender that is slower than the lowest rate has shown so in the stability check.
        guard let maximumPps, maximumPps > request.minimumPps else { return }
        search =
            switch request.method {
            case .mlr: MultipleLossRatioSearch(goals: request.goals, minimum: request.minimumPps, maximum: maximumPps)
            case .binary: BinarySearch(goals: request.goals, minimum: request.minimumPps, maximum: maximumPps)
            }
        while let order = search?.next() {
            let trial = try trials.measure(.rate(order.load), seconds: order.seconds, for: .search)
            trials.judge(trial.index, by: request.goals)
            search?.add(trial.outcome, of: order)
            observe(outcome())
        }
    }

    /// Where the lowest load fails twice, no rate is worth a search.
    private func isStableAtMinimum(_ seconds: Double) throws -> Bool {
        for _ in 0..<2 {
            let trial = try trials.measure(.rate(request.minimumPps), seconds: seconds, for: .stability)
            trials.judge(trial.index, by: request.goals)
            observe(outcome())
            if request.goals.contains(where: { $0.isMet(by: trial.outcome) }) { return true }
        }
        return false
    }

    private func outcome(isInterrupted: Bool = false, failure: String? = nil) -> Outcome {
        let goals = request.goals.indices.map(goal)
        let isUntrusted = goals.contains { $0.limitedBy == .untrusted } || failure != nil || trials.trials.allSatisfy { !$0.trusted }
        return Outcome(
            goals: goals, trials: trials.trials, minimumPps: request.minimumPps, maximumPps: maximumPps,
            isMaximumMeasured: request.maximumPps == nil, stable: isStable, interrupted: isInterrupted, failure: failure,
            warnings: trials.warnings, trusted: !isUntrusted)
    }

    private func goal(_ index: Int) -> Goal {
        let goal = request.goals[index]
        let answer = search?.answer(index)
        let upper = answer?.relevantUpperBound ?? (isStable ? nil : request.minimumPps)
        func nanoseconds(_ seconds: Double) -> UInt64 { UInt64((seconds * 1e9).rounded()) }
        return Goal(
            goal: goal.name, lossRatio: goal.lossRatio, exceedRatio: goal.exceedRatio, relativeWidth: goal.relativeWidth,
            initialTrialNanoseconds: nanoseconds(goal.initialTrialSeconds), finalTrialNanoseconds: nanoseconds(goal.finalTrialSeconds),
            durationSumNanoseconds: nanoseconds(goal.sumSeconds), relevantLowerBound: answer?.relevantLowerBound,
            relevantUpperBound: upper, conditionalThroughput: answer?.conditionalThroughput, regular: answer?.isRegular ?? false,
            limitedBy: limit(of: goal, lower: answer?.relevantLowerBound, upper: upper))
    }

    /// By what most of the failed time at the upper bound failed.
    private func limit(of goal: SearchGoal, lower: Double?, upper: Double?) -> LoadTrial.Limit? {
        guard let upper else {
            guard let lower, let maximumPps, lower >= maximumPps else { return nil }
            return request.maximumPps == nil ? .generator : .maximumRate
        }
        let failed = trials.trials.filter { $0.loadPps == upper && !$0.repeated && !goal.isMet(by: $0.outcome) }
        var nanoseconds: [LoadTrial.Limit: UInt64] = [:]
        for trial in failed { nanoseconds[trial.limit(on: goal), default: 0] += trial.durationNanoseconds }
        return nanoseconds.max { ($0.value, $1.key.rawValue) < ($1.value, $0.key.rawValue) }?.key
    }
}
