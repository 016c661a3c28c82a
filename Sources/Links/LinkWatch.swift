import CLinux
import Kernel

/// Hears when a link goes down, loses its carrier or is deleted (RTMGRP_LINK), however shortly.
public final class LinkWatch: Sendable {
    public enum Event: Equatable, Sendable { case down, noCarrier, deleted }

    private let socket: NetlinkSocket
    private let index: Int

    /// Hears what happens to `end` from now on.
    public init(_ end: LinkEnd) throws {
        index = end.link.index
        socket = try end.namespace.perform {
            let socket = try NetlinkSocket()
            try socket.subscribe(groups: UInt32(RTMGRP_LINK))
            return socket
        }
    }

    /// The first bad news since the last call, without waiting; nil if all is well.
    public func event() -> Event? {
        for message in socket.news() {
            guard message.count >= MemoryLayout<nlmsghdr>.size + MemoryLayout<ifinfomsg>.size else { continue }
            let header = message.withUnsafeBytes { $0.loadUnaligned(as: nlmsghdr.self) }
            let info = message.withUnsafeBytes {
                $0.loadUnaligned(fromByteOffset: MemoryLayout<nlmsghdr>.size, as: ifinfomsg.self)
            }
            guard Int(info.ifi_index) == index else { continue }
            if header.nlmsg_type == UInt16(RTM_DELLINK) { return .deleted }
            guard let link = Link(message: message) else { continue }
            if !link.isUp { return .down }
            if !link.hasCarrier { return .noCarrier }
        }
        return nil
    }
}
