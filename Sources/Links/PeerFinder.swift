import Kernel
import Synchronization

/// Finds the other end of a link, in whatever namespace it lives.
///
/// The kernel tells a peer's index and, if it is elsewhere, the number by which this namespace knows
/// the other one. Numbers are no names, so the namespaces that can be seen, named ones and those of
/// processes, are asked for theirs (RTM_GETNSID), one after the other until one fits.
public final class PeerFinder: Sendable {
    private let home: LinkTable
    private let directory: NamespaceDirectory
    private let search: Mutex<Search>

    /// How far the namespaces have been asked.
    private struct Search {
        var rest: ArraySlice<NamespaceSighting>
        var known: [Int32: NamespaceSighting] = [:]
    }

    /// - Parameter home: the namespace whose links are looked at.
    public init(home: LinkTable, in directory: NamespaceDirectory) {
        self.home = home
        self.directory = directory
        search = Mutex(Search(rest: directory.sightings[...]))
    }

    /// - Returns: nil for what isn't a veth: a stacked link points at the one below it, which is no peer.
    public func peer(of link: Link) -> LinkPeer? { find(link)?.peer }

    /// The peer as the kernel describes it; nil if it can't be found, or isn't one.
    public func peerLink(of link: Link) -> Link? { find(link)?.link }

    private func find(_ link: Link) -> (peer: LinkPeer, link: Link?)? {
        guard link.kind == "veth", link.peerIndex != 0 else { return nil }
        guard let identifier = link.peerNamespaceIdentifier else {
            let found = try? home.link(index: link.peerIndex)
            return (LinkPeer(index: link.peerIndex, name: found?.name, namespace: nil), found)
        }
        guard let namespace = sighting(identifier) else { return (LinkPeer(index: link.peerIndex, name: nil, namespace: nil), nil) }
        var peer = LinkPeer(index: link.peerIndex, name: nil, namespace: namespace.name)
        do {
            let found = try directory.links(in: namespace)[link.peerIndex]
            peer.name = found?.name
            return (peer, found)
        } catch {
            peer.obstacle = error as? SystemError
            return (peer, nil)
        }
    }

    private func sighting(_ identifier: Int32) -> NamespaceSighting? {
        search.withLock { search in
            if let known = search.known[identifier] { return known }
            while let next = search.rest.popFirst() {
                guard let namespace = try? next.open(), let number = try? home.identifier(of: namespace) else { continue }
                if search.known[number] == nil { search.known[number] = next }
                if number == identifier { return next }
            }
            return nil
        }
    }
}
