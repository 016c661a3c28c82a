import Plans
import Ports

/// `ring`: AF_PACKET, PACKET_TX_RING, TPACKET_V2.
struct RingEngine: TransmitSide {
    package static let abilities = EngineName.ring.abilities

    package static var probe: SideProbe? { SideProbe(follows: "tx-ring", remedy: SideProbe.rawSocket) { "frame by frame" } }

    init(for setup: SideSetup) {}

    package func run(_ worker: TransmitWorker) throws -> TransmitWorker.Outcome {
        if worker.laysFrames {
            var port = try RingTransmitPort(worker.ringSettings, largestFrameBytes: worker.largestFrameBytes)
            return try worker.runStreams(&port, ringBytes: port.ringBytes, ringNode: port.ringNode)
        }
        var port = try RingTransmitPort(worker.ringSettings, templates: worker.templates)
        return try worker.run(&port, ringBytes: port.ringBytes, ringNode: port.ringNode)
    }
}
