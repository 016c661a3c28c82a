import Frames

/// Which engine a plan gets, and why, where it was left to vethmark.
struct EngineChoice {
    let engine: EngineName
    /// Nil if it was asked for by name.
    let reason: String?

    /// The engines that need no more privilege than the plan itself, fastest first: `gso` where every frame can be cut out of a slot
    /// and nothing was asked for that only the plain ring has; else `ring`.
    init(draft: PlanDraft, frame: TrialPlan.Frame, load: TrialPlan.Load, limits: PlanLimits) {
        let asked = draft.transmit.engine ?? .auto
        guard asked == .auto else {
            engine = asked
            reason = nil
            return
        }
        if draft.receive.receiver == .null {
            engine = .null
            reason = "the null receiver goes with it"
            return
        }
        if draft.receive.receiver == .xdp || draft.receive.receiver == .afXDP {
            engine = .xdp
            reason = "its receiver takes what no other engine can make"
            return
        }
        let isPrivate = draft.link.transmit == nil && draft.link.receive == nil
        let obstacle: String? =
            if frame.network == .raw || frame.transport != .udp {
                "only UDP can be cut out of slots"
            } else if load.packetRate != nil {
                "at a rate each frame goes alone"
            } else if draft.transmit.layout != nil || draft.transmit.qdiscBypass == true || draft.transmit.ringSlots != nil {
                "its own settings were asked for"
            } else if draft.link.gso == false || draft.link.checksumOffload == true {
                "the link's offloads were asked for otherwise"
            } else if !isPrivate && !limits.canSetLinks {
                "gso needs CAP_NET_ADMIN to set the link's offloads"
            } else {
                nil
            }
        engine = obstacle == nil ? .gso : .ring
        reason = obstacle ?? "frames cut out of slots cost the kernel least"
    }
}
