import Ports

/// `null`: nowhere. Measures the harness itself.
struct NullEngine: TransmitSide {
    static let abilities = EngineAbilities(needsLink: false, receiver: .null)

    static func ringBytes(_ transmit: TrialPlan.Transmit, _ frame: TrialPlan.Frame) -> Int {
        transmit.wholeFrameRingBytes(frame)
    }

    init(for setup: SideSetup) {}

    func run(_ worker: TransmitWorker) throws -> TransmitWorker.Outcome {
        var port = try NullTransmitPort(minimumSlots: worker.plan.transmit.ringSlots, templates: worker.templates)
        return try worker.run(&port, ringBytes: port.ringBytes, ringNode: port.ringNode)
    }
}
