import Metrics
import Plans
import Results

/// One trial of a search or suite: the load that was asked for and what became of it. An entry of `.trials`.
public struct LoadTrial: Codable, Sendable {
    /// What the trial was made for.
    public enum Purpose: String, Codable, Sendable {
        /// At the lowest load, before anything is searched.
        case stability
        /// How fast the sender is at a rate.
        case ceiling
        case search
        case latency
        case lossCurve
        case burst
    }

    /// Counts from 0.
    public internal(set) var index: Int
    public let purpose: Purpose
    /// With FCS; nil for mixed sizes.
    public let frameBytes: Int?
    /// Frames a second; nil for a burst, which leaves as fast as the kernel takes it.
    public let loadPps: Double?
    public let durationNanoseconds: UInt64
    public let engine: EngineName
    public let ledger: Ledger
    public let rates: TrialResult.Rates
    public let latency: Latency
    /// Calls that the kernel ended because the link took nothing (ENOBUFS): the frame was sent again.
    public let pushedBack: UInt64
    /// By the goal's name.
    public var verdict: [String: Verdict] = [:]
    public let trusted: Bool
    /// Whether it was made again because it couldn't be trusted: then only the second one counts.
    public var repeated = false
    /// Codes of what was to be said of it.
    public let warnings: [String]

    public struct Latency: Codable, Sendable {
        public let path: LatencySummary
        public let response: LatencySummary
        public let sendLag: LatencySummary
    }

    public enum Verdict: String, Codable, Sendable { case good, bad, untrusted }

    /// What keeps a load from meeting a goal.
    public enum Limit: String, Codable, Sendable {
        /// Frames were lost on the way, or were still under way when the drain gave up.
        case link
        /// The link took frames only after some tries, so that others didn't leave in time.
        case pushedBack
        /// Frames were not offered in time: the sender's own limit, and no loss of the link's.
        case generator
        case latency
        /// The highest rate that was to be tried is good.
        case maximumRate
        case untrusted
    }

    init(index: Int, purpose: Purpose, loadPps: Double?, plan: TrialPlan, result: RunResult, trial: TrialResult) {
        self.index = index
        self.purpose = purpose
        frameBytes =
            plan.mix.streams.allSatisfy { $0.frame.sizes.minimumBytes == plan.mix.largestSizeBytes } ? plan.mix.largestSizeBytes : nil
        self.loadPps = loadPps
        durationNanoseconds = plan.load.durationNanoseconds ?? trial.rates.durationNanoseconds
        engine = trial.engine
        ledger = trial.ledger
        rates = trial.rates
        latency = Latency(path: trial.latency.path, response: trial.latency.response, sendLag: trial.latency.sendLag)
        pushedBack = trial.evidence.retries
        trusted = result.trusted
        warnings = result.warnings.map(\.code)
    }

    /// Frames that didn't come, of those that left; what was still under way when the drain gave up is among them.
    public var lossRatio: Double {
        ledger.sent == 0 ? 0 : Double(ledger.lost + ledger.inFlightAtEnd) / Double(ledger.sent)
    }

    /// Frames that never left, of those the load asked for.
    public var unsentRatio: Double {
        ledger.offered == 0 ? 0 : Double(ledger.notOffered + ledger.refused) / Double(ledger.offered)
    }

    var outcome: TrialOutcome {
        TrialOutcome(lossRatio: lossRatio, unsentRatio: unsentRatio, latency: latency.path, isTrusted: trusted)
    }

    func verdict(on goal: SearchGoal) -> Verdict { trusted ? (goal.isMet(by: outcome) ? .good : .bad) : .untrusted }

    /// Why the goal wasn't met.
    func limit(on goal: SearchGoal) -> Limit {
        if !trusted { return .untrusted }
        if lossRatio > goal.lossRatio { return .link }
        if let bound = goal.latencyBound, !bound.isMet(by: latency.path) { return .latency }
        // A veth gives a frame back that its peer's queue has no room for, since Linux 6.6.
        return pushedBack > ledger.sent / 100 && pushedBack > 100 ? .pushedBack : .generator
    }
}
