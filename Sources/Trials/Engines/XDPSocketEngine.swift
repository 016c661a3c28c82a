import XDP

/// `af-xdp`: AF_XDP, copy mode.
struct XDPSocketEngine: TransmitSide {
    static let abilities = EngineAbilities(queueingDiscipline: .never, queues: .onePerWorker)

    static func ringBytes(_ transmit: TrialPlan.Transmit, _ frame: TrialPlan.Frame) -> Int {
        transmit.wholeFrameRingBytes(frame)
    }

    init(for setup: SideSetup) {}

    func run(_ worker: TransmitWorker) throws -> TransmitWorker.Outcome {
        let settings = try worker.ringSettings
        // A socket has its queue to itself (`xdp_umem_assign_dev`).
        var port = try XDPSocketTransmitPort(
            .init(interfaceIndex: settings.interfaceIndex, queue: worker.index, minimumSlots: settings.minimumSlots),
            templates: worker.templates)
        return try worker.run(&port, ringBytes: port.ringBytes, ringNode: port.ringNode)
    }
}
