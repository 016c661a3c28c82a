/// Names of numbers, for people.
enum ProtocolNumbers {
    /// IEEE 802 numbers.
    static func etherType(_ value: UInt16) -> String {
        switch value {
        case EtherType.ipv4: "IPv4"
        case EtherType.arp: "ARP"
        case EtherType.customerTag: "802.1Q"
        case EtherType.ipv6: "IPv6"
        case EtherType.mpls: "MPLS"
        case EtherType.mplsMulticast: "MPLS multicast"
        case EtherType.serviceTag: "802.1ad"
        case EtherType.transparentEthernet: "Ethernet bridging"
        case EtherType.experimental: "local experimental 1"
        case 0x8035: "RARP"
        case 0x8809: "slow protocols"
        case EtherType.doubleTag: "802.1Q double tag"
        case EtherType.pppoeDiscovery: "PPPoE discovery"
        case EtherType.pppoeSession: "PPPoE session"
        case 0x888E: "802.1X"
        case EtherType.lldp: "LLDP"
        case 0x88F7: "PTP"
        default: "unknown"
        }
    }

    /// IANA's Assigned Internet Protocol Numbers.
    static func ip(_ value: UInt8) -> String {
        switch value {
        case 0: "hop-by-hop options"
        case 1: "ICMP"
        case 2: "IGMP"
        case 4: "IPv4"
        case 6: "TCP"
        case 17: "UDP"
        case 41: "IPv6"
        case 43: "IPv6 routing"
        case 44: "IPv6 fragment"
        case 47: "GRE"
        case 50: "ESP"
        case 51: "AH"
        case 58: "ICMPv6"
        case 59: "no next header"
        case 60: "IPv6 destination options"
        case 89: "OSPF"
        case 103: "PIM"
        case 112: "VRRP"
        case 132: "SCTP"
        case 137: "MPLS"
        default: "unknown"
        }
    }
}
