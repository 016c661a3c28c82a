import ArgumentParser
import Frames

/// Two values with a comma or an arrow between them.
struct Pair<Value: Sendable>: Sendable {
    let source: Value
    let destination: Value

    init?(_ text: String, _ parse: (String) -> Value?) {
        let parts = text.replacing("->", with: ",").replacing("→", with: ",").split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count == 2, let source = parse(parts[0].withoutEnds(\.isWhitespace)),
            let destination = parse(parts[1].withoutEnds(\.isWhitespace))
        else { return nil }
        self.source = source
        self.destination = destination
    }
}

private func pair<Value>(_ what: String, _ example: String, _ parse: @escaping @Sendable (String) -> Value?)
    -> @Sendable (String) throws -> Pair<Value>
{
    text(what, "two with a comma between them, such as \(example)") { Pair($0, parse) }
}

/// The layers of one frame, from the command line. What isn't said is what scapy says: IPv4 with id 1 and TTL 64,
/// a TCP SYN with sequence number 0 and a window of 8192.
struct LayerOptions: ParsableArguments {
    @Option(
        help: "Source MAC address; that of the interface if left out.", transform: text("MAC address", "aa:bb:cc:dd:ee:ff", MACAddress.init)
    )
    var src: MACAddress?
    @Option(
        help:
            "Destination MAC address; if left out, that of the group an IP address names, broadcast for ARP, that of the veth's peer, or broadcast where it can't be found.",
        transform: text("MAC address", "aa:bb:cc:dd:ee:ff", MACAddress.init))
    var dst: MACAddress?
    @Option(help: ArgumentHelp("An 802.1Q tag; given twice, the first is a service tag (802.1ad).", valueName: "id"))
    var vlan: [UInt16] = []
    @Option(help: ArgumentHelp("An MPLS label; the last is the bottom of the stack.", valueName: "label"))
    var mpls: [UInt32] = []
    @Option(
        help: ArgumentHelp("IPv4 from one address to another.", valueName: "src,dst"),
        transform: pair("pair of IPv4 addresses", "1.1.1.1,2.2.2.2", { IPv4Address($0) }))
    var ipv4: Pair<IPv4Address>?
    @Option(
        help: ArgumentHelp("IPv6 from one address to another.", valueName: "src,dst"),
        transform: pair("pair of IPv6 addresses", "2001:2::1,2001:2::2", { IPv6Address($0) }))
    var ipv6: Pair<IPv6Address>?
    @Option(
        help: ArgumentHelp("TCP from one port to another.", valueName: "src,dst"),
        transform: pair("pair of ports", "1111,2222", { UInt16($0) }))
    var tcp: Pair<UInt16>?
    @Option(
        help: ArgumentHelp("UDP from one port to another.", valueName: "src,dst"),
        transform: pair("pair of ports", "1111,2222", { UInt16($0) }))
    var udp: Pair<UInt16>?
    @Option(
        help: ArgumentHelp("An ICMP echo request, or ICMPv6 with --ipv6.", valueName: "id,seq"),
        transform: pair("pair of numbers", "1,1", { UInt16($0) }))
    var icmp: Pair<UInt16>?
    @Option(
        help: ArgumentHelp("ARP: the first address asks who has the second.", valueName: "src,dst"),
        transform: pair("pair of IPv4 addresses", "1.1.1.1,2.2.2.2", { IPv4Address($0) }))
    var arp: Pair<IPv4Address>?
    @Option(help: "Time to live, or hop limit.") var ttl: UInt8 = 64
    @Option(help: "IPv4 type of service, or IPv6 traffic class.") var tos: UInt8 = 0
    @Option(help: "IPv4 identification.") var id: UInt16 = 1
    @Flag(help: "IPv4 don't fragment.") var df = false
    @Option(
        help: "TCP flags, such as SYN,ACK.", transform: text("set of TCP flags", "FIN,SYN,RST,PSH,ACK,URG,ECE,CWR or none", TCPFlags.init))
    var flags: TCPFlags = .syn
    @Option(help: "TCP sequence number.") var seq: UInt32 = 0
    @Option(help: "TCP acknowledgement number.") var ack: UInt32 = 0
    @Option(help: "TCP window.") var window: UInt16 = 8_192

    /// Whether any layer above Ethernet was asked for.
    var hasLayers: Bool {
        ipv4 != nil || ipv6 != nil || tcp != nil || udp != nil || icmp != nil || arp != nil || !vlan.isEmpty || !mpls.isEmpty
    }

    func validate() throws {
        let transports = [tcp != nil, udp != nil, icmp != nil, arp != nil].filter { $0 }.count
        guard transports <= 1 else { throw ValidationError("a frame has one of --tcp, --udp, --icmp and --arp; leave out the others") }
        guard ipv4 == nil || ipv6 == nil else { throw ValidationError("a frame has one of --ipv4 and --ipv6; leave out the other") }
        guard arp == nil || (ipv4 == nil && ipv6 == nil) else {
            throw ValidationError("--arp stands for itself; leave out --ipv4 and --ipv6")
        }
        guard arp == nil || mpls.isEmpty else { throw ValidationError("--mpls carries IP; leave out --arp") }
        guard vlan.count <= 2 else { throw ValidationError("\(vlan.count) VLAN tags are too many; use two at most") }
        for identifier in vlan where identifier > 4_095 { throw ValidationError("there is no VLAN \(identifier); use 0 to 4095") }
        for label in mpls where label > 0xF_FFFF { throw ValidationError("there is no MPLS label \(label); use 0 to 1048575") }
    }

    /// The MAC address that follows from what is asked for by itself: RFC 1112 section 6.4 for IPv4 groups, RFC 2464 section 7 for those of IPv6,
    /// all stations for ARP's question and the limited broadcast. Nil for a single station's, and behind MPLS, where the next router's is wanted.
    var groupAddress: MACAddress? {
        if arp != nil { return .broadcast }
        guard mpls.isEmpty else { return nil }
        if let address = ipv4?.destination.value {
            if address == .max { return .broadcast }
            return address >> 28 == 0xE ? MACAddress(value: 0x01_00_5E_00_00_00 | UInt64(address & 0x7F_FFFF)) : nil
        }
        if let address = ipv6?.destination, address.high >> 56 == 0xFF {
            return MACAddress(value: 0x33_33_00_00_00_00 | address.low & 0xFFFF_FFFF)
        }
        return nil
    }

    /// The frame's layers around `payload`. Ports without addresses stand on the addresses for benchmarks (RFC 2544
    /// appendix C.2.2).
    func layers(source: MACAddress, destination: MACAddress, payload: [UInt8]) -> [any FrameLayer] {
        var layers: [any FrameLayer] = [EthernetLayer(destination: dst ?? destination, source: src ?? source)]
        for (position, identifier) in vlan.enumerated() {
            layers.append(VLANLayer(position + 1 < vlan.count ? .serviceTag : .customerTag, identifier: identifier))
        }
        layers += mpls.map { MPLSLayer(label: $0) }
        if let arp {
            layers.append(
                ARPLayer(sender: src ?? source, senderAddress: arp.source, target: MACAddress(value: 0), targetAddress: arp.destination))
        } else if let ipv6 {
            var ip = IPv6Layer(source: ipv6.source, destination: ipv6.destination)
            ip.hopLimit = ttl
            ip.trafficClass = tos
            layers.append(ip)
        } else if ipv4 != nil || tcp != nil || udp != nil || icmp != nil || !mpls.isEmpty {
            var ip = IPv4Layer(
                source: ipv4?.source ?? IPv4Address(value: 0xC612_0001), destination: ipv4?.destination ?? IPv4Address(value: 0xC613_0001))
            ip.timeToLive = ttl
            ip.trafficClass = tos
            ip.identification = id
            ip.dontFragment = df
            layers.append(ip)
        }
        if let transport { layers.append(transport) }
        if !payload.isEmpty { layers.append(PayloadLayer(payload)) }
        return layers
    }

    private var transport: (any FrameLayer)? {
        if let tcp {
            var layer = TCPLayer(sourcePort: tcp.source, destinationPort: tcp.destination, flags: flags)
            layer.sequence = seq
            layer.acknowledgement = ack
            layer.window = window
            return layer
        }
        if let udp { return UDPLayer(sourcePort: udp.source, destinationPort: udp.destination) }
        guard let icmp else { return nil }
        return ipv6 == nil
            ? ICMPLayer.echo(identifier: icmp.source, sequence: icmp.destination)
            : ICMPv6Layer.echo(identifier: icmp.source, sequence: icmp.destination)
    }
}
