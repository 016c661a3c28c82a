/// What a transport checksum covers besides the segment: RFC 768, RFC 9293 section 3.1, RFC 8200 section 8.1.
public struct PseudoHeader: Equatable, Sendable {
    /// The addresses' sum, not folded.
    let addressSum: UInt32
    public let isIPv6: Bool

    public init(_ source: IPv4Address, _ destination: IPv4Address) {
        self.init(addresses: source.bytes + destination.bytes, isIPv6: false)
    }

    public init(_ source: IPv6Address, _ destination: IPv6Address) {
        self.init(addresses: source.bytes + destination.bytes, isIPv6: true)
    }

    /// - Parameter addresses: source and destination as they stand in the header.
    public init(addresses: some Sequence<UInt8>, isIPv6: Bool) {
        addressSum = InternetChecksum.sum(addresses)
        self.isIPv6 = isIPv6
    }

    /// Addresses, length and protocol, not folded.
    public func sum(protocolNumber: UInt8, lengthBytes: Int) -> UInt32 {
        UInt32(InternetChecksum.folded(addressSum)) &+ UInt32(protocolNumber) &+ UInt32(lengthBytes >> 16)
            &+ UInt32(lengthBytes & 0xFFFF)
    }

    /// The checksum over `segment`, whose checksum field is zero.
    public func checksum(protocolNumber: UInt8, _ segment: [UInt8]) -> UInt16 {
        InternetChecksum.finished(
            sum(protocolNumber: protocolNumber, lengthBytes: segment.count)
                &+ UInt32(InternetChecksum.folded(InternetChecksum.sum(segment))))
    }
}
