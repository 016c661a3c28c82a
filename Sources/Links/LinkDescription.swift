/// A link in the words of `ip -d -j link show`: every key that ip 6.1 prints for a veth, a loopback, a
/// bridge and its ports, with the same value. `peer`, `channels`, `features`, `features_fixed`, `statistics`
/// and `queues` are vethmark's own.
public struct LinkDescription: Encodable, Equatable, Sendable {
    public var index: Int
    /// The link below or the peer, in the same namespace; null for a tunnel that is bound to none.
    public var link: LinkValue?
    /// Its index, where it lives in another namespace.
    public var linkIndex: Int?
    public var linkNamespaceIdentifier: Int?
    public var name: String
    public var flags: [String]
    public var mtuBytes: Int
    public var queueingDiscipline: String
    /// The bridge or bond that it is a port of.
    public var master: String?
    public var operationalState: String
    public var linkMode: String?
    public var group: String?
    public var transmitQueueLength: Int?
    public var linkType: String
    public var address: String?
    public var broadcast: String?
    /// True for a point-to-point link, whose `broadcast` is then the other side's address.
    public var isPointToPoint: Bool?
    public var permanentAddress: String?
    public var protocolDown: Bool?
    public var promiscuity: Int?
    public var allMulticast: Int?
    public var minimumMTUBytes: Int?
    public var maximumMTUBytes: Int?
    public var information: LinkInformation?
    public var inet6AddressGenerationMode: String?
    public var transmitQueues: Int?
    public var receiveQueues: Int?
    public var gsoMaximumBytes: Int?
    public var gsoMaximumSegments: Int?
    public var tsoMaximumBytes: Int?
    public var tsoMaximumSegments: Int?
    public var groMaximumBytes: Int?
    public var physicalPortName: String?
    public var parentBus: String?
    public var parentDevice: String?
    public var xdp: XDPDescription?
    public var alias: String?
    public var alternativeNames: [String]?

    /// The other end of a veth.
    public var peer: LinkPeer?
    /// Nil, like all below, until `LinkTable.detailed` was asked, and where it can't be read.
    public var channels: LinkChannelCounts?
    /// By the names of `ethtool -k`.
    public var features: [String: Bool]?
    /// Those of them that nobody can switch.
    public var fixedFeatures: [String]?
    /// By the names of `ethtool -S`.
    public var statistics: [String: UInt64]?
    public var queues: LinkQueues?

    private enum CodingKeys: String, CodingKey {
        case index = "ifindex"
        case link
        case linkIndex = "link_index"
        case linkNamespaceIdentifier = "link_netnsid"
        case name = "ifname"
        case flags
        case mtuBytes = "mtu"
        case queueingDiscipline = "qdisc"
        case master
        case operationalState = "operstate"
        case linkMode = "linkmode"
        case group
        case transmitQueueLength = "txqlen"
        case linkType = "link_type"
        case address, broadcast
        case isPointToPoint = "link_pointtopoint"
        case permanentAddress = "permaddr"
        case protocolDown = "proto_down"
        case promiscuity
        case allMulticast = "allmulti"
        case minimumMTUBytes = "min_mtu"
        case maximumMTUBytes = "max_mtu"
        case information = "linkinfo"
        case inet6AddressGenerationMode = "inet6_addr_gen_mode"
        case transmitQueues = "num_tx_queues"
        case receiveQueues = "num_rx_queues"
        case gsoMaximumBytes = "gso_max_size"
        case gsoMaximumSegments = "gso_max_segs"
        case tsoMaximumBytes = "tso_max_size"
        case tsoMaximumSegments = "tso_max_segs"
        case groMaximumBytes = "gro_max_size"
        case physicalPortName = "phys_port_name"
        case parentBus = "parentbus"
        case parentDevice = "parentdev"
        case xdp
        case alias = "ifalias"
        case alternativeNames = "altnames"
        case peer, channels, features
        case fixedFeatures = "features_fixed"
        case statistics, queues
    }
}
