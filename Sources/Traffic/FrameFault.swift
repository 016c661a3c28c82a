import Frames

/// One way in which frames are wrong on purpose: so that it can be seen what a device, a driver or a stack makes of them.
///
/// Each is one fault: whatever else a frame says stays as right as it can be beside it, and the signature stays where it was, so that such frames are
/// counted as others are.
public enum FrameFault: String, Codable, CaseIterable, Sendable {
    /// The IPv4 header's checksum is wrong by one, in every frame.
    case ipChecksum = "ip-checksum"
    /// IP's length tells of `excessBytes` more than there are.
    case ipLength = "ip-length"
    /// The IPv4 header says that it has four words: RFC 791 section 3.1 asks for five.
    case ipHeader = "ip-header"
    /// UDP's length tells of `excessBytes` more than there are.
    case udpLength = "udp-length"
    /// The TCP header says that it has four words: RFC 9293 section 3.1 asks for five.
    case tcpHeader = "tcp-header"
    /// UDP's or TCP's checksum is wrong by one, in every frame.
    case transportChecksum = "transport-checksum"
    /// UDP's or TCP's checksum is 0 where one has to be: RFC 8200 section 8.1, RFC 9293 section 3.1.
    case zeroChecksum = "zero-checksum"
    /// The frame is shorter than Ethernet's least (IEEE 802.3 section 4.2.3.3: 64 bytes with the FCS), for its payload is the signature and a length alone.
    case runt

    /// What frames without IP carry behind the signature: how long their payload is.
    static let payloadLengthBytes = 2

    /// By how much a length is too large.
    static let excessBytes = 8
    /// One less than the least.
    static let shortHeaderWords: UInt8 = 4

    /// Whether frames of such headers can have it.
    ///
    /// UDP over IPv4 may go without a checksum (RFC 768): there a 0 is no fault.
    public func applies(to network: NetworkProtocol, _ transport: TransportProtocol) -> Bool {
        switch self {
        case .ipChecksum, .ipHeader: network == .ipv4
        case .ipLength, .transportChecksum: network != .raw
        case .udpLength: network != .raw && transport == .udp
        case .tcpHeader: network != .raw && transport == .tcp
        case .zeroChecksum: network == .ipv6 || network == .ipv4 && transport == .tcp
        // With IP's headers in front, a signature doesn't fit into less than 64 bytes.
        case .runt: network == .raw
        }
    }

    /// The frames that can have it, as a sentence goes on behind "left out".
    public var place: String {
        switch self {
        case .ipChecksum, .ipHeader: "IPv4"
        case .ipLength, .transportChecksum: "IPv4 or IPv6"
        case .udpLength: "UDP"
        case .tcpHeader: "TCP"
        case .zeroChecksum: "TCP, or of UDP over IPv6"
        case .runt: "the signature alone, without IP"
        }
    }
}

extension FrameRecipe {
    /// Whether the transport checksum is finished as the frame leaves.
    var hasTransportChecksum: Bool {
        guard network != .raw, !faults.contains(.zeroChecksum) else { return false }
        return transport == .tcp || network == .ipv6 || udpChecksum || faults.contains(.transportChecksum)
    }

    /// By how much the length is too large that tells receivers where the frame ends: UDP's own, or for TCP that of IP.
    var excessBytes: Int {
        guard network != .raw else { return 0 }
        return faults.contains(transport == .udp ? .udpLength : .ipLength) ? FrameFault.excessBytes : 0
    }

    /// What IP's length adds to the bytes that are there.
    var excessNetworkBytes: Int { network != .raw && faults.contains(.ipLength) ? FrameFault.excessBytes : 0 }

    /// Whether some length is larger than the frame.
    var hasExcess: Bool { excessBytes > 0 || excessNetworkBytes > 0 }
}
