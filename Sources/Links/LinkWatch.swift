import CLinux
import Glibc
import Kernel
import Synchronization

/// Hears when a link goes down, loses its carrier or is deleted (RTMGRP_LINK), however shortly.
public final class LinkWatch: Sendable {
    /// Bad news, the worse the higher.
    public enum Event: Int, Comparable, Sendable {
        case noCarrier, down, deleted

        public static func < (left: Event, right: Event) -> Bool { left.rawValue < right.rawValue }
    }

    private let socket: NetlinkSocket
    private let index: Int

    private let deletion = Atomic(false)

    /// Hears what happens to `end` from now on.
    public convenience init(_ end: LinkEnd) throws { try self.init(index: end.link.index, in: end.namespace) }

    /// Hears what happens to the interface of this index from now on.
    init(index: Int, in namespace: NetworkNamespace) throws {
        self.index = index
        socket = try namespace.perform {
            let socket = try NetlinkSocket()
            try socket.subscribe(groups: UInt32(RTMGRP_LINK))
            return socket
        }
    }

    /// The worst news since the last call, without waiting; nil if all was well.
    public func event() -> Event? {
        let worst = socket.news().compactMap(event).max()
        if worst == .deleted { deletion.store(true, ordering: .relaxed) }
        return worst
    }

    /// Whether it was deleted at any time since, whoever asked before.
    var wasDeleted: Bool {
        _ = event()
        return deletion.load(ordering: .relaxed)
    }

    private func event(in message: [UInt8]) -> Event? {
        guard let information = LinkMessage(message) else { return nil }
        // A bridge tells of its ports in messages of its own family: a port that leaves it isn't gone.
        guard information.index == index, information.family == UInt8(AF_UNSPEC) else { return nil }
        if information.type == UInt16(RTM_DELLINK) { return .deleted }
        guard let link = Link(message: message) else { return nil }
        if !link.isUp { return .down }
        return link.hasCarrier ? nil : .noCarrier
    }
}
