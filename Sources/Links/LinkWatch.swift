import CLinux
import Kernel

/// Hears when a link goes down, loses its carrier or is deleted (RTMGRP_LINK), however shortly.
public final class LinkWatch: Sendable {
    /// Bad news, the worse the higher.
    public enum Event: Int, Comparable, Sendable {
        case noCarrier, down, deleted

        public static func < (left: Event, right: Event) -> Bool { left.rawValue < right.rawValue }
    }

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

    /// The worst news since the last call, without waiting; nil if all was well.
    public func event() -> Event? { socket.news().compactMap(event).max() }

    private func event(in message: [UInt8]) -> Event? {
        guard message.count >= MemoryLayout<nlmsghdr>.size + MemoryLayout<ifinfomsg>.size else { return nil }
        let header = message.withUnsafeBytes { $0.loadUnaligned(as: nlmsghdr.self) }
        let information = message.withUnsafeBytes {
            $0.loadUnaligned(fromByteOffset: MemoryLayout<nlmsghdr>.size, as: ifinfomsg.self)
        }
        guard Int(information.ifi_index) == index else { return nil }
        if header.nlmsg_type == UInt16(RTM_DELLINK) { return .deleted }
        guard let link = Link(message: message) else { return nil }
        if !link.isUp { return .down }
        return link.hasCarrier ? nil : .noCarrier
    }
}
