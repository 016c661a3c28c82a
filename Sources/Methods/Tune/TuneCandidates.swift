import Plans

/// What a plan leaves open, and what may be tried there. Whatever was asked for stays as it was asked for, and so does the receiver: another one
/// answers another question.
struct TuneCandidates {
    let base: PlanDraft
    let plan: TrialPlan

    init(_ base: PlanDraft) throws(PlanError) {
        plan = try TrialPlan(base)
        self.base = base
    }

    /// Engines and placements, all with all; each fits, and none is the plan itself.
    var ways: [PlanDraft] {
        let isOpen = base.transmit.engine == nil
        let engines = isOpen ? EngineName.contestants.map { Optional($0) } : [nil]
        let placements = (base.link.placement ?? .auto) == .auto ? PlacementName.candidates.map { Optional($0) } : [nil]
        return possible(
            engines.flatMap { engine in
                placements.map { placement in
                    var draft = PlanDraft()
                    draft.transmit.engine = engine
                    draft.link.placement = placement
                    // Live frames would choose another.
                    if let engine, engine.abilities.receiver != plan.receive.receiver { draft.receive.receiver = plan.receive.receiver }
                    return draft
                }
            })
    }

    /// One setting changed at a time: halves and multiples of what the plan has with `way`.
    func steps(from way: PlanDraft) -> [PlanDraft] {
        guard let current = try? TrialPlan(base.fitted(below: way)) else { return [] }
        var steps: [PlanDraft] = []
        func add<Value>(_ values: [Value], isOpen: Bool, _ set: (inout PlanDraft, Value) -> Void) {
            guard isOpen else { return }
            for value in values {
                var draft = way
                set(&draft, value)
                steps.append(draft)
            }
        }
        add(scaled(current.transmit.batchFrames, 0.25, 0.5, 2, 4), isOpen: base.transmit.batchFrames == nil) {
            $0.transmit.batchFrames = $1
        }
        add(scaled(current.transmit.ringSlots, 0.25, 4), isOpen: base.transmit.ringSlots == nil) { $0.transmit.ringSlots = $1 }
        if let segments = current.transmit.segments {
            add(scaled(segments, 0.25, 0.5, 2), isOpen: base.transmit.segments == nil) { $0.transmit.segments = $1 }
        }
        if current.receive.workers > 0 {
            add(scaled(current.receive.blocks, 0.25, 4), isOpen: base.receive.blocks == nil) { $0.receive.blocks = $1 }
            add(scaled(current.receive.blockBytes, 0.5, 8), isOpen: base.receive.blockBytes == nil) { $0.receive.blockBytes = $1 }
        }
        let isOpen = plan.link.isPrivate && base.link.transmitQueues == nil && base.link.receiveQueues == nil
        let most = max(2, 2 * plan.transmit.workers)
        add([1, 2, most].filter { $0 != current.link.transmitQueues }, isOpen: isOpen) {
            ($0.link.transmitQueues, $0.link.receiveQueues) = ($1, $1)
        }
        return possible(steps)
    }

    /// All that have a plan, each plan once, and none of them the base.
    func possible(_ drafts: [PlanDraft]) -> [PlanDraft] {
        var plans = [anonymous(plan)]
        return drafts.filter { draft in
            guard let plan = try? TrialPlan(base.fitted(below: draft)), !plans.contains(anonymous(plan)) else { return false }
            plans.append(anonymous(plan))
            return true
        }
    }

    /// Whoever chose the engine.
    private func anonymous(_ plan: TrialPlan) -> TrialPlan {
        var plan = plan
        plan.transmit.engineReason = nil
        return plan
    }

    private func scaled(_ value: Int, _ factors: Double...) -> [Int] {
        factors.map { Int(Double(value) * $0) }.filter { $0 > 0 && $0 != value }
    }
}
