/// A search for the highest rates that keep to some goals. It asks for one trial after the other and is told how each went; it makes none.
public protocol RateSearch {
    var goals: [SearchGoal] { get }
    var scale: LoadScale { get }
    /// The trial to make next; nil when the search is over. Asking twice gives the same order.
    mutating func next() -> TrialOrder?
    /// How the trial went that `next` asked for.
    mutating func add(_ outcome: TrialOutcome, of order: TrialOrder)
    /// What is known of a goal by now, in the order of `goals`.
    func answer(_ goal: Int) -> GoalAnswer
}

/// What a search says of one goal, in frames a second.
public struct GoalAnswer: Equatable, Sendable {
    /// The highest load below the upper bound that keeps to the goal; nil if none was found.
    public var relevantLowerBound: Double?
    /// The lowest load that doesn't.
    public var relevantUpperBound: Double?
    /// What came through at the lower bound, by the worst of the trials that it counts on.
    public var conditionalThroughput: Double?
    /// Whether both bounds were found, as close to each other as the goal wants them.
    public var isRegular: Bool

    init(scale: LoadScale, bounds: SearchRecord.Bounds, width: Int, quantileLossRatio: Double?) {
        relevantLowerBound = bounds.lower.map(scale.load(at:))
        relevantUpperBound = bounds.upper.map(scale.load(at:))
        conditionalThroughput = relevantLowerBound.flatMap { load in quantileLossRatio.map { load * (1 - $0) } }
        if let lower = bounds.lower, let upper = bounds.upper { isRegular = upper - lower <= width } else { isRegular = false }
    }
}
