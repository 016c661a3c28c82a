import CLinux
import Frames
import Kernel

/// A link in the words of `ip -d -j link show`: the same keys, the same values, for all that both know,
/// and `peer` besides.
public struct LinkDescription: Codable, Equatable, Sendable {
    public struct Information: Codable, Equatable, Sendable {
        public var kind: String

        private enum CodingKeys: String, CodingKey { case kind = "info_kind" }
    }

    /// The other end of a veth, where it could be found.
    public struct Peer: Codable, Equatable, Sendable {
        public var index: Int
        public var name: String
        /// What people call its namespace; nil if it is the link's own.
        public var namespace: String?

        public init(index: Int, name: String, namespace: String?) {
            self.index = index
            self.name = name
            self.namespace = namespace
        }

        private enum CodingKeys: String, CodingKey {
            case index = "ifindex"
            case name = "ifname"
            case namespace = "netns"
        }
    }

    public var index: Int
    /// The link below or the peer, in the same namespace.
    public var link: String?
    /// Its index, where it lives in another namespace.
    public var linkIndex: Int?
    public var linkNamespaceIdentifier: Int?
    public var name: String
    public var flags: [String]
    public var mtuBytes: Int
    public var queueingDiscipline: String
    public var operationalState: String
    public var transmitQueueLength: Int?
    public var linkType: String
    public var address: String?
    public var broadcast: String?
    public var promiscuity: Int?
    public var minimumMTUBytes: Int?
    public var maximumMTUBytes: Int?
    public var information: Information?
    public var transmitQueues: Int?
    public var receiveQueues: Int?
    public var gsoMaximumBytes: Int?
    public var gsoMaximumSegments: Int?
    public var peer: Peer?

    private enum CodingKeys: String, CodingKey {
        case index = "ifindex"
        case link
        case linkIndex = "link_index"
        case linkNamespaceIdentifier = "link_netnsid"
        case name = "ifname"
        case flags
        case mtuBytes = "mtu"
        case queueingDiscipline = "qdisc"
        case operationalState = "operstate"
        case transmitQueueLength = "txqlen"
        case linkType = "link_type"
        case address, broadcast, promiscuity
        case minimumMTUBytes = "min_mtu"
        case maximumMTUBytes = "max_mtu"
        case information = "linkinfo"
        case transmitQueues = "num_tx_queues"
        case receiveQueues = "num_rx_queues"
        case gsoMaximumBytes = "gso_max_size"
        case gsoMaximumSegments = "gso_max_segs"
        case peer
    }

    /// Nil if `message` is no RTM_NEWLINK.
    init?(message: [UInt8]) {
        guard let summary = Link(message: message) else { return nil }
        let attributes = NetlinkAttributes(message[(MemoryLayout<nlmsghdr>.size + MemoryLayout<ifinfomsg>.size)...])
        func number(_ type: Int) -> Int? { attributes.integer(UInt16(type), as: UInt32.self).map { Int($0) } }
        func text(_ type: Int) -> String? { attributes[UInt16(type)].map(Self.hardwareAddress) }
        index = summary.index
        name = summary.name
        linkNamespaceIdentifier = summary.peerNamespaceIdentifier.map { Int($0) }
        linkIndex = linkNamespaceIdentifier == nil || summary.peerIndex == 0 ? nil : summary.peerIndex
        flags = LinkFlags.names(summary.flags)
        mtuBytes = summary.mtuBytes
        queueingDiscipline = summary.queueingDiscipline
        operationalState = LinkFlags.operationalState(attributes.integer(UInt16(IFLA_OPERSTATE), as: UInt8.self) ?? 0)
        transmitQueueLength = number(Int(IFLA_TXQLEN)).flatMap { $0 == 0 ? nil : $0 }
        linkType = LinkFlags.linkType(summary.hardwareType)
        address = text(Int(IFLA_ADDRESS))
        broadcast = text(Int(IFLA_BROADCAST))
        promiscuity = number(Int(IFLA_PROMISCUITY))
        minimumMTUBytes = number(Int(IFLA_MIN_MTU))
        maximumMTUBytes = number(Int(IFLA_MAX_MTU))
        information = summary.kind.isEmpty ? nil : Information(kind: summary.kind)
        transmitQueues = number(Int(IFLA_NUM_TX_QUEUES))
        receiveQueues = number(Int(IFLA_NUM_RX_QUEUES))
        gsoMaximumBytes = number(Int(IFLA_GSO_MAX_SIZE))
        gsoMaximumSegments = number(Int(IFLA_GSO_MAX_SEGS))
    }

    private static func hardwareAddress(_ bytes: ArraySlice<UInt8>) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: ":")
    }
}

/// Numbers of if.h and if_arp.h in the words of ip(8).
enum LinkFlags {
    /// The order in which ip prints them (`print_link_flags`).
    private static let ordered: [(bit: UInt32, name: String)] = [
        (0x8, "LOOPBACK"), (0x2, "BROADCAST"), (0x10, "POINTOPOINT"), (0x1000, "MULTICAST"), (0x80, "NOARP"), (0x200, "ALLMULTI"),
        (0x100, "PROMISC"), (0x400, "MASTER"), (0x800, "SLAVE"), (0x4, "DEBUG"), (0x8000, "DYNAMIC"), (0x4000, "AUTOMEDIA"),
        (0x2000, "PORTSEL"), (0x20, "NOTRAILERS"), (0x1, "UP"), (0x10000, "LOWER_UP"), (0x20000, "DORMANT"), (0x40000, "ECHO")
    ]

    static func names(_ flags: UInt32) -> [String] {
        let isUp = flags & 0x1 != 0
        let isRunning = flags & 0x40 != 0
        return (isUp && !isRunning ? ["NO-CARRIER"] : []) + ordered.filter { flags & $0.bit != 0 }.map(\.name)
    }

    /// RFC 2863, as the kernel numbers it (IF_OPER_…).
    static func operationalState(_ number: UInt8) -> String {
        let names = ["UNKNOWN", "NOTPRESENT", "DOWN", "LOWERLAYERDOWN", "TESTING", "DORMANT", "UP"]
        return Int(number) < names.count ? names[Int(number)] : "UNKNOWN"
    }

    static func linkType(_ hardwareType: UInt16) -> String {
        switch hardwareType {
        case 1: "ether"
        case 772: "loopback"
        case 65_534: "none"
        case 768: "ipip"
        case 776: "sit"
        case 778: "gre"
        default: "[\(hardwareType)]"
        }
    }
}
