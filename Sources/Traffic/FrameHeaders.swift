import Frames
import Memory

/// Where the headers of a frame stand that somebody else has made: Ethernet, tags, the first IP header, and UDP or TCP behind it. Nothing is
/// allocated, so that it can be asked of every frame of a file.
package struct FrameHeaders: Equatable, Sendable {
    /// The innermost of its kind, from the control bits on.
    package private(set) var serviceTag: Int?
    package private(set) var customerTag: Int?
    package private(set) var ipv4: Int?
    package private(set) var ipv6: Int?
    /// Nil in fragments behind the first.
    package private(set) var udp: Int?
    package private(set) var tcp: Int?
    /// Of UDP, TCP or ICMPv6, which cover the addresses; 0 where there is none, or UDP goes without.
    package private(set) var transportChecksum = 0
    /// Whether `transportChecksum` is all that another address would make wrong. A source route or a home address has the checksum cover
    /// other addresses, an authentication header covers all of them, and a first fragment can end in front of the checksum.
    package private(set) var addressesMayMove = true

    /// - Parameter frame: from the destination address on.
    package init(_ frame: RawSpan) {
        guard frame.byteCount >= EthernetWire.headerBytes else { return }
        var type = frame.bigEndian(at: 12, as: UInt16.self)
        var offset = EthernetWire.headerBytes
        var tags = 0
        while type == EtherType.customerTag || type == EtherType.serviceTag || type == EtherType.doubleTag {
            tags += 1
            guard tags <= TransportPlace.maximumTags, offset + EthernetWire.tagBytes <= frame.byteCount else { return }
            if type == EtherType.serviceTag { serviceTag = offset } else { customerTag = offset }
            type = frame.bigEndian(at: offset + 2, as: UInt16.self)
            offset += EthernetWire.tagBytes
        }
        switch type {
        case EtherType.ipv4: readIPv4(frame, offset)
        case EtherType.ipv6: readIPv6(frame, offset)
        default: break
        }
    }

    package func offset(of header: LayerKind) -> Int? {
        switch header {
        case .ethernet: 0
        case .serviceTag: serviceTag
        case .customerTag, .doubleTag: customerTag
        case .ipv4: ipv4
        case .ipv6: ipv6
        case .udp: udp
        case .tcp: tcp
        default: nil
        }
    }

    private mutating func readIPv4(_ frame: RawSpan, _ start: Int) {
        guard start + IPv4Field.headerBytes <= frame.byteCount else { return }
        let headerBytes = (frame.byte(start) & 15) * 4
        guard frame.byte(start) >> 4 == 4, headerBytes >= IPv4Field.headerBytes, start + headerBytes <= frame.byteCount else { return }
        ipv4 = start
        if Self.hasSourceRoute(frame, (start + IPv4Field.headerBytes)..<(start + headerBytes)) { addressesMayMove = false }
        // 0 stands in what offloads left to be filled in.
        let total = Int(frame.bigEndian(at: start + 2, as: UInt16.self))
        let end = total == 0 ? frame.byteCount : min(frame.byteCount, start + total)
        readTransport(
            frame, start + headerBytes, end, protocolNumber: UInt8(frame.byte(start + 9)),
            isFirst: frame.bigEndian(at: start + 6, as: UInt16.self) & 0x1FFF == 0)
    }

    /// Loose or strict: RFC 791 section 3.1.
    private static func hasSourceRoute(_ frame: RawSpan, _ options: Range<Int>) -> Bool {
        var offset = options.lowerBound
        while offset < options.upperBound {
            switch frame.byte(offset) {
            case 0: return false
            case 1: offset += 1
            case 131, 137: return true
            default:
                guard offset + 1 < options.upperBound, frame.byte(offset + 1) >= 2 else { return false }
                offset += frame.byte(offset + 1)
            }
        }
        return false
    }

    private mutating func readIPv6(_ frame: RawSpan, _ start: Int) {
        guard start + IPv6Field.headerBytes <= frame.byteCount, frame.byte(start) >> 4 == 6 else { return }
        ipv6 = start
        let payload = Int(frame.bigEndian(at: start + 4, as: UInt16.self))
        let end = payload == 0 ? frame.byteCount : min(frame.byteCount, start + IPv6Field.headerBytes + payload)
        var offset = start + IPv6Field.headerBytes
        var next = UInt8(frame.byte(start + 6))
        var isFirst = true
        while isFirst, let kind = Self.extensionHeader(next) {
            guard offset + 8 <= end else {
                // What stands behind it nobody can tell.
                addressesMayMove = false
                return
            }
            next = UInt8(frame.byte(offset))
            if kind == .routing || kind == .destinationOptions { addressesMayMove = false }
            if kind == .fragment {
                isFirst = frame.bigEndian(at: offset + 2, as: UInt16.self) >> 3 == 0
                offset += 8
            } else {
                offset += (frame.byte(offset + 1) + 1) * 8
            }
        }
        readTransport(frame, offset, end, protocolNumber: next, isFirst: isFirst)
    }

    private static func extensionHeader(_ number: UInt8) -> LayerKind? {
        switch number {
        case LayerKind.hopByHop.protocolNumber: .hopByHop
        case LayerKind.destinationOptions.protocolNumber: .destinationOptions
        case LayerKind.routing.protocolNumber: .routing
        case LayerKind.fragment.protocolNumber: .fragment
        default: nil
        }
    }

    private mutating func readTransport(_ frame: RawSpan, _ start: Int, _ end: Int, protocolNumber: UInt8, isFirst: Bool) {
        if protocolNumber == LayerKind.ah.protocolNumber { addressesMayMove = false }
        guard isFirst else { return }
        let (headerBytes, checksum): (Int, Int)
        switch protocolNumber {
        case UDPField.protocolNumber: (headerBytes, checksum) = (UDPField.headerBytes, UDPField.checksum)
        case TCPField.protocolNumber: (headerBytes, checksum) = (20, TCPField.checksum)
        case LayerKind.icmpv6.protocolNumber where ipv6 != nil: (headerBytes, checksum) = (4, 2)
        default: return
        }
        guard start + headerBytes <= end else {
            addressesMayMove = false
            return
        }
        let isUDP = protocolNumber == UDPField.protocolNumber
        if isUDP { udp = start }
        if protocolNumber == TCPField.protocolNumber { tcp = start }
        // RFC 768: none; over IPv6, RFC 6935.
        if isUDP && frame.bigEndian(at: start + checksum, as: UInt16.self) == 0 { return }
        transportChecksum = start + checksum
    }
}
