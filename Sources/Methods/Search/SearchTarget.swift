import Glibc

/// A goal, or a coarser one on the way to it: wider, with shorter trials and fewer of them.
struct SearchTarget: Equatable, Sendable {
    let goal: SearchGoal
    let widthSteps: Int
    let trialSeconds: Double
    let sumSeconds: Double

    /// From the coarsest to the goal itself.
    static func chain(to goal: SearchGoal, on scale: LoadScale) -> [SearchTarget] {
        var width = scale.steps(ofWidth: goal.relativeWidth)
        var chain = [
            SearchTarget(goal: goal, widthSteps: width, trialSeconds: goal.finalTrialSeconds, sumSeconds: goal.sumSeconds)
        ]
        let shrink = goal.precedingTargets > 0 ? pow(goal.initialTrialSeconds / goal.sumSeconds, 1 / Double(goal.precedingTargets)) : 1
        for number in 0..<goal.precedingTargets {
            let isLast = number + 1 == goal.precedingTargets
            let sum = isLast ? goal.initialTrialSeconds : goal.sumSeconds * pow(shrink, Double(number + 1))
            width *= 2
            chain.append(
                SearchTarget(goal: goal, widthSteps: width, trialSeconds: min(goal.finalTrialSeconds, sum), sumSeconds: sum))
        }
        return chain.reversed()
    }
}

/// The trials at one load as a target sees them.
struct LoadVerdict {
    let target: SearchTarget
    /// Time of trials that were long enough, and of shorter ones.
    private(set) var goodLongSeconds = 0.0
    private(set) var badLongSeconds = 0.0
    private(set) var goodShortSeconds = 0.0
    private(set) var badShortSeconds = 0.0
    /// Of the long ones.
    private var losses: [(ratio: Double, seconds: Double)] = []

    init(_ target: SearchTarget) { self.target = target }

    enum Bound: Equatable { case lower, upper, undecided }

    mutating func add(_ outcome: TrialOutcome, seconds: Double) {
        let ratio = target.goal.effectiveLossRatio(of: outcome)
        let isGood = ratio <= target.goal.lossRatio
        guard seconds >= target.trialSeconds else {
            if isGood { goodShortSeconds += seconds } else { badShortSeconds += seconds }
            return
        }
        if isGood { goodLongSeconds += seconds } else { badLongSeconds += seconds }
        let position = losses.firstIndex { $0.ratio >= ratio } ?? losses.endIndex
        if position < losses.endIndex, losses[position].ratio == ratio {
            losses[position].seconds += seconds
        } else {
            losses.insert((ratio, seconds), at: position)
        }
    }

    /// Decided as soon as no trial that is still to come could change it (RFC 9971 appendix A).
    ///
    /// Short trials only ever speak against a load: what is bad among them counts as far as good ones don't make up for it. The appendix's
    /// worked example calls two of its points lower bounds for which its own code says upper; this is the code.
    var bound: Bound {
        let exceed = target.goal.exceedRatio
        let excess = badLongSeconds + max(0, badShortSeconds - goodShortSeconds * exceed / (1 - exceed))
        let whole = max(goodLongSeconds + excess, target.sumSeconds)
        if excess > whole * exceed { return .upper }
        return whole - goodLongSeconds <= whole * exceed ? .lower : .undecided
    }

    /// The loss that all but the exceed ratio of the time stayed within; time that is missing counts as full of loss. Nil without long trials.
    var quantileLossRatio: Double? {
        var remaining = max(target.sumSeconds, goodLongSeconds + badLongSeconds) * (1 - target.goal.exceedRatio)
        var quantile: Double?
        for (ratio, seconds) in losses {
            guard quantile == nil || remaining > 0 else { return quantile }
            quantile = ratio
            remaining -= seconds
        }
        return remaining > 0 && quantile != nil ? 1 : quantile
    }
}

/// All trials so far, load by load, as every target sees them.
struct SearchRecord {
    private let targets: [SearchTarget]
    /// In ascending order of load.
    private var rows: [(step: Int, verdicts: [LoadVerdict])] = []

    /// The smallest load that is an upper bound, and the largest below it that is a lower one: a good load above a bad one counts for nothing.
    struct Bounds: Equatable {
        var lower: Int?
        var upper: Int?
    }

    init(_ targets: [SearchTarget]) { self.targets = targets }

    mutating func add(_ outcome: TrialOutcome, at step: Int, seconds: Double) {
        let position = rows.firstIndex { $0.step >= step } ?? rows.endIndex
        if position == rows.endIndex || rows[position].step != step {
            rows.insert((step, targets.map(LoadVerdict.init)), at: position)
        }
        for target in targets.indices { rows[position].verdicts[target].add(outcome, seconds: seconds) }
    }

    /// - Parameter target: its place among those that the record was made for.
    func bounds(_ target: Int) -> Bounds {
        var bounds = Bounds()
        for row in rows {
            switch row.verdicts[target].bound {
            case .lower: bounds.lower = row.step
            case .upper:
                bounds.upper = row.step
                return bounds
            case .undecided: continue
            }
        }
        return bounds
    }

    func verdict(_ target: Int, at step: Int) -> LoadVerdict? { rows.first { $0.step == step }?.verdicts[target] }
}
