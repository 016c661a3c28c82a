/// A way to transmit.
public enum EngineName: String, Codable, CaseIterable, Sendable {
    /// The fastest that fits the plan and the privilege.
    case auto
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

/// A way to receive.
public enum ReceiverName: String, Codable, CaseIterable, Sendable {
    /// The fastest that fits the plan and the privilege.
    case auto
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

// Each name's row: the one place where a name leads to what it stands for. A new engine or receiver is a file in this folder, its name
// above and its row here.

extension EngineName {
    var side: any TransmitSide.Type {
        switch self {
        case .auto, .ring: RingEngine.self
        case .gso: SegmentEngine.self
        case .mmsg: MessageEngine.self
        case .afXDP: XDPSocketEngine.self
        case .xdp: LiveEngine.self
        case .null: NullEngine.self
        }
    }

    package var abilities: EngineAbilities { side.abilities }

    /// What it is in a replay, where `auto` has one choice; nil if it takes no frames but a plan's.
    package var replaying: EngineName? { self == .auto ? .ring : abilities.replays ? self : nil }

    /// All that take frames over a link, in the order in which they are compared.
    package static let contestants = allCases.filter { $0 != .auto && $0.abilities.needsLink }
}

extension ReceiverName {
    var side: any ReceiveSide.Type {
        switch self {
        case .auto, .ring: RingReceiver.self
        case .afXDP: XDPSocketReceiver.self
        case .xdp: ProgramReceiver.self
        case .none: NobodyReceiver.self
        case .null: NullReceiver.self
        }
    }

    package var abilities: ReceiverAbilities { side.abilities }

    /// What `auto` is with an engine; itself otherwise.
    package func settled(beside engine: EngineName) -> ReceiverName { self == .auto ? engine.abilities.receiver : self }

    /// What it is in a replay, where `auto` has one choice; nil if it counts no frames but a plan's.
    package var replaying: ReceiverName? { self == .auto ? .ring : abilities.replays ? self : nil }

    /// The one that leaves the frames to a program of somebody else's.
    package static let somebodyElse = none

    /// All that count frame by frame, in the order in which they are compared.
    package static let contestants = allCases.filter { $0 != .auto && $0.abilities.countsFrames }
}
