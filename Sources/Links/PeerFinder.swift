import Kernel

/// Finds the other end of a link, in whatever namespace it lives.
///
/// The kernel tells a peer's index and, if it is elsewhere, the number by which this namespace knows
/// the other one. Numbers are no names, so the namespaces that can be seen, named ones and those of
/// processes, are asked for theirs (RTM_GETNSID), and the one that fits is taken.
public struct PeerFinder {
    private let home: LinkTable
    private let directory: NamespaceDirectory
    private let namespaces: [Int32: NetworkNamespace]

    /// - Parameter home: the namespace whose links are looked at.
    public init(home: LinkTable, in directory: NamespaceDirectory) {
        self.home = home
        self.directory = directory
        let numbered = directory.namespaces.compactMap { namespace in
            (try? home.identifier(of: namespace)).flatMap { $0 }.map { ($0, namespace) }
        }
        namespaces = Dictionary(numbered) { first, _ in first }
    }

    /// - Returns: nil for what isn't a veth: a stacked link points at the one below it, which is no peer.
    public func peer(of link: Link) -> LinkPeer? {
        guard link.kind == "veth", link.peerIndex != 0 else { return nil }
        guard let identifier = link.peerNamespaceIdentifier else {
            return LinkPeer(index: link.peerIndex, name: try? home.link(index: link.peerIndex).name, namespace: nil)
        }
        guard let namespace = namespaces[identifier] else { return LinkPeer(index: link.peerIndex, name: nil, namespace: nil) }
        let name = try? directory.table(of: namespace).link(index: link.peerIndex).name
        return LinkPeer(index: link.peerIndex, name: name, namespace: namespace.name)
    }
}
