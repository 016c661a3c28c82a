import Metrics

/// What a rate has to keep to, and how sure to be of it: a search goal of MLRsearch (RFC 9971 section 4.6).
public struct SearchGoal: Equatable, Sendable {
    /// As it was asked for: `ndr`, `0.1%`, `0%@p99<100us`.
    public var name: String
    /// The share of a trial's frames, 0 ..< 1, that may be lost.
    public var lossRatio: Double
    /// What a trial's latency has to stay below; nil where only loss counts.
    public var latencyBound: LatencyBound?
    /// The share of the duration sum, 0 ..< 1, that trials beyond the goal may have at a load that still counts as good.
    public var exceedRatio: Double
    /// How far apart the two bounds may be, of the upper one.
    public var relativeWidth: Double
    /// The shortest trial that has a say.
    public var initialTrialSeconds: Double
    /// The longest, which decides.
    public var finalTrialSeconds: Double
    /// How much of trials makes a verdict on a load.
    public var sumSeconds: Double
    /// How many coarser targets lead up to the goal.
    public var precedingTargets = 2
    /// By what a step away from the bounds grows with each try.
    public var expansion = 2

    public init(
        name: String, lossRatio: Double, latencyBound: LatencyBound? = nil, exceedRatio: Double, relativeWidth: Double,
        initialTrialSeconds: Double, finalTrialSeconds: Double, sumSeconds: Double
    ) {
        self.name = name
        self.lossRatio = lossRatio
        self.latencyBound = latencyBound
        self.exceedRatio = exceedRatio
        self.relativeWidth = relativeWidth
        self.initialTrialSeconds = initialTrialSeconds
        self.finalTrialSeconds = finalTrialSeconds
        self.sumSeconds = sumSeconds
    }

    /// Whether a trial keeps to the goal. One that can't be trusted never does.
    public func isMet(by outcome: TrialOutcome) -> Bool { effectiveLossRatio(of: outcome) <= lossRatio }

    /// A trial's loss as this goal sees it: all of it where latency is beyond its bound, wasn't measured, or nothing can be trusted.
    ///
    /// Frames that never left count as lost from the goal's width on: a load that is less short than that lies between the same bounds.
    func effectiveLossRatio(of outcome: TrialOutcome) -> Double {
        guard outcome.isTrusted else { return 1 }
        if let latencyBound, !latencyBound.isMet(by: outcome.latency) { return 1 }
        return outcome.unsentRatio > relativeWidth ? outcome.shortfallRatio : outcome.lossRatio
    }
}

/// What the search is told of a trial.
public struct TrialOutcome: Equatable, Sendable {
    /// Frames that didn't come through, of those that left.
    public var lossRatio: Double
    /// Frames that never left, of those the load asked for.
    public var unsentRatio: Double
    /// Path latency, where a goal bounds it.
    public var latency: LatencySummary
    public var isTrusted: Bool

    public init(lossRatio: Double, unsentRatio: Double = 0, latency: LatencySummary = .notMeasured, isTrusted: Bool = true) {
        self.lossRatio = lossRatio
        self.unsentRatio = unsentRatio
        self.latency = latency
        self.isTrusted = isTrusted
    }

    /// Frames that didn't come through, of those the load asked for.
    var shortfallRatio: Double { unsentRatio == 0 ? lossRatio : 1 - (1 - unsentRatio) * (1 - lossRatio) }
}

/// A trial to be made next.
public struct TrialOrder: Equatable, Sendable {
    /// Frames a second.
    public var load: Double
    public var seconds: Double
    /// The load's place on the search's scale.
    public var step: Int
}
