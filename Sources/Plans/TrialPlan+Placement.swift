extension TrialPlan {
    /// The same with another placement, and with the rings that whoever asks for that one has, where nobody asked for a size.
    public func placed(_ placement: PlacementName, limits: PlanLimits = .thisMachine) -> TrialPlan {
        var plan = self
        plan.link.placement = placement
        if receive.blocks == receive.standardBlocks(link.placement, beside: transmit, limits) {
            plan.receive.blocks = receive.standardBlocks(placement, beside: transmit, limits)
        }
        return plan
    }
}

extension TrialPlan.Receive {
    /// Blocks of each ring where nobody asked for a number. A reader that has a CPU for itself is there at once. One that shares its CPU with a sender, or with the
    /// softirq that receives, has to wait for the scheduler, for some tens of ms now and then, and whatever comes meanwhile needs room.
    func standardBlocks(_ placement: PlacementName?, beside transmit: TrialPlan.Transmit, _ limits: PlanLimits) -> Int {
        let isShared =
            [.sameCore, .splitSoftirq, .napiThread].contains(placement) || transmit.workers + workers > limits.cpuCount ?? .max
            || !Set(cpus ?? []).isDisjoint(with: transmit.cpus ?? [])
        guard isShared, blockBytes > 0 else { return PlanDefaults.blocks }
        let ringBytes = min(PlanDefaults.sharedRingBytes, PlanDefaults.sharedRingsBytes / max(workers, 1))
        return max(PlanDefaults.blocks, ringBytes / blockBytes)
    }
}
