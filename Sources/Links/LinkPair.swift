import Frames
import Kernel
import Synchronization

/// The two ends of a trial, with their settings: made for the occasion and gone afterwards, or
/// borrowed and given back as they were.
public final class LinkPair: Sendable {
    public let transmit: LinkEnd
    public let receive: LinkEnd
    public let isPrivate: Bool
    /// What has to be given back, to leave the links as they were found.
    private let loans: LoanBook
    /// Interfaces whose offloads were switched, an end or on the path between them.
    private let others = Mutex<[LinkEnd]>([])

    private init(transmit: LinkEnd, receive: LinkEnd, isPrivate: Bool, loans: LoanBook) {
        self.transmit = transmit
        self.receive = receive
        self.isPrivate = isPrivate
        self.loans = loans
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
            isPrivate: true, loans: LoanBook(journals: []))
        try pair.switchFeatures(settings)
        return pair
    }

    /// Locally administered addresses that spell "vm".
    public static let nearAddress = MACAddress(value: 0x02_76_6D_00_00_0A)
    public static let farAddress = MACAddress(value: 0x02_76_6D_00_00_0B)
    /// No station of a private pair has it.
    public static let nobodysAddress = MACAddress(value: 0x02_76_6D_00_00_FE)

    /// Two existing interfaces with `settings` laid over their own; `restore` takes them off again.
    ///
    /// - Parameter journals: where what is borrowed is written down first; the first that can be used.
    /// - Throws: `LinkError`, `SystemError`; what was changed by then is given back.
    public static func open(
        transmit: LinkEnd, receive: LinkEnd, _ settings: LinkSettings, journals: [LoanJournal] = LoanJournal.standard
    ) throws -> LinkPair {
        let pair = LinkPair(transmit: transmit, receive: receive, isPrivate: false, loans: LoanBook(journals: journals))
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
            var wanted: [LinkSetting: String] = [:]
            wanted[.mtu] = settings.mtuBytes.map { "\($0)" }
            wanted[.address] = address?.description
            try loans.lay(wanted, over: end)
        }
        if let channels = settings.channels {
            for end in [transmit, receive] { try loans.lay([.channels: "\(channels.transmit)/\(channels.receive)"], over: end) }
        }
        try switchFeatures(settings)
    }

    private func switchFeatures(_ settings: LinkSettings) throws {
        for (end, wanted) in [(transmit, settings.transmitFeatures), (receive, settings.receiveFeatures)] {
            try switchFeatures(wanted, of: end)
        }
    }

    /// Switches offloads of an end, or of another interface on the path, until `restore`.
    ///
    /// - Parameter wanted: by ethtool name; what the interface doesn't know is passed over.
    /// - Throws: `LinkError.ethtool`.
    public func switchFeatures(_ wanted: [String: Bool], of end: LinkEnd) throws {
        guard !wanted.isEmpty, let ethtool = end.ethtool else { return }
        let known = try ethtool.wantedFeatures(of: end.link).keys
        let features = EthtoolTable.expanded(wanted, known: known).map { (LinkSetting.feature($0.key), $0.value ? "on" : "off") }
        others.withLock { $0.append(end) }
        try loans.lay(Dictionary(features) { first, _ in first }, over: end)
    }

    /// Lays settings over the receiving end until `takeBack`.
    func borrow(_ wanted: [LinkSetting: String], required: LinkSetting) throws { try loans.lay(wanted, over: receive, required: required) }

    func takeBack(where isMeant: (LinkSetting) -> Bool) -> [String] { loans.giveBack(to: receive, where: isMeant) }

    /// Why what is borrowed could not be written down, and so would not come back after SIGKILL; nil if it could, or nothing is.
    public var journalProblem: SystemError? { loans.problem }

    /// Gives borrowed links back as they were found, whatever they are called by now; what somebody else changed meanwhile, and links that are
    /// gone, are left alone. Safe to call twice.
    ///
    /// - Returns: what could not be restored, one sentence each.
    public func restore() -> [String] {
        let others = others.withLock { $0.filter { !$0.isSameInterface(as: transmit) && !$0.isSameInterface(as: receive) } }
        return (others + [receive, transmit]).flatMap { loans.giveBack(to: $0) }
    }
}
