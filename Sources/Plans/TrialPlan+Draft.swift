extension TrialPlan {
    /// Fills in every default, chooses for `auto`, and checks all that can be known before a socket is opened.
    ///
    /// Workers default to the number of CPUs named for them. Receive workers else default to one for each
    /// transmit worker, for two senders that share a ring contend for its lock, but to no more than
    /// there are CPUs (`limits.cpuCount`).
    ///
    /// - Throws: the first of `errors(in:limits:)`.
    public init(_ draft: PlanDraft, limits: PlanLimits = .thisMachine) throws(PlanError) {
        var maker = PlanMaker(draft: draft, limits: limits)
        let plan = maker.makePlan()
        if let first = maker.errors.first { throw first }
        self = plan
    }

    /// All that is wrong with a draft, in the order of the plan's fields; empty if it makes a plan.
    public static func errors(in draft: PlanDraft, limits: PlanLimits = .thisMachine) -> [PlanError] {
        var maker = PlanMaker(draft: draft, limits: limits)
        _ = maker.makePlan()
        return maker.errors
    }
}
