import Plans
import Ports

/// `null`: nowhere. Measures the harness itself.
struct NullEngine: TransmitSide {
    package static let abilities = EngineName.null.abilities

    init(for setup: SideSetup) {}

    package func run(_ worker: TransmitWorker) throws -> TransmitWorker.Outcome {
        var port = try NullTransmitPort(minimumSlots: worker.plan.transmit.ringSlots, templates: worker.templates)
        return try worker.run(&port, ringBytes: port.ringBytes, ringNode: port.ringNode)
    }
}
