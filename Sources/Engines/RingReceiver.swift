import Kernel
import Metrics
import Plans
import Ports

/// `ring`: AF_PACKET, PACKET_RX_RING, TPACKET_V3.
struct RingReceiver: ReceiveSide {
    package static let abilities = ReceiverName.ring.abilities

    package static var probe: SideProbe? {
        SideProbe(follows: "rx-ring-v3", remedy: SideProbe.rawSocket) { "every frame counted and timed" }
    }

    /// Nil for one reader alone.
    private let fanout: RingReceivePort.Settings.Fanout?

    init(for setup: SideSetup) {
        let frame = setup.plan.frame
        fanout =
            setup.placement.receive.count < 2
            ? nil
            : RingReceivePort.Settings.Fanout(
                group: UInt16(truncatingIfNeeded: ProcessFacts.identifier &* 31 &+ Int32(setup.trialIndex)),
                signatureOffsetBytes: setup.plan.mix.checks[0].signatureOffset, stripsOneTag: !frame.vlans.isEmpty)
    }

    package func run(_ worker: ReceiveWorker) throws -> ReceiveWorker.Outcome {
        let receive = worker.plan.receive
        let settings = RingReceivePort.Settings(
            interfaceIndex: worker.interfaceIndex, blockBytes: receive.blockBytes, blocks: receive.blocks,
            retireMilliseconds: receive.retireMilliseconds, snapBytes: receive.snapBytes, fanout: fanout)
        if worker.plan.sendsSuperframes {
            var port = try SuperframeReceivePort(settings, headerBytes: worker.plan.mix.checks[0].signatureOffset)
            return try worker.run(&port, ringBytes: port.ringBytes, ringNode: port.ringNode)
        }
        var port = try RingReceivePort(settings)
        let (ringBytes, ringNode) = (port.ringBytes, port.ringNode)
        guard let shift = worker.clockShift else { return try worker.run(&port, ringBytes: ringBytes, ringNode: ringNode) }
        var shifted = ShiftedReceivePort(port, shift: shift)
        return try worker.run(&shifted, ringBytes: ringBytes, ringNode: ringNode)
    }
}
