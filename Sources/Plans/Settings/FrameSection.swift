import Frames
import Traffic

/// What the frames are.
public struct FrameSection: SettingSection {
    public static let name = "frame"
    public static let title = "Frames"
    public static let shared = FrameSection()

    public let sizes = Setting<FrameSizes>(
        "frame.size", "Frame size in bytes, with the 4-byte FCS (RFC 2544); several come in turn.", .sizes,
        default: { "\($0.frame.sizes), or the least that holds the headers" },
        examples: "64", "[64, 512, 1518]", "64:7,594:4,1518:1", "64-1518", "imix", "imix-csit", flag: SettingFlag("--size", short: "s"))
    public let sourceAddress = Setting<MACAddress>(
        "frame.source-mac", "Source MAC address of the frames.", .macAddress,
        default: { _ in "that of the transmitting interface" }, examples: "\"02:00:00:00:00:01\"")
    public let destinationAddress = Setting<MACAddress>(
        "frame.destination-mac", "Destination MAC address of the frames.", .macAddress,
        default: { _ in "on a direct pair a station that isn't there, else that of the receiving interface" },
        examples: "\"02:00:00:00:00:02\"")
    public let vlans = Setting<[UInt16]>(
        "frame.vlans", "802.1Q tags, outermost first.",
        SettingKind<UInt16>.number(PlanBounds.vlan).list("a list of VLAN ids, each \(SettingBounds(PlanBounds.vlan).text)"),
        default: { _ in "none" }, examples: "[100]", "[100, 200]", "7", "7,8", flag: SettingFlag("--vlan", isRepeatable: true))

    public let encapsulation = Setting<Encapsulation>(
        "frame.encapsulation", "What carries the packets: outer headers in front of the network's own.", .encapsulation,
        default: { $0.frame.encapsulation.map { "\($0)" } ?? "none" },
        examples: "vxlan:42", "gre:7:192.0.2.1:192.0.2.2", "mpls:16001/16002", flag: SettingFlag("--encap"))

    public let network = Setting<NetworkProtocol>(
        "frame.network", "What follows Ethernet; `raw` is the signature alone behind EtherType 0x88B5.", .name,
        default: { $0.frame.network.rawValue }, examples: "ipv6")
    public let sourceIP = Setting<SettingAddress>(
        "frame.source-ip", "Source IP address, of the network's kind.", .ipAddress,
        default: { "\($0.frame.sourceIPv4) or \($0.frame.sourceIPv6)" }, examples: "198.18.7.1", "2001:2::7")
    public let destinationIP = Setting<SettingAddress>(
        "frame.destination-ip", "Destination IP address, of the network's kind.", .ipAddress,
        default: { "\($0.frame.destinationIPv4) or \($0.frame.destinationIPv6)" }, examples: "198.18.7.1", "2001:2::7")
    public let dscp = Setting<UInt8>(
        "frame.dscp", "Differentiated services code point.", .number(PlanBounds.dscp), default: { "\($0.frame.dscp)" }, examples: "46")
    public let timeToLive = Setting<UInt8>(
        "frame.ttl", "Time to live, or hop limit.", .number(PlanBounds.timeToLive), default: { "\($0.frame.timeToLive)" },
        examples: "1")

    public let transport = Setting<TransportProtocol>(
        "frame.transport", "What follows IP.", .name, default: { $0.frame.transport.rawValue }, examples: "tcp")
    public let sourcePort = Setting<UInt16>(
        "frame.source-port", "Source port.", .number(UInt16.min...UInt16.max), default: { "\($0.frame.sourcePort)" }, examples: "5000")
    public let destinationPort = Setting<UInt16>(
        "frame.destination-port", "Destination port.", .number(UInt16.min...UInt16.max), default: { "\($0.frame.destinationPort)" },
        examples: "53")
    public let udpChecksum = Setting<Bool>(
        "frame.udp-checksum", "Whether UDP over IPv4 carries a checksum; TCP, and UDP over IPv6, always do.", .truth,
        default: { "\($0.frame.udpChecksum)" }, examples: "true")
    public let malformed = Setting<[FrameFault]>(
        "frame.malformed", "What is wrong with every frame on purpose; docs/traffic.md tells what each word does.", .faults,
        default: { $0.frame.malformed.map(SettingKind.faults.text) ?? "none" }, examples: "[ip-checksum]", "udp-length,transport-checksum",
        flag: SettingFlag("--malformed", isRepeatable: true))
    public let flows = Setting<UInt64>(
        "frame.flows", "So many flows, by source port and address: 16,384 ports from the source port on, then the next address.",
        .flows, default: { _ in "one" }, examples: "1000", "1M")
    public let modifiers = Setting<[FieldModifier]>(
        "frame.modifiers", "Fields that take another value from frame to frame; docs/traffic.md has fields and values.",
        SettingKind<FieldModifier>.fieldRule.list(SettingKind<FieldModifier>.modifier.allowed), default: { _ in "none" },
        examples: "[\"ip.src=10.0.0.0/24\", \"udp.dstport=random:50\"]", "sourcePort=inc:100",
        flag: SettingFlag("--modify", isRepeatable: true))
    public let streams = Setting<[StreamRequest]>(
        "frame.streams",
        "Streams that take turns by their shares or rates, or keep a rate and a shape each, with what is their own of this section; docs/traffic.md tells more.",
        .streams, default: { _ in "none" },
        examples: "voice rate=8kpps dscp=46", "voice rate=8kpps; web rate=2kpps shape=poisson",
        "voice share=1 size=200 dscp=46; bulk share=9 size=1518",
        flag: SettingFlag("--stream", isRepeatable: true, separator: ";"))
}
