import Frames

/// Recipe to bytes, with every length and checksum right but for those that the recipe wants wrong.
public enum FrameBuilder {
    /// - Throws: `FrameError` if the headers and the signature don't fit the size, or a field is out of range.
    public static func build(_ recipe: FrameRecipe) throws(FrameError) -> FrameTemplate {
        try check(recipe)
        var bytes = FrameStack.build(layers(recipe))
        if recipe.network == .ipv4, recipe.faults.contains(.ipChecksum) { spoilHeader(&bytes, recipe) }
        return FrameTemplate(bytes: bytes, stampPoint: stampPoint(recipe, bytes))
    }

    /// Makes the IPv4 checksum wrong by one.
    private static func spoilHeader(_ bytes: inout [UInt8], _ recipe: FrameRecipe) {
        let offset = recipe.networkOffset + IPv4Field.checksum
        let right = UInt16(bytes[offset]) << 8 | UInt16(bytes[offset + 1])
        let wrong = InternetChecksum.finished(UInt32(~right) + 1)
        bytes[offset] = UInt8(wrong >> 8)
        bytes[offset + 1] = UInt8(truncatingIfNeeded: wrong)
    }

    private static func check(_ recipe: FrameRecipe) throws(FrameError) {
        guard recipe.sizeBytes >= recipe.minimumBytes else {
            throw .tooSmall(sizeBytes: recipe.sizeBytes, minimumBytes: recipe.minimumBytes)
        }
        let maximum =
            EthernetWire.maximumFrameBytes - (2 - min(recipe.vlans.count, 2)) * EthernetWire.tagBytes
            - (recipe.hasExcess ? FrameFault.excessBytes : 0)
        guard recipe.sizeBytes <= maximum else { throw .tooLarge(sizeBytes: recipe.sizeBytes, maximumBytes: maximum) }
        guard recipe.vlans.count <= 2 else { throw .tooManyVLANs(recipe.vlans.count) }
        for vlan in recipe.vlans where !(1...4094).contains(vlan) { throw .badVLAN(vlan) }
        guard recipe.dscp < 64 else { throw .badDSCP(recipe.dscp) }
    }

    /// Headers, the signature's place zeroed, and a pattern; the transport checksum is left at 0 for `Signature.stamp`.
    package static func layers(_ recipe: FrameRecipe) -> [any FrameLayer] {
        var layers: [any FrameLayer] = [EthernetLayer(destination: recipe.destination, source: recipe.source)]
        for (position, vlan) in recipe.vlans.enumerated() {
            let isInnermost = position == recipe.vlans.count - 1
            layers.append(VLANLayer(isInnermost ? .customerTag : .serviceTag, identifier: vlan))
        }
        if let network = network(recipe) {
            layers += recipe.encapsulation?.layers(recipe) ?? []
            layers += [network, transport(recipe)]
        }
        let payloadBytes = recipe.sizeBytes - EthernetWire.fcsBytes - recipe.headerBytes
        var payload = [UInt8](repeating: 0, count: Signature.byteCount) + PayloadPattern.bytes(count: payloadBytes - Signature.byteCount)
        if recipe.network == .raw {
            // No header says how long the frame is; its payload does.
            payload[Signature.byteCount] = UInt8(truncatingIfNeeded: payloadBytes >> 8)
            payload[Signature.byteCount + 1] = UInt8(truncatingIfNeeded: payloadBytes)
        }
        layers.append(PayloadLayer(payload))
        return layers
    }

    private static func network(_ recipe: FrameRecipe) -> (any FrameLayer)? {
        switch recipe.network {
        case .raw: return nil
        case .ipv4:
            var ip = IPv4Layer(source: recipe.sourceIPv4, destination: recipe.destinationIPv4)
            ip.trafficClass = recipe.dscp << 2
            // An identification of 0 is then allowed (RFC 6864 section 4).
            ip.dontFragment = true
            ip.timeToLive = recipe.timeToLive
            if recipe.faults.contains(.ipHeader) { ip.headerWords = FrameFault.shortHeaderWords }
            if recipe.excessNetworkBytes > 0 {
                ip.totalLength = UInt16(IPv4Field.headerBytes + transportBytes(recipe) + recipe.excessNetworkBytes)
            }
            return ip
        case .ipv6:
            var ip = IPv6Layer(source: recipe.sourceIPv6, destination: recipe.destinationIPv6)
            ip.trafficClass = recipe.dscp << 2
            ip.hopLimit = recipe.timeToLive
            if recipe.excessNetworkBytes > 0 { ip.payloadLength = UInt16(transportBytes(recipe) + recipe.excessNetworkBytes) }
            return ip
        }
    }

    private static func transport(_ recipe: FrameRecipe) -> any FrameLayer {
        switch recipe.transport {
        case .udp:
            var udp = UDPLayer(sourcePort: recipe.sourcePort, destinationPort: recipe.destinationPort, checksum: 0)
            if recipe.excessBytes > 0 { udp.length = UInt16(transportBytes(recipe) + recipe.excessBytes) }
            return udp
        case .tcp:
            // A data segment of a connection that nobody has.
            var tcp = TCPLayer(sourcePort: recipe.sourcePort, destinationPort: recipe.destinationPort, flags: [.ack, .psh])
            tcp.sequence = 1
            tcp.acknowledgement = 1
            tcp.window = 0xFFFF
            tcp.checksum = 0
            if recipe.faults.contains(.tcpHeader) { tcp.headerWords = FrameFault.shortHeaderWords }
            return tcp
        }
    }

    /// UDP's or TCP's header and what follows it.
    private static func transportBytes(_ recipe: FrameRecipe) -> Int {
        let headerBytes = recipe.transport == .udp ? UDPField.headerBytes : TCPField.headerBytes
        return recipe.sizeBytes - EthernetWire.fcsBytes - recipe.headerBytes + headerBytes
    }

    /// The checksum's sum over everything but the signature, for `Signature.stamp` to finish.
    ///
    /// - Parameter bytes: the frame, its transport checksum zero; addresses and ports are taken from here.
    package static func stampPoint(_ recipe: FrameRecipe, _ bytes: [UInt8]) -> StampPoint {
        let signatureOffset = UInt16(recipe.headerBytes)
        guard recipe.hasTransportChecksum else { return StampPoint(signatureOffset: signatureOffset) }
        let isUDP = recipe.transport == .udp
        let transportOffset = recipe.headerBytes - (isUDP ? UDPField.headerBytes : TCPField.headerBytes)
        // Recipes have no options and no extension headers: the addresses stand right in front.
        let addressBytes = recipe.network == .ipv4 ? 2 * 4 : 2 * 16
        let pseudoHeader = PseudoHeader(
            addresses: bytes[(transportOffset - addressBytes)..<transportOffset], isIPv6: recipe.network == .ipv6)
        let sum =
            pseudoHeader.sum(
                protocolNumber: isUDP ? UDPField.protocolNumber : TCPField.protocolNumber,
                // UDP's length stands here as well; TCP has none of its own, and its segment ends where the frame does.
                lengthBytes: bytes.count - transportOffset + (isUDP ? recipe.excessBytes : 0))
            + UInt32(InternetChecksum.folded(InternetChecksum.sum(bytes[transportOffset...])))
            // Wrong whatever is added to it: one more than right is never the same modulo 65 535.
            + (recipe.faults.contains(.transportChecksum) ? 1 : 0)
        return StampPoint(
            signatureOffset: signatureOffset,
            checksumOffset: UInt16(transportOffset + (isUDP ? UDPField.checksum : TCPField.checksum)), checksumSeed: sum)
    }
}
