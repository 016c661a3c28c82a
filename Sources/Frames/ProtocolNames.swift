/// What follows the Ethernet header.
public enum NetworkProtocol: String, Codable, CaseIterable, Sendable {
    case ipv4, ipv6
    /// The signature straight behind EtherType 0x88B5 (IEEE 802 local experimental 1).
    case raw
}

/// What follows the network header.
public enum TransportProtocol: String, Codable, CaseIterable, Sendable {
    case udp, tcp
}
