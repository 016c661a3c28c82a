/// Makes a plan from a draft, and gathers what is wrong on the way instead of stopping at the first
/// error. Where a value is wrong its default stands in, so that the rest can be looked at.
struct PlanMaker {
    package let draft: PlanDraft
    package let limits: PlanLimits
    private(set) var errors: [PlanError] = []

    init(draft: PlanDraft, limits: PlanLimits) {
        self.draft = draft
        self.limits = limits
    }

    /// Worth something only if `errors` is empty afterwards.
    mutating func makePlan() -> TrialPlan {
        let streams = makeStreams()
        let frames = streams.map { TrafficMix($0) } ?? TrafficMix(makeFrame())
        let link = makeLink(frames)
        let superframeSegments = makeSuperframes(frames, link)
        let mix = superframeSegments.map { frames.superframes(segments: $0) } ?? frames
        let load = makeLoad(mix)
        let transmit = makeTransmit(mix, load, superframeSegments: superframeSegments)
        let receive = makeReceive(mix, transmit)
        return TrialPlan(
            link: link, frame: frames.streams[0].frame, streams: streams, load: load, transmit: transmit, receive: receive,
            run: makeRun(load))
    }

    package mutating func refuse(_ field: PlanField, found: String?, allowed: String, remedy: String) {
        errors.append(PlanError(field, found: found, allowed: allowed, remedy: remedy))
    }

    /// Whether none of the fields was refused, so that it makes sense to compare them.
    func areSound(_ fields: PlanField...) -> Bool {
        !errors.contains { fields.contains($0.field) }
    }

    /// What was asked for, or the default where nothing or a wrong value was.
    package mutating func value<Value>(_ setting: KeyPath<SettingTable, Setting<Value>>, default standard: Value) -> Value {
        let setting = SettingTable.shared[keyPath: setting]
        return value(setting, remedy: "leave it out for \(setting.kind.text(standard))") ?? standard
    }

    /// What was asked for, if it is in range.
    package mutating func value<Value>(_ setting: KeyPath<SettingTable, Setting<Value>>) -> Value? {
        value(SettingTable.shared[keyPath: setting], remedy: "leave it out to have vethmark choose")
    }

    private mutating func value<Value>(_ setting: Setting<Value>, remedy: String) -> Value? {
        guard let value = draft[setting] else { return nil }
        guard let bounds = setting.kind.bounds, !bounds.contains(value) else { return value }
        refuse(setting.field, found: setting.kind.text(value), allowed: bounds.text, remedy: remedy)
        return nil
    }
}
