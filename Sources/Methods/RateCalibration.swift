import Metrics
import Plans
import Results

/// Whether frames that leave one by one reach the rate that a plan asks for: measured where it isn't plain, for it differs between machines by a factor of two.
public struct RateCalibration {
    /// Of one worker; so much every machine sends that runs this.
    private static let plainPps = 200_000.0
    /// What nobody can keep.
    private static let unreachablePps = 1e9

    private let draft: PlanDraft
    /// That frames leave by one by one.
    private let engine: EngineName

    /// Nil where nothing depends on it: without a rate, for an engine that somebody chose, for frames that slots would change, and on links of others, whose
    /// neighbours such a load would be put on.
    public init?(_ plan: TrialPlan, of draft: PlanDraft) {
        guard let rate = plan.load.packetRate?.packetsPerSecond, plan.load.shape == .constant, plan.link.isPrivate,
            draft.transmit.engine == nil, !plan.transmit.engine.abilities.cutsSlots,
            rate > Self.plainPps * Double(plan.transmit.workers), Self.mayGoBySlots(draft)
        else { return nil }
        self.draft = draft
        engine = plan.transmit.engine
    }

    /// Whether another engine would take the frames if this one were too slow.
    private static func mayGoBySlots(_ draft: PlanDraft) -> Bool {
        var limits = PlanLimits.thisMachine
        limits.oneByOnePps = 0
        return (try? TrialPlan(draft, limits: limits))?.transmit.engine.abilities.cutsSlots ?? false
    }

    /// One trial of a tenth of a second, over whatever link `run` makes: none of its frames can be in another trial's book.
    ///
    /// - Returns: frames a second that each worker sent.
    /// - Throws: what keeps it from being made.
    public func measure(_ run: (TrialPlan) throws -> RunResult) throws -> Double {
        var draft = draft
        draft.transmit.engine = engine
        draft.load.rate = .packets(PacketRate(packetsPerSecond: Self.unreachablePps))
        draft.load.frameCount = nil
        draft.load.durationNanoseconds = 100_000_000
        draft.load.warmupNanoseconds = 20_000_000
        draft.run.repeats = 1
        let plan = try TrialPlan(draft)
        let rates = try run(plan).trials.first?.rates
        return (rates?.txPps ?? 0) / Double(plan.transmit.workers)
    }
}
