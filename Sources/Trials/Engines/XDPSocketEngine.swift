/// `af-xdp`: AF_XDP, copy mode.
struct XDPSocketEngine: TransmitSide {
    static let abilities = EngineAbilities(queueingDiscipline: .never, queues: .onePerWorker)

    static func ringBytes(_ transmit: TrialPlan.Transmit, _ frame: TrialPlan.Frame) -> Int {
        transmit.wholeFrameRingBytes(frame)
    }
}
