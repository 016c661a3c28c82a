import Plans
import Ports

/// `null`: nowhere. Measures the harness itself.
struct NullEngine: TransmitSide {
    package static let abilities = EngineName.null.abilities

    init(for setup: SideSetup) {}

    package func run(_ worker: TransmitWorker) throws -> TransmitWorker.Outcome {
        if worker.laysFrames {
            var port = try NullTransmitPort(minimumSlots: worker.plan.transmit.ringSlots, largestFrameBytes: worker.largestFrameBytes)
            return try worker.runStreams(&port, ringBytes: port.ringBytes, ringNode: port.ringNode)
        }
        var port = try NullTransmitPort(minimumSlots: worker.plan.transmit.ringSlots, templates: worker.templates)
        return try worker.run(&port, ringBytes: port.ringBytes, ringNode: port.ringNode)
    }
}
