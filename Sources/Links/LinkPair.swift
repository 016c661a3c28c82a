import Frames
import Kernel
import Synchronization

/// The two ends of a trial, with their settings: made for the occasion and gone afterwards, or
/// borrowed and given back as they were.
public final class LinkPair: Sendable {
    public let transmit: LinkEnd
    public let receive: LinkEnd
    public let isPrivate: Bool
    /// What has to be done, last first, to leave the links as they were found.
    private let undo = Mutex<[@Sendable () throws -> Void]>([])
    /// The same for where softirqs run, which has to be undone earlier.
    private let placementUndo = Mutex<[@Sendable () throws -> Void]>([])

    private init(transmit: LinkEnd, receive: LinkEnd, isPrivate: Bool) {
        self.transmit = transmit
        self.receive = receive
        self.isPrivate = isPrivate
    }

    /// Whether the receiving end is the transmitting veth's peer, with nothing in between that
    /// could lose a frame uncounted.
    public var isDirect: Bool {
        guard transmit.link.kind == "veth", receive.link.kind == "veth" else { return false }
        return transmit.link.peerIndex == receive.link.index && receive.link.peerIndex == transmit.link.index
            && pointsInto(receive.namespace)
    }

    /// Whether the ends are two interfaces; one alone stands for both where its frames go out of sight.
    public var hasTwoEnds: Bool {
        transmit.link.index != receive.link.index || transmit.namespace.identity != receive.namespace.identity
    }

    /// An index alone may be anybody's, for every namespace counts from 1. A peer in the same namespace
    /// carries no namespace identifier; one elsewhere carries that by which its namespace is known here.
    private func pointsInto(_ other: NetworkNamespace) -> Bool {
        guard let identifier = transmit.link.peerNamespaceIdentifier else {
            return transmit.namespace.identity == other.identity
        }
        return (try? transmit.table.identifier(of: other)) == identifier
    }

    /// A veth pair in two private namespaces, up, without addresses of the kernel's own. It is gone
    /// when this object is, or the process, however it ends.
    ///
    /// - Throws: `SystemError` EPERM without CAP_SYS_ADMIN, `LinkError.refused` without veth.
    public static func makePrivate(_ settings: LinkSettings) throws -> LinkPair {
        let near = try NetworkNamespace.makePrivate(name: "private-a")
        let far = try NetworkNamespace.makePrivate(name: "private-b")
        let table = try LinkTable(in: near)
        try table.makeVethPair(
            settings.end(named: "vethmark-a", address: settings.transmitAddress ?? Self.nearAddress),
            settings.end(named: "vethmark-b", address: settings.receiveAddress ?? Self.farAddress), in: far)
        for (namespace, name) in [(near, "vethmark-a"), (far, "vethmark-b")] {
            let end = try LinkEnd(named: name, in: namespace)
            // A kernel without IPv6 refuses what it doesn't know; then nothing needs quietening.
            try? end.table.set(end.link.index, LinkChanges(withoutIPv6Address: true))
            try end.table.set(end.link.index, LinkChanges(up: true))
        }
        let pair = LinkPair(
            transmit: try LinkEnd(named: "vethmark-a", in: near), receive: try LinkEnd(named: "vethmark-b", in: far),
            isPrivate: true)
        try pair.switchFeatures(settings)
        return pair
    }

    /// Locally administered addresses that spell "vm".
    public static let nearAddress = MACAddress(value: 0x02_76_6D_00_00_0A)
    public static let farAddress = MACAddress(value: 0x02_76_6D_00_00_0B)
    /// No station of a private pair has it.
    public static let nobodysAddress = MACAddress(value: 0x02_76_6D_00_00_FE)

    /// Two existing interfaces with `settings` laid over their own; `restore` takes them off again.
    public static func open(transmit: LinkEnd, receive: LinkEnd, _ settings: LinkSettings) throws -> LinkPair {
        let pair = LinkPair(transmit: transmit, receive: receive, isPrivate: false)
        do {
            try pair.apply(settings)
            return pair
        } catch {
            _ = pair.restore()
            throw error
        }
    }

    private func apply(_ settings: LinkSettings) throws {
        for (end, address) in [(transmit, settings.transmitAddress), (receive, settings.receiveAddress)] {
            var changes = LinkChanges()
            var original = LinkChanges()
            if let mtu = settings.mtuBytes, mtu != end.link.mtuBytes {
                changes.mtuBytes = mtu
                original.mtuBytes = end.link.mtuBytes
            }
            if let address, address != end.link.address {
                changes.address = address
                original.address = end.link.address
            }
            guard changes != LinkChanges() else { continue }
            try end.table.set(end.link.index, changes)
            let before = original
            undo.withLock { $0.append { try end.table.set(end.link.index, before) } }
        }
        for end in [transmit, receive] { try setChannels(of: end, settings) }
        try switchFeatures(settings)
    }

    private func setChannels(of end: LinkEnd, _ settings: LinkSettings) throws {
        guard let wanted = settings.channels, let ethtool = end.ethtool else { return }
        let name = end.link.name
        let before = try ethtool.channels(of: name)
        guard before != wanted else { return }
        try ethtool.setChannels(wanted, of: name)
        undo.withLock { $0.append { try ethtool.setChannels(before, of: name) } }
    }

    private func switchFeatures(_ settings: LinkSettings) throws {
        for (end, wanted) in [(transmit, settings.transmitFeatures), (receive, settings.receiveFeatures)] {
            guard !wanted.isEmpty, let ethtool = end.ethtool else { continue }
            let name = end.link.name
            let before = try ethtool.features(of: name)
            let changes = EthtoolTable.expanded(wanted, known: before.keys).filter { before[$0.key] != nil && before[$0.key] != $0.value }
            guard !changes.isEmpty else { continue }
            try ethtool.setFeatures(changes, of: name)
            let original = before.filter { changes[$0.key] != nil }
            if !isPrivate { undo.withLock { $0.append { try ethtool.setFeatures(original, of: name) } } }
        }
    }

    func rememberPlacement(_ step: @escaping @Sendable () throws -> Void) { placementUndo.withLock { $0.append(step) } }

    func takePlacementSteps() -> [@Sendable () throws -> Void] {
        placementUndo.withLock { steps in
            defer { steps = [] }
            return steps.reversed()
        }
    }

    /// Gives borrowed links back as they were found. Safe to call twice.
    ///
    /// - Returns: what could not be restored, one sentence each.
    public func restore() -> [String] {
        let steps = undo.withLock { steps in
            defer { steps = [] }
            return steps
        }
        return steps.reversed().compactMap { step in
            do {
                try step()
                return nil
            } catch {
                return "\(error)"
            }
        }
    }
}
