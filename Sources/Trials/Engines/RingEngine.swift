import Ports

/// `ring`: AF_PACKET, PACKET_TX_RING, TPACKET_V2.
struct RingEngine: TransmitSide {
    static let abilities = EngineAbilities(replays: true)

    static func ringBytes(_ transmit: TrialPlan.Transmit, _ frame: TrialPlan.Frame) -> Int {
        transmit.wholeFrameRingBytes(frame)
    }

    static var probe: SideProbe? { SideProbe(follows: "tx-ring", remedy: SideProbe.rawSocket) { "frame by frame" } }

    init(for setup: SideSetup) {}

    func run(_ worker: TransmitWorker) throws -> TransmitWorker.Outcome {
        var port = try RingTransmitPort(worker.ringSettings, templates: worker.templates)
        return try worker.run(&port, ringBytes: port.ringBytes, ringNode: port.ringNode)
    }
}

extension TrialPlan.Transmit {
    /// Of engines whose slots hold a frame each.
    func wholeFrameRingBytes(_ frame: TrialPlan.Frame) -> Int {
        RingTransmitPort.ringBytes(
            largestFrameBytes: frame.largestBytes, cycle: frame.cycle, minimumSlots: ringSlots, linear: layout == .linear)
    }
}
