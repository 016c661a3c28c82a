import CLinux

/// What a message about an interface says (RTM_NEWLINK, RTM_DELLINK): `struct ifinfomsg`, and the attributes behind it.
public struct LinkMessage: Sendable {
    /// RTM_NEWLINK and the like.
    public let type: UInt16
    /// AF_UNSPEC, or AF_BRIDGE for what a bridge says of its ports.
    public let family: UInt8
    public let index: Int
    /// IFF_UP and the like.
    public let flags: UInt32
    /// ARPHRD_ETHER and the like.
    public let hardwareType: UInt16
    public let attributes: NetlinkAttributes

    /// Nil if the message is too short to be one.
    public init?(_ message: [UInt8]) {
        let start = MemoryLayout<nlmsghdr>.size
        guard let header = kernelStruct(message, as: nlmsghdr.self),
            let information = kernelStruct(message, at: start, as: ifinfomsg.self)
        else { return nil }
        type = header.nlmsg_type
        family = information.ifi_family
        index = Int(information.ifi_index)
        flags = information.ifi_flags
        hardwareType = information.ifi_type
        attributes = NetlinkAttributes(message[(start + MemoryLayout<ifinfomsg>.size)...])
    }
}

/// What a message about a route says (RTM_NEWROUTE): `struct rtmsg`, and the attributes behind it.
public struct RouteMessage: Sendable {
    /// RTN_UNICAST and the like.
    public let type: UInt8
    /// Of the destination's prefix; 0 for a default route.
    public let destinationBits: UInt8
    public let attributes: NetlinkAttributes

    /// Nil if the message is too short to be one.
    public init?(_ message: [UInt8]) {
        let start = MemoryLayout<nlmsghdr>.size
        guard let route = kernelStruct(message, at: start, as: rtmsg.self) else { return nil }
        type = route.rtm_type
        destinationBits = route.rtm_dst_len
        attributes = NetlinkAttributes(message[(start + MemoryLayout<rtmsg>.size)...])
    }

    /// The interfaces of its next hops (RTA_MULTIPATH): a chain of `struct rtnexthop`.
    public var multipathLinks: [Int] {
        var links: [Int] = []
        var rest = attributes[UInt16(RTA_MULTIPATH.rawValue)] ?? []
        while let hop = kernelStruct(rest, as: rtnexthop.self), hop.rtnh_len >= 8 {
            links.append(Int(hop.rtnh_ifindex))
            rest = rest.dropFirst((Int(hop.rtnh_len) + 3) & ~3)
        }
        return links
    }
}

extension NetlinkAttributes {
    /// Those of a message whose own header is a single byte, padded to four (`struct rtgenmsg`, `struct netconfmsg`).
    public init(behindByteHeader message: [UInt8]) {
        self.init(message[min(MemoryLayout<nlmsghdr>.size + 4, message.count)...])
    }
}
