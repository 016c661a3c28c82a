/// MLRsearch (RFC 9971): several goals in one search, short trials first, the next load chosen from all that is known.
///
/// It begins with a trial at the maximum load, another at what came through there, and a third beside that; then each goal nominates a load,
/// and the lowest of them is tried.
public struct MultipleLossRatioSearch: RateSearch {
    public let goals: [SearchGoal]
    public let scale: LoadScale
    private let targets: [SearchTarget]
    /// Each goal's own places in `targets`.
    private let chains: [ArraySlice<Int>]
    private let limits: StepLimits
    private var record: SearchRecord
    private var stage: Stage
    private var pending: TrialOrder?
    private var searches: [GoalSearch] = []
    /// Steps outwards are at least that wide, so that goals don't take turns in looking outwards.
    private var commonWidth = 0
    private var nominator = 0

    private enum Stage {
        case first(TrialOrder)
        case second(TrialOrder)
        /// And the load of the second.
        case third(TrialOrder, beside: Int)
        case main
    }

    /// - Parameter goals: at least one; they have their say in this order where they nominate the same.
    public init(goals: [SearchGoal], minimum: Double, maximum: Double) {
        self.goals = goals
        scale = LoadScale(minimum: minimum, maximum: maximum, relativeWidths: goals.map(\.relativeWidth))
        var targets: [SearchTarget] = []
        var chains: [ArraySlice<Int>] = []
        for goal in goals {
            let chain = SearchTarget.chain(to: goal, on: scale)
            chains.append(Array(targets.count..<targets.count + chain.count)[...])
            targets += chain
        }
        self.targets = targets
        self.chains = chains
        limits = StepLimits(steps: scale.steps)
        record = SearchRecord(targets)
        let seconds = chains.map { targets[$0.first!].trialSeconds }.max() ?? 1
        stage = .first(TrialOrder(load: scale.maximum, seconds: seconds, step: scale.steps))
    }

    public mutating func next() -> TrialOrder? {
        switch stage {
        case .first(let order), .second(let order), .third(let order, _): return order
        case .main:
            if pending == nil { pending = nominate() }
            return pending
        }
    }

    public mutating func add(_ outcome: TrialOutcome, of order: TrialOrder) {
        record.add(outcome, at: order.step, seconds: order.seconds)
        switch stage {
        case .first: addFirst(outcome, order)
        case .second: addSecond(outcome, order)
        case .third(_, let beside): begin(order.step, beside)
        case .main:
            if let wider = searches[nominator].wasTried(order.step, record) { commonWidth = wider }
            pending = nil
        }
    }

    public func answer(_ goal: Int) -> GoalAnswer {
        let target = chains[goal].last!
        let bounds = record.bounds(target)
        return GoalAnswer(
            scale: scale, bounds: bounds, width: targets[target].widthSteps,
            quantileLossRatio: bounds.lower.flatMap { record.verdict(target, at: $0)?.quantileLossRatio })
    }

    // MARK: initial trials

    private var coarsest: [SearchTarget] { chains.map { targets[$0.first!] } }
    private var smallestLossRatio: Double { goals.map(\.lossRatio).min() ?? 0 }
    private var largestWidth: Int { coarsest.map(\.widthSteps).max() ?? 1 }

    /// What came through, with what may be lost on top: a hint at the next load, no more.
    private func hint(_ outcome: TrialOutcome, _ load: Double) -> Int {
        scale.step(below: load * (1 - outcome.shortfallRatio) * (1 / (1 - smallestLossRatio)))
    }

    private mutating func addFirst(_ outcome: TrialOutcome, _ order: TrialOrder) {
        let step = hint(outcome, order.load)
        guard step < scale.steps, let next = limits.fitted(step, width: largestWidth, above: nil, below: scale.steps) else {
            return begin(order.step, order.step)
        }
        stage = .second(TrialOrder(load: scale.load(at: next), seconds: order.seconds, step: next))
    }

    private mutating func addSecond(_ outcome: TrialOutcome, _ order: TrialOrder) {
        let next =
            outcome.shortfallRatio > smallestLossRatio
            ? limits.fitted(hint(outcome, order.load), width: largestWidth, above: nil, below: order.step)
            : limits.fitted(order.step + largestWidth, width: largestWidth, above: order.step, below: scale.steps)
        guard let next else { return begin(order.step, order.step) }
        stage = .third(TrialOrder(load: scale.load(at: next), seconds: order.seconds, step: next), beside: order.step)
    }

    private mutating func begin(_ one: Int, _ other: Int) {
        let (lower, upper) = (min(one, other), max(one, other))
        commonWidth = upper - lower
        searches = chains.map { GoalSearch(stages: $0, of: targets, limits: limits, lower: lower, upper: upper) }
        stage = .main
    }

    // MARK: the search itself

    /// The lowest load of all that are nominated; of equal ones the longest trial, then the widest.
    private mutating func nominate() -> TrialOrder? {
        var winner: GoalSearch.Nomination?
        for index in searches.indices {
            guard let nomination = searches[index].nominate(record, commonWidth: commonWidth) else { continue }
            if let winner, Self.precedes(winner, nomination) { continue }
            winner = nomination
            nominator = index
        }
        guard let winner else { return nil }
        commonWidth = winner.width
        return TrialOrder(load: scale.load(at: winner.step), seconds: winner.seconds, step: winner.step)
    }

    private static func precedes(_ one: GoalSearch.Nomination, _ other: GoalSearch.Nomination) -> Bool {
        if one.step != other.step { return one.step < other.step }
        if one.seconds != other.seconds { return one.seconds > other.seconds }
        return one.width >= other.width
    }
}
