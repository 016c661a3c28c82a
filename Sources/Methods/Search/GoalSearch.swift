/// The way to one goal, from its coarsest target to itself: nominates the load that would help it most.
///
/// The rules are those of the reference library (MLRsearch 1.2.1), of which the tests demand the same trials: halve, confirm the bounds of the
/// target before, look beyond them in growing steps, bisect.
struct GoalSearch {
    struct Nomination {
        let step: Int
        let seconds: Double
        /// The width that all goals go on with if this is taken.
        let width: Int
    }

    private enum Rule: CaseIterable { case halve, confirmLower, confirmUpper, extendDown, extendUp, bisect }

    /// Places in the record's targets that are still to come; the last is the goal itself.
    private var stages: ArraySlice<Int>
    private let targets: [SearchTarget]
    private let limits: StepLimits
    /// Where this target starts from: the bounds of the one before.
    private var initialLower: Int?
    private var initialUpper: Int?
    /// What the next step outwards is wide.
    private var nextWidth = 0
    private var rule: Rule?
    /// Whether a bisecting step was one outwards, and in which direction: it grows if it doesn't find the other bound.
    private var growsAtLower = false
    private var growsAtUpper = false

    /// - Parameters:
    ///   - stages: the chain's places in `targets`, from the coarsest to the goal itself.
    ///   - lower, upper: the two loads that the initial trials have come to.
    init(stages: ArraySlice<Int>, of targets: [SearchTarget], limits: StepLimits, lower: Int, upper: Int) {
        self.stages = stages
        self.targets = targets
        self.limits = limits
        initialLower = lower
        initialUpper = upper
        begin()
    }

    private var index: Int { stages.first! }
    private var target: SearchTarget { targets[index] }

    private mutating func begin() {
        nextWidth = target.widthSteps
        if let initialLower, let initialUpper { nextWidth = max(nextWidth, initialUpper - initialLower) }
        nextWidth *= target.goal.expansion
        (growsAtLower, growsAtUpper) = (false, false)
    }

    /// Nil once the goal is reached, or can't be.
    mutating func nominate(_ record: SearchRecord, commonWidth: Int) -> Nomination? {
        var bounds = record.bounds(index)
        while true {
            for candidate in Rule.allCases {
                guard let (step, width) = step(by: candidate, bounds, max(nextWidth, commonWidth)) else { continue }
                rule = candidate
                return Nomination(step: step, seconds: target.trialSeconds, width: width)
            }
            guard stages.count > 1 else { return nil }
            (initialLower, initialUpper) = (bounds.lower, bounds.upper)
            stages.removeFirst()
            bounds = record.bounds(index)
            begin()
        }
    }

    /// What was nominated was tried.
    ///
    /// - Returns: the width that all goals go on with, if it grew.
    mutating func wasTried(_ step: Int, _ record: SearchRecord) -> Int? {
        let bounds = record.bounds(index)
        let hasGrown =
            switch rule {
            case .extendDown: step == bounds.upper
            case .extendUp: step == bounds.lower
            case .bisect: growsAtLower && step == bounds.lower || growsAtUpper && step == bounds.upper
            default: false
            }
        guard hasGrown else { return nil }
        nextWidth *= target.goal.expansion
        return nextWidth
    }

    private mutating func step(by rule: Rule, _ bounds: SearchRecord.Bounds, _ outwards: Int) -> (step: Int, width: Int)? {
        switch rule {
        case .halve:
            guard let initialLower, let initialUpper else { return nil }
            let interval = StepInterval(lower: initialLower, upper: initialUpper)
            guard interval.width > target.widthSteps, interval.width <= 2 * target.widthSteps else { return nil }
            return confirming(interval.middle(goal: target.widthSteps), bounds)
        case .confirmLower: return initialLower.flatMap { confirming($0, bounds) }
        case .confirmUpper: return initialUpper.flatMap { confirming($0, bounds) }
        case .extendDown:
            guard bounds.lower == nil, let upper = bounds.upper else { return nil }
            return fitted(upper - outwards, bounds).flatMap { isWorthwhile($0, bounds) ? ($0, outwards) : nil }
        case .extendUp:
            guard bounds.upper == nil, let lower = bounds.lower else { return nil }
            return fitted(lower + outwards, bounds).flatMap { isWorthwhile($0, bounds) ? ($0, outwards) : nil }
        case .bisect: return bisecting(bounds, outwards)
        }
    }

    /// A load on the way of the target before.
    private mutating func confirming(_ step: Int, _ bounds: SearchRecord.Bounds) -> (Int, Int)? {
        guard isWorthwhile(step, bounds) else { return nil }
        nextWidth = target.widthSteps * target.goal.expansion
        return (step, target.widthSteps)
    }

    /// Between the bounds: in the middle, or outwards from where this target started, whichever is nearer to there. A bound may have come
    /// about by another goal's trials, and be far from what this one looks for.
    private mutating func bisecting(_ bounds: SearchRecord.Bounds, _ outwards: Int) -> (Int, Int)? {
        guard let lower = bounds.lower, let upper = bounds.upper, upper - lower > target.widthSteps else { return nil }
        let middle = StepInterval(lower: lower, upper: upper).middle(goal: target.widthSteps)
        if let initialUpper, middle < initialUpper, let step = fitted(upper - outwards, bounds), step > middle, step < initialUpper {
            (growsAtLower, growsAtUpper) = (false, true)
            return (step, outwards)
        }
        if let initialLower, middle > initialLower, let step = fitted(lower + outwards, bounds), step < middle, step > initialLower {
            (growsAtLower, growsAtUpper) = (true, false)
            return (step, outwards)
        }
        (growsAtLower, growsAtUpper) = (false, false)
        let width = min(middle - lower, upper - middle)
        nextWidth = max(width, target.widthSteps) * target.goal.expansion
        return (middle, width)
    }

    private func fitted(_ step: Int, _ bounds: SearchRecord.Bounds) -> Int? {
        limits.fitted(step, width: target.widthSteps, above: bounds.lower, below: bounds.upper)
    }

    /// Whether a trial there could make a bound or a better one.
    private func isWorthwhile(_ step: Int, _ bounds: SearchRecord.Bounds) -> Bool {
        if let lower = bounds.lower, lower >= step { return false }
        if let upper = bounds.upper, upper <= step { return false }
        guard let lower = bounds.lower, let upper = bounds.upper else { return true }
        return upper - lower > target.widthSteps
    }
}
