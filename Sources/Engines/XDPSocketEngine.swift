import Plans
import XDP

/// `af-xdp`: AF_XDP, copy mode.
struct XDPSocketEngine: TransmitSide {
    package static let abilities = EngineName.afXDP.abilities

    package static var probe: SideProbe? {
        SideProbe(needsPair: true, remedy: SideProbe.rawSocket + "; a kernel with CONFIG_XDP_SOCKETS (4.18)") {
            let template = try SideProbe.template()
            try SideProbe.onPair {
                _ = try XDPSocketTransmitPort(.init(interfaceIndex: $0, queue: 0, minimumSlots: 64), templates: [template])
            }
            return "AF_XDP sockets, copy mode"
        }
    }

    init(for setup: SideSetup) {}

    package func run(_ worker: TransmitWorker) throws -> TransmitWorker.Outcome {
        let settings = try worker.ringSettings
        // A socket has its queue to itself (`xdp_umem_assign_dev`).
        let own = XDPSocketTransmitPort.Settings(
            interfaceIndex: settings.interfaceIndex, queue: worker.index, minimumSlots: settings.minimumSlots)
        if worker.laysFrames {
            var port = try XDPSocketTransmitPort(own, largestFrameBytes: worker.largestFrameBytes)
            return try worker.runStreams(&port, ringBytes: port.ringBytes, ringNode: port.ringNode)
        }
        var port = try XDPSocketTransmitPort(own, templates: worker.templates)
        return try worker.run(&port, ringBytes: port.ringBytes, ringNode: port.ringNode)
    }
}
