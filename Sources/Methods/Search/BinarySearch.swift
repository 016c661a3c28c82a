/// RFC 2544 section 26.1: one trial a load, and none but the final length. The first at the maximum load, then halves of what is left; a load
/// counts as soon as one trial has spoken.
///
/// Goals come one after the other, and each starts from what the trials before it have said.
public struct BinarySearch: RateSearch {
    public let goals: [SearchGoal]
    public let scale: LoadScale
    private let targets: [SearchTarget]
    private var record: SearchRecord

    /// - Parameter goals: their exceed ratio and sum play no part: one trial decides.
    public init(goals: [SearchGoal], minimum: Double, maximum: Double) {
        self.goals = goals
        let scale = LoadScale(minimum: minimum, maximum: maximum, relativeWidths: goals.map(\.relativeWidth))
        targets = goals.map { goal in
            var strict = goal
            strict.exceedRatio = 0
            strict.sumSeconds = goal.finalTrialSeconds
            strict.precedingTargets = 0
            return SearchTarget.chain(to: strict, on: scale)[0]
        }
        self.scale = scale
        record = SearchRecord(targets)
    }

    public mutating func next() -> TrialOrder? {
        for (index, target) in targets.enumerated() {
            guard let step = step(target, record.bounds(index)) else { continue }
            return TrialOrder(load: scale.load(at: step), seconds: target.trialSeconds, step: step)
        }
        return nil
    }

    public mutating func add(_ outcome: TrialOutcome, of order: TrialOrder) {
        record.add(outcome, at: order.step, seconds: order.seconds)
    }

    public func answer(_ goal: Int) -> GoalAnswer {
        let bounds = record.bounds(goal)
        return GoalAnswer(
            scale: scale, bounds: bounds, width: targets[goal].widthSteps,
            quantileLossRatio: bounds.lower.flatMap { record.verdict(goal, at: $0)?.quantileLossRatio })
    }

    private func step(_ target: SearchTarget, _ bounds: SearchRecord.Bounds) -> Int? {
        guard let upper = bounds.upper else { return bounds.lower == scale.steps ? nil : scale.steps }
        // The minimum is taken for good until there is nothing above it.
        let lower = bounds.lower ?? 0
        if upper - lower > max(target.widthSteps, 1) { return lower + (upper - lower) / 2 }
        return bounds.lower == nil && upper > 0 ? 0 : nil
    }
}
