import Links

/// `xdp`: live frames. An eBPF program makes them, no socket and no skb.
struct LiveEngine: TransmitSide {
    static let abilities = EngineAbilities(
        makesFramesInKernel: true, sendsSomeAlone: false, queueingDiscipline: .never, queues: .onePerCPU, receiver: .xdp)

    static func adjust(_ settings: inout LinkSettings, for plan: TrialPlan) {
        // Without NAPI on the peer live frames vanish (`veth_xdp_xmit`); GRO brings it where there is no program.
        guard !plan.receive.receiver.abilities.attachesProgram, plan.link.gro == nil else { return }
        settings.receiveFeatures["rx-gro"] = true
    }

    static func preparePeer(of pair: LinkPair, for plan: TrialPlan) throws { try LivePeer.prepare(plan, pair) }

    /// Frames lie in pages of the kernel's.
    static func ringBytes(_ transmit: TrialPlan.Transmit, _ frame: TrialPlan.Frame) -> Int { 0 }
}
