/// The protocols that frames are read and built of.
public enum LayerKind: String, CaseIterable, Sendable {
    case ethernet, serviceTag, customerTag, doubleTag, llc, snap, stp, lldp, arp, mpls, pppoeDiscovery, pppoeSession, ppp
    case ipv4, ipv6, hopByHop, destinationOptions, routing, fragment, ah
    case icmp, icmpv6, igmp, udp, tcp, sctp, gre, vxlan, geneve, signature, payload

    var type: any FrameLayer.Type {
        switch self {
        case .ethernet: EthernetLayer.self
        case .serviceTag, .customerTag, .doubleTag: VLANLayer.self
        case .llc: LLCLayer.self
        case .snap: SNAPLayer.self
        case .stp: STPLayer.self
        case .lldp: LLDPLayer.self
        case .arp: ARPLayer.self
        case .mpls: MPLSLayer.self
        case .pppoeDiscovery, .pppoeSession: PPPoELayer.self
        case .ppp: PPPLayer.self
        case .ipv4: IPv4Layer.self
        case .ipv6: IPv6Layer.self
        case .hopByHop, .destinationOptions: IPv6OptionsLayer.self
        case .routing: IPv6RoutingLayer.self
        case .fragment: IPv6FragmentLayer.self
        case .ah: AuthenticationLayer.self
        case .icmp: ICMPLayer.self
        case .icmpv6: ICMPv6Layer.self
        case .igmp: IGMPLayer.self
        case .udp: UDPLayer.self
        case .tcp: TCPLayer.self
        case .sctp: SCTPLayer.self
        case .gre: GRELayer.self
        case .vxlan: VXLANLayer.self
        case .geneve: GeneveLayer.self
        case .signature: SignatureLayer.self
        case .payload: PayloadLayer.self
        }
    }

    /// What people read over its fields.
    public var title: String {
        switch self {
        case .ethernet: "Ethernet"
        case .serviceTag: "802.1ad"
        case .customerTag: "802.1Q"
        case .doubleTag: "802.1Q (0x9100)"
        case .llc: "LLC"
        case .snap: "SNAP"
        case .stp: "STP"
        case .lldp: "LLDP"
        case .arp: "ARP"
        case .mpls: "MPLS"
        case .pppoeDiscovery: "PPPoE discovery"
        case .pppoeSession: "PPPoE"
        case .ppp: "PPP"
        case .ipv4: "IPv4"
        case .ipv6: "IPv6"
        case .hopByHop: "IPv6 hop-by-hop options"
        case .destinationOptions: "IPv6 destination options"
        case .routing: "IPv6 routing"
        case .fragment: "IPv6 fragment"
        case .ah: "AH"
        case .icmp: "ICMP"
        case .icmpv6: "ICMPv6"
        case .igmp: "IGMP"
        case .udp: "UDP"
        case .tcp: "TCP"
        case .sctp: "SCTP"
        case .gre: "GRE"
        case .vxlan: "VXLAN"
        case .geneve: "GENEVE"
        case .signature: "vethmark"
        case .payload: "Payload"
        }
    }

    /// What display filters call it: Wireshark's names where Wireshark has one.
    public var filterName: String {
        switch self {
        case .ethernet: "eth"
        case .serviceTag: "ieee8021ad"
        case .customerTag, .doubleTag: "vlan"
        case .pppoeDiscovery: "pppoed"
        case .pppoeSession: "pppoes"
        case .snap: "llc"
        case .ipv4: "ip"
        case .hopByHop: "ipv6.hopopts"
        case .destinationOptions: "ipv6.dstopts"
        case .routing: "ipv6.routing"
        case .fragment: "ipv6.fraghdr"
        case .signature: "vethmark"
        case .payload: "data"
        default: rawValue
        }
    }

    /// IEEE 802 numbers; nil for what doesn't stand behind an EtherType.
    var etherType: UInt16? {
        switch self {
        case .serviceTag: EtherType.serviceTag
        case .customerTag: EtherType.customerTag
        case .doubleTag: EtherType.doubleTag
        case .lldp: EtherType.lldp
        case .pppoeDiscovery: EtherType.pppoeDiscovery
        case .pppoeSession: EtherType.pppoeSession
        case .arp: EtherType.arp
        case .mpls: EtherType.mpls
        case .ipv4: EtherType.ipv4
        case .ipv6: EtherType.ipv6
        case .ethernet: EtherType.transparentEthernet
        case .signature: EtherType.experimental
        default: nil
        }
    }

    /// - Parameters:
    ///   - etherType: from Ethernet, a tag, SNAP, GRE or GENEVE.
    ///   - reader: stands at what is announced.
    static func behind(etherType: UInt16, _ reader: ByteReader) -> LayerKind {
        switch etherType {
        case EtherType.mplsMulticast: .mpls
        case EtherType.experimental: SignatureLayer.begins(reader) ? .signature : .payload
        default: allCases.first { $0.etherType == etherType } ?? .payload
        }
    }

    /// IANA's Assigned Internet Protocol Numbers.
    package var protocolNumber: UInt8? {
        switch self {
        case .hopByHop: 0
        case .icmp: 1
        case .igmp: 2
        case .ipv4: 4
        case .tcp: TCPField.protocolNumber
        case .udp: UDPField.protocolNumber
        case .ipv6: 41
        case .routing: 43
        case .fragment: 44
        case .gre: 47
        case .ah: 51
        case .icmpv6: 58
        case .destinationOptions: 60
        case .sctp: 132
        case .mpls: 137
        default: nil
        }
    }

    /// Behind an IP header of either version.
    static func behind(protocolNumber: UInt8, isIPv6: Bool) -> LayerKind {
        guard let kind = allCases.first(where: { $0.protocolNumber == protocolNumber }) else { return .payload }
        switch kind {
        case .hopByHop, .routing, .fragment, .destinationOptions, .icmpv6: return isIPv6 ? kind : .payload
        case .icmp, .igmp: return isIPv6 ? .payload : kind
        default: return kind
        }
    }

    /// Behind an authentication header, which either version may have in front of it: each number means one thing only.
    static func behindAuthentication(protocolNumber: UInt8) -> LayerKind {
        allCases.first { $0.protocolNumber == protocolNumber } ?? .payload
    }
}
