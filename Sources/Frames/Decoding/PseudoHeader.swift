/// What a transport checksum covers besides the segment: RFC 768, RFC 9293 section 3.1, RFC 8200 section 8.1.
public struct PseudoHeader: Equatable, Sendable {
    /// The addresses' sums, not folded.
    private var sourceSum: UInt32
    private var destinationSum: UInt32
    public let isIPv6: Bool

    public init(_ source: IPv4Address, _ destination: IPv4Address) { self.init(source.bytes, destination.bytes, isIPv6: false) }
    public init(_ source: IPv6Address, _ destination: IPv6Address) { self.init(source.bytes, destination.bytes, isIPv6: true) }

    /// - Parameter addresses: source and destination as they stand in the header.
    public init(addresses: some Sequence<UInt8>, isIPv6: Bool) { self.init(addresses, [], isIPv6: isIPv6) }

    private init(_ source: some Sequence<UInt8>, _ destination: [UInt8], isIPv6: Bool) {
        sourceSum = InternetChecksum.sum(source)
        destinationSum = InternetChecksum.sum(destination)
        self.isIPv6 = isIPv6
    }

    /// What this becomes behind one more layer: a new IP header has new addresses, a route the packet's final destination, a home address
    /// option its true source.
    ///
    /// - Parameter current: nil outside of any IP header.
    static func behind(_ layer: any FrameLayer, _ current: PseudoHeader?) -> PseudoHeader? {
        var header = current
        switch layer {
        case let ip as IPv4Layer:
            header = PseudoHeader(ip.source, ip.destination)
            if let final = ip.finalDestination { header?.destinationSum = InternetChecksum.sum(final) }
        case let ip as IPv6Layer: header = PseudoHeader(ip.source, ip.destination)
        case let routing as IPv6RoutingLayer:
            if let final = routing.finalDestination { header?.destinationSum = InternetChecksum.sum(final) }
        case let options as IPv6OptionsLayer:
            if let home = options.homeAddress { header?.sourceSum = InternetChecksum.sum(home) }
        default: break
        }
        return header
    }

    /// Addresses, length and protocol, not folded.
    public func sum(protocolNumber: UInt8, lengthBytes: Int) -> UInt32 {
        UInt32(InternetChecksum.folded(sourceSum)) &+ UInt32(InternetChecksum.folded(destinationSum)) &+ UInt32(protocolNumber)
            &+ UInt32(lengthBytes >> 16)
            &+ UInt32(lengthBytes & 0xFFFF)
    }

    /// The checksum over `segment`, whose checksum field is zero.
    public func checksum(protocolNumber: UInt8, _ segment: [UInt8]) -> UInt16 {
        InternetChecksum.finished(
            sum(protocolNumber: protocolNumber, lengthBytes: segment.count)
                &+ UInt32(InternetChecksum.folded(InternetChecksum.sum(segment))))
    }
}
