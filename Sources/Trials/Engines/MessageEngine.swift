/// `mmsg`: AF_PACKET, `sendmmsg(2)`.
struct MessageEngine: TransmitSide {
    static let abilities = EngineAbilities()

    static func ringBytes(_ transmit: TrialPlan.Transmit, _ frame: TrialPlan.Frame) -> Int {
        transmit.wholeFrameRingBytes(frame)
    }
}
