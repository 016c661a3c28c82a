import CLinux
import Frames
import Kernel
import Metrics

/// One network interface as rtnetlink describes it (RTM_NEWLINK).
public struct Link: Equatable, Sendable {
    public var index: Int
    public var name: String
    /// `IFLA_INFO_KIND`, such as `veth`; empty for hardware and loopback.
    public var kind: String
    /// `IFF_…` of if.h.
    public var flags: UInt32
    /// ARPHRD_… ; 1 is Ethernet.
    public var hardwareType: UInt16
    public var mtuBytes: Int
    public var address: MACAddress?
    public var queueingDiscipline: String
    public var transmitQueues: Int
    public var receiveQueues: Int
    /// `IFLA_LINK`: of a veth, its peer's index in the peer's namespace; 0 without one.
    public var peerIndex: Int
    /// `IFLA_LINK_NETNSID`: set when the peer lives in another namespace.
    public var peerNamespaceIdentifier: Int32?
    /// `IFLA_MASTER`: the bridge, bond or the like that it is a port of; 0 without one.
    public var masterIndex: Int
    public var carrierChanges: UInt32
    public var counters: Counters

    public typealias Counters = LinkCounters

    /// IFF_UP: an administrator switched it on.
    public var isUp: Bool { flags & 0x1 != 0 }
    /// IFF_LOWER_UP: the other end is on as well.
    public var hasCarrier: Bool { flags & 0x10000 != 0 }
    public var isEthernet: Bool { hardwareType == 1 }
    public var isLoopback: Bool { flags & 0x8 != 0 }

    /// Nil if `message` is no RTM_NEWLINK or lacks its name.
    init?(message: [UInt8]) {
        let headerBytes = MemoryLayout<nlmsghdr>.size
        guard message.count >= headerBytes + MemoryLayout<ifinfomsg>.size else { return nil }
        let header = message.withUnsafeBytes { $0.loadUnaligned(as: nlmsghdr.self) }
        guard header.nlmsg_type == UInt16(RTM_NEWLINK) else { return nil }
        let info = message.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: headerBytes, as: ifinfomsg.self) }
        let attributes = NetlinkAttributes(message[(headerBytes + MemoryLayout<ifinfomsg>.size)...])
        guard let name = attributes.string(UInt16(IFLA_IFNAME)) else { return nil }
        self.name = name
        index = Int(info.ifi_index)
        flags = info.ifi_flags
        hardwareType = info.ifi_type
        kind = attributes.nested(UInt16(IFLA_LINKINFO))?.string(UInt16(IFLA_INFO_KIND)) ?? ""
        mtuBytes = Int(attributes.integer(UInt16(IFLA_MTU), as: UInt32.self) ?? 0)
        address = attributes[UInt16(IFLA_ADDRESS)].flatMap { bytes in
            bytes.count == 6 ? MACAddress(value: bytes.reduce(0) { $0 << 8 | UInt64($1) }) : nil
        }
        queueingDiscipline = attributes.string(UInt16(IFLA_QDISC)) ?? ""
        transmitQueues = Int(attributes.integer(UInt16(IFLA_NUM_TX_QUEUES), as: UInt32.self) ?? 1)
        receiveQueues = Int(attributes.integer(UInt16(IFLA_NUM_RX_QUEUES), as: UInt32.self) ?? 1)
        peerIndex = Int(attributes.integer(UInt16(IFLA_LINK), as: UInt32.self) ?? 0)
        peerNamespaceIdentifier = attributes.integer(UInt16(IFLA_LINK_NETNSID), as: Int32.self)
        masterIndex = Int(attributes.integer(UInt16(IFLA_MASTER), as: UInt32.self) ?? 0)
        carrierChanges = attributes.integer(UInt16(IFLA_CARRIER_CHANGES), as: UInt32.self) ?? 0
        counters = Counters(attributes[UInt16(IFLA_STATS64)])
    }
}

extension Link.Counters {
    /// From the bytes of IFLA_STATS64; zeros where the kernel sent fewer.
    init(_ bytes: ArraySlice<UInt8>?) {
        self.init()
        guard let bytes, bytes.count >= 64 else { return }
        func word(_ position: Int) -> UInt64 {
            bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: position * 8, as: UInt64.self) }
        }
        // The order of struct rtnl_link_stats64.
        rxPackets = word(0)
        txPackets = word(1)
        rxBytes = word(2)
        txBytes = word(3)
        rxErrors = word(4)
        txErrors = word(5)
        rxDropped = word(6)
        txDropped = word(7)
    }

    /// What came on top of an earlier reading; right across a wrap.
    public static func - (after: Self, before: Self) -> Self {
        var difference = Self()
        for field in [
            \.rxPackets, \.txPackets, \.rxBytes, \.txBytes, \.rxErrors, \.txErrors, \.rxDropped, \.txDropped
        ] as [WritableKeyPath<Self, UInt64>] {
            difference[keyPath: field] = after[keyPath: field] &- before[keyPath: field]
        }
        return difference
    }
}
