import Frames

/// The header from which on the kernel finishes frames that it cuts out of a slot.
public struct SegmentedTransport: Equatable, Sendable {
    /// SKB_GSO_UDP_L4, SKB_GSO_TCPV4, SKB_GSO_TCPV6.
    public enum Kind: Sendable {
        /// Each frame has a UDP header with a length of its own (`__udp_gso_segment`).
        case udp
        /// Each frame's sequence number is a payload further than the one before, and FIN and PSH are the last one's (`tcp_gso_segment`).
        case tcpIPv4, tcpIPv6
    }

    public let kind: Kind
    /// From the frame's first byte to the header.
    public let offset: Int
    /// Folded, for CHECKSUM_PARTIAL. Of UDP with the length of one frame, which its header tells; of TCP without a length, for the kernel wants that of the whole slot.
    public let pseudoHeaderSum: UInt16

    public init(_ kind: Kind, offset: Int, pseudoHeaderSum: UInt16) {
        (self.kind, self.offset, self.pseudoHeaderSum) = (kind, offset, pseudoHeaderSum)
    }

    /// From the header to its checksum: RFC 768, RFC 9293 section 3.1.
    public var checksumOffset: Int { kind == .udp ? UDPField.checksum : TCPField.checksum }
}
