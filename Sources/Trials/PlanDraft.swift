import Frames
import Metrics

/// What was asked for, before it is known to be possible: every field optional, every value
/// already of its own type. A profile makes one, the flags make one, `applying` lays the second
/// over the first, and `TrialPlan(_:limits:)` turns the outcome into something that cannot be wrong.
public struct PlanDraft: Equatable, Sendable {
    public var link = Link()
    public var frame = Frame()
    public var load = Load()
    public var transmit = Transmit()
    public var receive = Receive()
    public var run = Run()

    public init() {}

    public struct Link: Equatable, Sendable {
        /// `IF[@NETNS]` that transmits; together with `receive`, or neither (a private pair is made), or alone where nobody of ours receives.
        public var transmit: InterfaceReference?
        /// `IF[@NETNS]` that receives.
        public var receive: InterfaceReference?
        public var mtuBytes: Int?
        public var transmitQueues: Int?
        public var receiveQueues: Int?
        public var transmitAddress: MACAddress?
        public var receiveAddress: MACAddress?
        public var gro: Bool?
        public var gso: Bool?
        public var tso: Bool?
        public var checksumOffload: Bool?
        /// Allow transmitting on an interface that carries a default route.
        public var force: Bool?
        /// Which CPU does the receiving.
        public var placement: PlacementName?
        public init() {}
    }

    public struct Frame: Equatable, Sendable {
        /// Sizes with FCS, RFC 2544 style, and how often each comes in turn.
        public var sizes: FrameSizes?
        public var sourceAddress: MACAddress?
        public var destinationAddress: MACAddress?
        /// 802.1Q tags, outermost first.
        public var vlans: [UInt16]?
        /// `ipv4`, `ipv6` or `raw` (EtherType 0x88B5, IEEE 802 local experimental).
        public var network: NetworkProtocol?
        public var sourceIPv4: IPv4Address?
        public var destinationIPv4: IPv4Address?
        public var sourceIPv6: IPv6Address?
        public var destinationIPv6: IPv6Address?
        /// `udp` or `tcp`.
        public var transport: TransportProtocol?
        public var sourcePort: UInt16?
        public var destinationPort: UInt16?
        public var dscp: UInt8?
        public var timeToLive: UInt8?
        /// Whether UDP over IPv4 carries a checksum (over IPv6, and for TCP, it always does).
        public var udpChecksum: Bool?
        public var modifiers: [FieldModifier]?
        public init() {}
    }

    public struct Load: Equatable, Sendable {
        public var rate: RateRequest?
        /// What `%` of line rate is a percentage of; a veth has no speed of its own.
        public var lineRate: BitRate?
        /// Frames in all, over all workers; 0 means no limit.
        public var frameCount: UInt64?
        /// Nanoseconds; 0 means until interrupted.
        public var durationNanoseconds: UInt64?
        public var warmupNanoseconds: UInt64?
        public init() {}
    }

    public struct Transmit: Equatable, Sendable {
        public var engine: EngineName?
        public var workers: Int?
        public var cpus: [Int]?
        /// Ring slots per worker.
        public var ringSlots: Int?
        /// Frames handed to the kernel in one call.
        public var batchFrames: Int?
        /// Ring frames as `linear` skbs (virtio-net header) or as page `fragments`.
        public var layout: SlotLayout?
        /// Frames that a slot of the `gso` engine is cut into.
        public var segments: Int?
        /// Skip the queueing discipline (PACKET_QDISC_BYPASS).
        public var qdiscBypass: Bool?
        public init() {}
    }

    public struct Receive: Equatable, Sendable {
        public var receiver: ReceiverName?
        public var workers: Int?
        public var cpus: [Int]?
        /// TPACKET_V3 `tp_block_size`.
        public var blockBytes: Int?
        /// TPACKET_V3 `tp_block_nr`.
        public var blocks: Int?
        /// TPACKET_V3 `tp_retire_blk_tov`.
        public var retireMilliseconds: Int?
        /// Bytes of each frame that the kernel copies into the ring; 0 leaves the choice to the plan.
        public var snapBytes: Int?
        /// Of the `xdp` and `af-xdp` receivers.
        public var xdpMode: XDPModeName?
        /// Of the `xdp` receiver.
        public var foreign: ForeignAction?
        /// SO_BUSY_POLL of the `af-xdp` receiver; 0 for none.
        public var busyPollMicroseconds: Int?
        public init() {}
    }

    public struct Run: Equatable, Sendable {
        public var repeats: Int?
        public var intervalNanoseconds: UInt64?
        public var seed: UInt64?
        public init() {}
    }
}
