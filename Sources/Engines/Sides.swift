import Plans

// Which side stands behind each name.

extension EngineName {
    package var side: any TransmitSide.Type {
        switch self {
        case .ring: RingEngine.self
        case .gso: SegmentEngine.self
        case .mmsg: MessageEngine.self
        case .afXDP: XDPSocketEngine.self
        case .xdp: LiveEngine.self
        case .null: NullEngine.self
        }
    }
}

extension ReceiverName {
    package var side: any ReceiveSide.Type {
        switch self {
        case .ring: RingReceiver.self
        case .afXDP: XDPSocketReceiver.self
        case .xdp: ProgramReceiver.self
        case .none: NobodyReceiver.self
        case .null: NullReceiver.self
        }
    }
}
