import Kernel
import Ports

/// `mmsg`: AF_PACKET, `sendmmsg(2)`.
struct MessageEngine: TransmitSide {
    static let abilities = EngineAbilities(replays: true)

    static func ringBytes(_ transmit: TrialPlan.Transmit, _ frame: TrialPlan.Frame) -> Int {
        transmit.wholeFrameRingBytes(frame)
    }

    static var probe: SideProbe? {
        SideProbe(needsPair: true, remedy: SideProbe.rawSocket) {
            try SideProbe.onPair { _ in _ = try PacketSocket() }
            return "sendmmsg on a packet socket"
        }
    }

    init(for setup: SideSetup) {}

    func run(_ worker: TransmitWorker) throws -> TransmitWorker.Outcome {
        var port = try MessageTransmitPort(worker.ringSettings, templates: worker.templates)
        return try worker.run(&port, ringBytes: port.ringBytes, ringNode: port.ringNode)
    }
}
