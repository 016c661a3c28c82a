/// Makes a plan from a draft, and gathers what is wrong on the way instead of stopping at the first
/// error. Where a value is wrong its default stands in, so that the rest can be looked at.
struct PlanMaker {
    let draft: PlanDraft
    let limits: PlanLimits
    private(set) var errors: [PlanError] = []

    init(draft: PlanDraft, limits: PlanLimits) {
        self.draft = draft
        self.limits = limits
    }

    /// Worth something only if `errors` is empty afterwards.
    mutating func makePlan() -> TrialPlan {
        let frame = makeFrame()
        let link = makeLink(frame)
        let load = makeLoad(frame)
        let transmit = makeTransmit(frame, load)
        let receive = makeReceive(frame, transmit)
        return TrialPlan(
            link: link, frame: frame, load: load, transmit: transmit, receive: receive, run: makeRun(load))
    }

    mutating func refuse(_ field: PlanField, found: String?, allowed: String, remedy: String) {
        errors.append(PlanError(field, found: found, allowed: allowed, remedy: remedy))
    }

    /// Whether none of the fields was refused, so that it makes sense to compare them.
    func areSound(_ fields: PlanField...) -> Bool {
        !errors.contains { fields.contains($0.field) }
    }

    /// The value, or the default where there is none or a wrong one.
    mutating func within<Value: Comparable>(
        _ range: ClosedRange<Value>, _ field: PlanField, _ value: Value?, default standard: Value,
        text: (Value) -> String = { "\($0)" }
    ) -> Value {
        guard let value else { return standard }
        guard range.contains(value) else {
            refuse(
                field, found: text(value), allowed: "\(text(range.lowerBound)) to \(text(range.upperBound))",
                remedy: "leave it out for \(text(standard))")
            return standard
        }
        return value
    }

    /// The value if there is one and it is in range.
    mutating func within<Value: Comparable>(
        _ range: ClosedRange<Value>, _ field: PlanField, _ value: Value?
    ) -> Value? {
        guard let value else { return nil }
        guard range.contains(value) else {
            refuse(
                field, found: "\(value)", allowed: "\(range.lowerBound) to \(range.upperBound)",
                remedy: "leave it out to have vethmark choose")
            return nil
        }
        return value
    }
}
