import Metrics

/// `ring`: AF_PACKET, PACKET_RX_RING, TPACKET_V3.
struct RingReceiver: ReceiveSide {
    static let abilities = ReceiverAbilities(hasSocketClock: true, reorderWindowFrames: SequenceTracker.defaultWindowFrames)
}
