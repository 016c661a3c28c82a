/// `null`: nowhere. Measures the harness itself.
struct NullEngine: TransmitSide {
    static let abilities = EngineAbilities(needsLink: false, receiver: .null)

    static func ringBytes(_ transmit: TrialPlan.Transmit, _ frame: TrialPlan.Frame) -> Int {
        transmit.wholeFrameRingBytes(frame)
    }
}
