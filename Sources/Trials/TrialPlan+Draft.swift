extension TrialPlan {
    /// Fills in every default and checks all that can be known without the kernel.
    ///
    /// Receive workers default to one for each transmit worker, but no more than there are CPUs
    /// (`limits.cpuCount`); workers default to the number of CPUs named for them.
    ///
    /// - Throws: the first of `errors(in:limits:)`.
    public init(_ draft: PlanDraft, limits: PlanLimits = PlanLimits()) throws(PlanError) {
        var maker = PlanMaker(draft: draft, limits: limits)
        let plan = maker.makePlan()
        if let first = maker.errors.first { throw first }
        self = plan
    }

    /// All that is wrong with a draft, in the order of the plan's fields; empty if it makes a plan.
    public static func errors(in draft: PlanDraft, limits: PlanLimits = PlanLimits()) -> [PlanError] {
        var maker = PlanMaker(draft: draft, limits: limits)
        _ = maker.makePlan()
        return maker.errors
    }
}

extension TrialPlan.Frame {
    /// The MTU that the largest frame needs: its bytes without FCS, Ethernet header and first VLAN tag, which
    /// the kernel allows on top (`packet_extra_vlan_len_allowed`, `is_skb_forwardable`).
    public var neededMTUBytes: Int {
        let fcsBytes = 4, headerBytes = 14, tagBytes = 4
        let largest = sizes.shares.map(\.sizeBytes).max() ?? 0
        return largest - fcsBytes - headerBytes - (vlans.isEmpty ? 0 : tagBytes)
    }
}
