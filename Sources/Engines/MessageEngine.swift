import Kernel
import Plans
import Ports

/// `mmsg`: AF_PACKET, `sendmmsg(2)`.
struct MessageEngine: TransmitSide {
    package static let abilities = EngineName.mmsg.abilities

    package static var probe: SideProbe? {
        SideProbe(needsPair: true, remedy: SideProbe.rawSocket) {
            try SideProbe.onPair { _ in _ = try PacketSocket() }
            return "sendmmsg on a packet socket"
        }
    }

    init(for setup: SideSetup) {}

    package func run(_ worker: TransmitWorker) throws -> TransmitWorker.Outcome {
        if worker.laysFrames {
            var port = try MessageTransmitPort(worker.ringSettings, largestFrameBytes: worker.largestFrameBytes)
            return try worker.runStreams(&port, ringBytes: port.ringBytes, ringNode: port.ringNode)
        }
        var port = try MessageTransmitPort(worker.ringSettings, templates: worker.templates)
        return try worker.run(&port, ringBytes: port.ringBytes, ringNode: port.ringNode)
    }
}
