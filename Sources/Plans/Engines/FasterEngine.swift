import Metrics

extension TrialPlan {
    /// How much faster slots are than frames that go one by one, at least (results/slots: 1.8 times at a rate).
    private static let slotGain = 1.6

    /// The engine that can send this plan's frames, in their order and at their rate, where its own sent too few of them; nil if there is none.
    ///
    /// - Parameter sentPps: frames a second that left in place of those asked for.
    package func engineBeyond(sentPps: Double) -> EngineName? {
        guard let asked = load.packetRate?.packetsPerSecond, !transmit.engine.abilities.makesFramesInKernel, !sendsSuperframes else {
            return nil
        }
        if asked <= sentPps * Self.slotGain, mayGoBySlots { return .slotsAtARate }
        return isPossible(by: .liveFrames) ? .liveFrames : nil
    }

    /// Whether slots would change neither the frames nor their order.
    private var mayGoBySlots: Bool {
        guard !transmit.engine.abilities.cutsSlots else { return false }
        return (try? TrialPlan(withoutEngine, limits: PlanLimits(oneByOnePps: 0)))?.transmit.engine == .slotsAtARate
    }

    private func isPossible(by engine: EngineName) -> Bool {
        var draft = withoutEngine
        draft.transmit.engine = engine
        return (try? TrialPlan(draft.fitted(to: engine, receive.receiver), limits: PlanLimits())) != nil
    }

    /// What is asked for besides: the engine's own settings follow from the engine, and so do checksums that nobody has to have.
    private var withoutEngine: PlanDraft {
        var draft = PlanDraft(naming: self)
        draft.transmit = PlanDraft.Transmit()
        draft.transmit.workers = transmit.workers
        draft.frame.udpChecksum = nil
        return draft
    }
}
