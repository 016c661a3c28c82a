/// A way to transmit. There is none for `auto`: nobody has asked then, and a plan has what was chosen.
public enum EngineName: String, Codable, CaseIterable, Sendable {
    /// AF_PACKET, PACKET_TX_RING, TPACKET_V2.
    case ring
    /// The same ring, each slot cut into many frames by the stack (generic segmentation).
    case gso
    /// AF_PACKET, `sendmmsg(2)`.
    case mmsg
    /// AF_XDP, native copy mode.
    case afXDP = "af-xdp"
    /// XDP live frames: an eBPF program makes them, no socket and no skb.
    case xdp
    /// Nowhere: measures the harness itself.
    case null
}

/// A way to receive; nor is there one for `auto` here.
public enum ReceiverName: String, Codable, CaseIterable, Sendable {
    /// AF_PACKET, PACKET_RX_RING, TPACKET_V3.
    case ring
    /// AF_XDP: an XDP program redirects each queue's frames to a socket.
    case afXDP = "af-xdp"
    /// An XDP program on the receiving end.
    case xdp
    /// Nobody of ours: a load for somebody else's receiver.
    case none
    /// From nowhere: measures the harness itself; goes with the `null` engine.
    case null
}
