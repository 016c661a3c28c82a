import CLinux
import Frames
import Kernel

/// What to change on a link; nil leaves it as it is.
public struct LinkChanges: Equatable, Sendable {
    public var up: Bool?
    public var mtuBytes: Int?
    public var address: MACAddress?
    /// IFLA_IFNAME: the new name.
    public var name: String?
    /// IFLA_TXQLEN: packets that a qdisc may hold.
    public var transmitQueueLength: Int?
    /// Only true does anything.
    public var withoutIPv6Address: Bool?

    public init(
        up: Bool? = nil, mtuBytes: Int? = nil, address: MACAddress? = nil, name: String? = nil, transmitQueueLength: Int? = nil,
        withoutIPv6Address: Bool? = nil
    ) {
        self.up = up
        self.mtuBytes = mtuBytes
        self.address = address
        self.name = name
        self.transmitQueueLength = transmitQueueLength
        self.withoutIPv6Address = withoutIPv6Address
    }

    public var isEmpty: Bool { self == LinkChanges() }

    /// RTM_NEWLINK for the link with this index.
    func request(index: Int) -> NetlinkRequest {
        var header = ifinfomsg()
        header.ifi_index = Int32(index)
        if let up {
            // IFF_UP
            header.ifi_change = 1
            header.ifi_flags = up ? 1 : 0
        }
        var request = NetlinkRequest(type: UInt16(RTM_NEWLINK), header: header)
        if let name { request.add(Int(IFLA_IFNAME), string: name) }
        if let mtuBytes { request.add(Int(IFLA_MTU), UInt32(mtuBytes)) }
        if let address { request.add(Int(IFLA_ADDRESS), bytes: address.bytes) }
        if let transmitQueueLength { request.add(Int(IFLA_TXQLEN), UInt32(transmitQueueLength)) }
        if withoutIPv6Address == true {
            // No link-local address: no duplicate detection, no router solicitation, hence no frame
            // of the kernel's own among ours (IN6_ADDR_GEN_MODE_NONE).
            request.nest(Int(IFLA_AF_SPEC)) { families in
                families.nest(Int(AF_INET6)) { inet6 in
                    inet6.add(Int(IFLA_INET6_ADDR_GEN_MODE), UInt8(IN6_ADDR_GEN_MODE_NONE.rawValue))
                }
            }
        }
        return request
    }
}
