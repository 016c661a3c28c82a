/// Recipe to bytes, with every length and checksum right.
public enum FrameBuilder {
    /// - Throws: `FrameError` if the headers and the signature don't fit the size, or a field is out of range.
    public static func build(_ recipe: FrameRecipe) throws(FrameError) -> FrameTemplate {
        try check(recipe)
        var frame = FrameBytes(count: recipe.sizeBytes - EthernetWire.fcsBytes)
        let networkOffset = layEthernet(recipe, into: &frame)
        let payloadOffset = recipe.headerBytes
        frame.fillPattern(from: payloadOffset + Signature.byteCount)
        guard recipe.network != .raw else {
            return FrameTemplate(bytes: frame.bytes, stampPoint: StampPoint(signatureOffset: UInt16(payloadOffset)))
        }
        let transportOffset = layNetwork(recipe, at: networkOffset, into: &frame)
        layTransport(recipe, at: transportOffset, into: &frame)
        return FrameTemplate(
            bytes: frame.bytes,
            stampPoint: stampPoint(recipe, networkOffset: networkOffset, transportOffset: transportOffset, frame))
    }

    private static func check(_ recipe: FrameRecipe) throws(FrameError) {
        guard recipe.sizeBytes >= recipe.minimumBytes else {
            throw .tooSmall(sizeBytes: recipe.sizeBytes, minimumBytes: recipe.minimumBytes)
        }
        let maximum = EthernetWire.maximumFrameBytes - (2 - min(recipe.vlans.count, 2)) * EthernetWire.tagBytes
        guard recipe.sizeBytes <= maximum else { throw .tooLarge(sizeBytes: recipe.sizeBytes, maximumBytes: maximum) }
        guard recipe.vlans.count <= 2 else { throw .tooManyVLANs(recipe.vlans.count) }
        for vlan in recipe.vlans where !(1...4094).contains(vlan) { throw .badVLAN(vlan) }
        guard recipe.dscp < 64 else { throw .badDSCP(recipe.dscp) }
    }

    /// - Returns: where the network header begins.
    private static func layEthernet(_ recipe: FrameRecipe, into frame: inout FrameBytes) -> Int {
        frame.set(EthernetField.destination, recipe.destination.bytes)
        frame.set(EthernetField.source, recipe.source.bytes)
        var offset = EthernetField.etherType
        for (position, vlan) in recipe.vlans.enumerated() {
            let isInnermost = position == recipe.vlans.count - 1
            frame.set16(offset, isInnermost ? EtherType.customerTag : EtherType.serviceTag)
            frame.set16(offset + VLANField.tagControl, vlan)
            offset += EthernetWire.tagBytes
        }
        frame.set16(offset, recipe.network.etherType)
        return offset + 2
    }

    /// - Returns: where the transport header begins.
    private static func layNetwork(_ recipe: FrameRecipe, at offset: Int, into frame: inout FrameBytes) -> Int {
        let length = frame.bytes.count - offset
        if recipe.network == .ipv4 {
            frame.set8(offset + IPv4Field.versionAndLength, 0x45)
            frame.set8(offset + IPv4Field.trafficClass, recipe.dscp << 2)
            frame.set16(offset + IPv4Field.totalLength, UInt16(length))
            // Don't fragment; an identification of 0 is then allowed (RFC 6864 section 4).
            frame.set16(offset + IPv4Field.flagsAndOffset, 0x4000)
            frame.set8(offset + IPv4Field.timeToLive, recipe.timeToLive)
            frame.set8(offset + IPv4Field.protocolNumber, recipe.transport.protocolNumber)
            frame.set(offset + IPv4Field.source, recipe.sourceIPv4.bytes)
            frame.set(offset + IPv4Field.destination, recipe.destinationIPv4.bytes)
            let header = frame.bytes[offset..<(offset + IPv4Field.headerBytes)]
            frame.set16(offset + IPv4Field.checksum, InternetChecksum.of(header))
            return offset + IPv4Field.headerBytes
        }
        frame.set16(offset + IPv6Field.versionAndClass, 0x6000 | UInt16(recipe.dscp) << 6)
        frame.set16(offset + IPv6Field.payloadLength, UInt16(length - IPv6Field.headerBytes))
        frame.set8(offset + IPv6Field.nextHeader, recipe.transport.protocolNumber)
        frame.set8(offset + IPv6Field.hopLimit, recipe.timeToLive)
        frame.set(offset + IPv6Field.source, recipe.sourceIPv6.bytes)
        frame.set(offset + IPv6Field.destination, recipe.destinationIPv6.bytes)
        return offset + IPv6Field.headerBytes
    }

    private static func layTransport(_ recipe: FrameRecipe, at offset: Int, into frame: inout FrameBytes) {
        // Both headers begin with the two ports.
        frame.set16(offset + UDPField.sourcePort, recipe.sourcePort)
        frame.set16(offset + UDPField.destinationPort, recipe.destinationPort)
        switch recipe.transport {
        case .udp:
            frame.set16(offset + UDPField.length, UInt16(frame.bytes.count - offset))
        case .tcp:
            // A data segment of a connection that nobody has: ACK and PSH, sequence numbers of 1.
            frame.set16(offset + TCPField.sequence + 2, 1)
            frame.set16(offset + TCPField.acknowledgement + 2, 1)
            frame.set8(offset + TCPField.dataOffset, UInt8(TCPField.headerBytes / 4) << 4)
            frame.set8(offset + TCPField.flags, 0x18)
            frame.set16(offset + TCPField.window, 0xFFFF)
        }
    }

    /// The checksum's sum over everything but the signature, for `Signature.stamp` to finish.
    private static func stampPoint(
        _ recipe: FrameRecipe, networkOffset: Int, transportOffset: Int, _ frame: FrameBytes
    ) -> StampPoint {
        let signatureOffset = UInt16(recipe.headerBytes)
        guard recipe.transport == .tcp || recipe.network == .ipv6 || recipe.udpChecksum else {
            return StampPoint(signatureOffset: signatureOffset)
        }
        let addresses =
            recipe.network == .ipv4
            ? frame.bytes[(networkOffset + IPv4Field.source)..<(networkOffset + IPv4Field.headerBytes)]
            : frame.bytes[(networkOffset + IPv6Field.source)..<(networkOffset + IPv6Field.headerBytes)]
        // The pseudo-header of RFC 768, RFC 9293 section 3.1 and RFC 8200 section 8.1: addresses, length, protocol.
        let length = UInt32(frame.bytes.count - transportOffset)
        let sum =
            UInt32(InternetChecksum.folded(InternetChecksum.sum(addresses)))
            + UInt32(recipe.transport.protocolNumber) + length
            + UInt32(InternetChecksum.folded(InternetChecksum.sum(frame.bytes[transportOffset...])))
        let field = recipe.transport == .udp ? UDPField.checksum : TCPField.checksum
        return StampPoint(
            signatureOffset: signatureOffset, checksumOffset: UInt16(transportOffset + field), checksumSeed: sum)
    }
}

extension NetworkProtocol {
    var etherType: UInt16 {
        switch self {
        case .ipv4: EtherType.ipv4
        case .ipv6: EtherType.ipv6
        case .raw: EtherType.experimental
        }
    }
}

extension TransportProtocol {
    var protocolNumber: UInt8 {
        switch self {
        case .udp: UDPField.protocolNumber
        case .tcp: TCPField.protocolNumber
        }
    }
}

/// A frame under construction; every store is bounds-checked.
struct FrameBytes {
    private(set) var bytes: [UInt8]

    init(count: Int) { bytes = [UInt8](repeating: 0, count: count) }

    mutating func set8(_ offset: Int, _ value: UInt8) { bytes[offset] = value }

    mutating func set16(_ offset: Int, _ value: UInt16) {
        bytes[offset] = UInt8(value >> 8)
        bytes[offset + 1] = UInt8(truncatingIfNeeded: value)
    }

    mutating func set(_ offset: Int, _ value: [UInt8]) { bytes.replaceSubrange(offset..<(offset + value.count), with: value) }

    /// Counts up from 0, so that a cut or shifted payload is seen.
    mutating func fillPattern(from offset: Int) {
        for position in offset..<bytes.count { bytes[position] = UInt8(truncatingIfNeeded: position - offset) }
    }
}
