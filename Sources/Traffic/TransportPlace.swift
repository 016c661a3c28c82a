import Frames
import Memory

/// Where UDP or TCP stands in a frame that somebody else has made: plain Ethernet, tags, IPv4 without options or
/// IPv6 without extension headers, no fragment.
@frozen
public struct TransportPlace: Equatable, Sendable {
    /// Of the source address; the destination's follows.
    public var addressOffset: Int
    public var isIPv6: Bool
    public var isUDP: Bool
    public var transportOffset: Int
    public var payloadOffset: Int
    /// Behind the payload's last byte, as the IP header says: what follows is padding.
    public var end: Int

    /// More are no tags but something else that looks so.
    @usableFromInline static let maximumTags = 4

    /// - Parameter frame: from the destination address on; the headers have to be there.
    /// - Returns: nil for anything else, and where lengths contradict each other.
    @inlinable
    public init?(_ frame: RawSpan) {
        let capturedBytes = frame.byteCount
        func word(_ offset: Int) -> Int { Int(frame.bigEndian(at: offset, as: UInt16.self)) }
        func byte(_ offset: Int) -> Int { frame.byte(offset) }
        guard capturedBytes >= 14 else { return nil }
        var network = 14
        var tags = 0
        // IEEE 802.1Q, 802.1ad, and what was used for stacked tags before.
        while word(network &- 2) == 0x8100 || word(network &- 2) == 0x88A8 || word(network &- 2) == 0x9100 {
            tags &+= 1
            network &+= 4
            guard tags <= Self.maximumTags, network <= capturedBytes else { return nil }
        }
        let networkEnd: Int
        let protocolNumber: Int
        switch word(network &- 2) {
        case 0x0800:
            guard network &+ 20 <= capturedBytes, byte(network) &>> 4 == 4 else { return nil }
            // RFC 791 section 3.1: no options, for a source route changes what checksums cover; no more fragments, and no offset.
            guard byte(network) & 15 == 5, word(network &+ 6) & 0x3FFF == 0 else { return nil }
            protocolNumber = byte(network &+ 9)
            networkEnd = network &+ word(network &+ 2)
            addressOffset = network &+ 12
            isIPv6 = false
            transportOffset = network &+ 20
        case 0x86DD:
            guard network &+ 40 <= capturedBytes, byte(network) &>> 4 == 6 else { return nil }
            protocolNumber = byte(network &+ 6)
            networkEnd = network &+ 40 &+ word(network &+ 4)
            addressOffset = network &+ 8
            isIPv6 = true
            transportOffset = network &+ 40
        default: return nil
        }
        switch protocolNumber {
        case 17:
            guard transportOffset &+ 8 <= capturedBytes else { return nil }
            isUDP = true
            payloadOffset = transportOffset &+ 8
            guard transportOffset &+ word(transportOffset &+ 4) == networkEnd else { return nil }
        case 6:
            guard transportOffset &+ 20 <= capturedBytes else { return nil }
            isUDP = false
            payloadOffset = transportOffset &+ (byte(transportOffset &+ 12) &>> 4) &* 4
            guard payloadOffset >= transportOffset &+ 20 else { return nil }
        default: return nil
        }
        guard payloadOffset <= networkEnd else { return nil }
        end = networkEnd
    }

    @inlinable public var payloadBytes: Int { end &- payloadOffset }
}

extension FrameTemplate {
    /// Where its UDP or TCP stands, if it is such a frame.
    package var transportPlace: TransportPlace? { bytes.read { TransportPlace($0) } }
}

extension StampPoint {
    /// For a signature at the start of the payload of a whole frame: UDP or TCP with room for it. The checksum will be right, whatever it was;
    /// UDP over IPv4 without one stays without.
    ///
    /// - Returns: nil for frames that can't carry one.
    public init?(in frame: [UInt8]) {
        guard let place = frame.read({ TransportPlace($0) }),
            place.end <= frame.count, place.payloadBytes >= Signature.byteCount
        else { return nil }
        let checksum = place.transportOffset + (place.isUDP ? UDPField.checksum : TCPField.checksum)
        self.init(signatureOffset: UInt16(place.payloadOffset))
        if place.isUDP, !place.isIPv6, frame[checksum] == 0, frame[checksum + 1] == 0 { return }
        let pseudoHeader = PseudoHeader(
            addresses: frame[place.addressOffset..<(place.addressOffset + (place.isIPv6 ? 32 : 8))], isIPv6: place.isIPv6)
        let signature = place.payloadOffset..<(place.payloadOffset + Signature.byteCount)
        // Each part begins at an even distance from the header's start, so their sums add up.
        let parts = [place.transportOffset..<checksum, (checksum + 2)..<signature.lowerBound, signature.upperBound..<place.end]
        checksumOffset = UInt16(checksum)
        checksumSeed = parts.reduce(
            pseudoHeader.sum(
                protocolNumber: place.isUDP ? UDPField.protocolNumber : TCPField.protocolNumber,
                lengthBytes: place.end - place.transportOffset)
        ) { $0 + UInt32(InternetChecksum.folded(InternetChecksum.sum(frame[$1]))) }
    }
}
