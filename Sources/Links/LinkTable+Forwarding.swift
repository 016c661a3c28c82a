import CLinux
import Glibc
import Kernel

extension LinkTable {
    /// Whether a packet that came in for this station would leave again: its way, if the namespace would route it on.
    ///
    /// The kernel is asked what it would do with such a packet (RTM_GETROUTE with RTA_IIF runs `ip_route_input`, reverse path filters
    /// included). What netfilter or a tc program would do, nobody can ask.
    ///
    /// - Parameters:
    ///   - source: 4 bytes or 16, as `destination`.
    ///   - index: the interface it came by.
    /// - Returns: the interface that it would leave by; nil if it would end here, be dropped or be answered.
    /// - Throws: `SystemError`.
    public func wayOut(source: [UInt8], destination: [UInt8], arrivingBy index: Int) throws -> Int? {
        let isIPv6 = destination.count == 16
        // For IPv4 the lookup looks at the interface's setting itself.
        if isIPv6, try !forwardsIPv6(arrivingBy: index) { return nil }
        var header = rtmsg()
        header.rtm_family = UInt8(isIPv6 ? AF_INET6 : AF_INET)
        header.rtm_dst_len = UInt8(destination.count * 8)
        header.rtm_src_len = UInt8(source.count * 8)
        var request = NetlinkRequest(type: UInt16(RTM_GETROUTE), header: header)
        request.add(Int(RTA_DST.rawValue), bytes: destination)
        request.add(Int(RTA_SRC.rawValue), bytes: source)
        request.add(Int(RTA_IIF.rawValue), UInt32(index))
        do {
            guard let message = try route.exchange(request.bytes).first, let way = RouteMessage(message) else { return nil }
            guard way.type == UInt8(RTN_UNICAST) else { return nil }
            return way.attributes.integer(UInt16(RTA_OIF.rawValue), as: UInt32.self).map { Int($0) }
        } catch is NetlinkError {
            // No route, none in this direction, a martian, or no forwarding.
            return nil
        }
    }

    /// `ip6_forward` looks at the whole namespace's setting, since Linux 6.17 at the interface's `force_forwarding` too.
    private func forwardsIPv6(arrivingBy index: Int) throws -> Bool {
        let all = try configuration(family: AF_INET6, index: Int32(NETCONFA_IFINDEX_ALL))
        if all?.integer(UInt16(NETCONFA_FORWARDING), as: Int32.self) ?? 0 != 0 { return true }
        let own = try configuration(family: AF_INET6, index: Int32(index))
        return own?.integer(UInt16(CL_NETCONFA_FORCE_FORWARDING), as: Int32.self) ?? 0 != 0
    }

    /// RTM_GETNETCONF; nil where the namespace has no such protocol.
    private func configuration(family: Int32, index: Int32) throws -> NetlinkAttributes? {
        var header = netconfmsg()
        header.ncm_family = UInt8(family)
        var request = NetlinkRequest(type: UInt16(RTM_GETNETCONF), header: header)
        request.add(Int(NETCONFA_IFINDEX), index)
        do {
            let message = try route.exchange(request.bytes).first
            return message.map { NetlinkAttributes(behindByteHeader: $0) }
        } catch is NetlinkError {
            return nil
        }
    }
}
