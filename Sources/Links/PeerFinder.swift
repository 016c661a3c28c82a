import Kernel

/// Finds the other end of a link, in whatever namespace it lives.
///
/// The kernel tells a peer's index and, if it is elsewhere, the number by which this namespace knows
/// the other one. Numbers are no names, so the namespaces that can be seen, named ones and those of
/// processes, are asked for theirs (RTM_GETNSID) until one fits.
public struct PeerFinder {
    private let home: LinkTable
    private let others: [NetworkNamespace]

    /// - Parameter home: the namespace whose links are looked at.
    public init(home: LinkTable) {
        self.home = home
        others = NetworkNamespace.visible()
    }

    /// - Returns: nil for a link without a peer, or with one in a namespace that can't be seen.
    public func peer(of link: Link) -> LinkDescription.Peer? {
        guard link.peerIndex != 0 else { return nil }
        guard let identifier = link.peerNamespaceIdentifier else {
            // A stacked link points at the one below it, which is no peer.
            guard link.kind == "veth", let peer = try? home.link(index: link.peerIndex) else { return nil }
            return LinkDescription.Peer(index: peer.index, name: peer.name, namespace: nil)
        }
        guard link.kind == "veth", let namespace = others.first(where: { (try? home.identifier(of: $0)) == identifier }),
            let peer = try? LinkTable(in: namespace).link(index: link.peerIndex)
        else { return nil }
        return LinkDescription.Peer(index: peer.index, name: peer.name, namespace: namespace.name)
    }
}
