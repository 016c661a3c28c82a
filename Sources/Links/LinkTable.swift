import CLinux
import Kernel

/// The interfaces of one network namespace: read them, make them, set them, remove them (rtnetlink).
public final class LinkTable: Sendable {
    public let namespace: NetworkNamespace
    let route: NetlinkSocket

    /// - Throws: `SystemError` if the namespace can't be entered.
    public init(in namespace: NetworkNamespace) throws {
        self.namespace = namespace
        route = try namespace.perform { try NetlinkSocket() }
    }

    /// See `NetlinkSocket.namespaceCookie`.
    var namespaceCookie: UInt64? { route.namespaceCookie }

    /// Every interface of the namespace, by index.
    public func all() throws -> [Link] {
        let request = NetlinkRequest(type: UInt16(RTM_GETLINK), flags: NLM_F_DUMP, header: ifinfomsg())
        return try route.exchange(request.bytes).compactMap(Link.init(message:))
    }

    /// Every interface in the words of `ip -d -j link show`, peers found where they can be.
    ///
    /// - Parameter directory: where peers may live.
    public func descriptions(in directory: NamespaceDirectory = NamespaceDirectory()) throws -> [LinkDescription] {
        let request = NetlinkRequest(type: UInt16(RTM_GETLINK), flags: NLM_F_DUMP, header: ifinfomsg())
        let messages = try route.exchange(request.bytes)
        let links = Dictionary(messages.compactMap(Link.init(message:)).map { ($0.index, $0) }) { first, _ in first }
        let finder = PeerFinder(home: self, in: directory)
        return messages.compactMap { LinkDescription(message: $0, among: links) }.map { description in
            var description = description
            description.peer = links[description.index].flatMap(finder.peer)
            return description
        }
    }

    /// - Throws: `LinkError.noSuchLink`.
    public func link(named name: String) throws -> Link {
        var request = NetlinkRequest(type: UInt16(RTM_GETLINK), header: ifinfomsg())
        // Any name is looked for among all names (`__dev_get_by_name`), but what is longer than a first name fits only here.
        request.add(name.utf8.count < Int(IFNAMSIZ) ? Int(IFLA_IFNAME) : Int(IFLA_ALT_IFNAME), string: name)
        return try one(request, called: name)
    }

    /// - Throws: `LinkError.noSuchLink`.
    public func link(index: Int) throws -> Link {
        var header = ifinfomsg()
        header.ifi_index = Int32(index)
        return try one(NetlinkRequest(type: UInt16(RTM_GETLINK), header: header), called: "index \(index)")
    }

    private func one(_ request: NetlinkRequest, called name: String) throws -> Link {
        do {
            guard let link = try route.exchange(request.bytes).lazy.compactMap(Link.init(message:)).first else {
                throw LinkError.noSuchLink(name: name, namespace: namespace.name)
            }
            return link
        } catch let error as NetlinkError where error.number == ENODEV || error.number == ENOENT {
            throw LinkError.noSuchLink(name: name, namespace: namespace.name)
        }
    }

    /// Makes a veth pair: `first` here, `second` in `secondNamespace`.
    ///
    /// - Throws: `LinkError`, `nameTaken` among others.
    public func makeVethPair(_ first: VethEnd, _ second: VethEnd, in secondNamespace: NetworkNamespace) throws {
        var request = NetlinkRequest(
            type: UInt16(RTM_NEWLINK), flags: NLM_F_CREATE | NLM_F_EXCL, header: ifinfomsg())
        first.add(to: &request)
        request.nest(Int(IFLA_LINKINFO)) { information in
            information.add(Int(IFLA_INFO_KIND), string: "veth")
            information.nest(Int(IFLA_INFO_DATA)) { data in
                data.nest(Int(VETH_INFO_PEER)) { peer in
                    peer.add(raw: ifinfomsg())
                    second.add(to: &peer)
                    peer.add(Int(IFLA_NET_NS_FD), UInt32(bitPattern: secondNamespace.descriptor.raw))
                }
            }
        }
        do {
            try perform(request, "make veth pair \(first.name)–\(second.name)")
        } catch LinkError.refused(_, _, let error) where error.number == EEXIST {
            let firstIsTaken = (try? link(named: first.name)) != nil
            throw firstIsTaken
                ? LinkError.nameTaken(name: first.name, namespace: namespace.name)
                : LinkError.nameTaken(name: second.name, namespace: secondNamespace.name)
        }
    }

    /// Changes what `changes` names, and nothing else.
    ///
    /// - Throws: `LinkError`.
    public func set(_ index: Int, _ changes: LinkChanges) throws {
        try perform(changes.request(index: index), "change link \(index)")
    }

    /// Changes what `changes` names, and moves the link to `destination`, which switches it off unless it is
    /// to be up.
    ///
    /// - Throws: `LinkError`, `nameTaken` among others.
    public func set(_ link: Link, _ changes: LinkChanges, movingTo destination: NetworkNamespace? = nil) throws {
        guard let destination else { return try set(link, changes.request(index: link.index), changes, in: namespace) }
        // The kernel moves first and changes then: what it may refuse is done or looked at before.
        var here = changes
        here.name = nil
        here.up = nil
        if !here.isEmpty { try set(link, here.request(index: link.index), here, in: namespace) }
        let name = changes.name ?? link.name
        if let table = try? LinkTable(in: destination), (try? table.link(named: name)) != nil {
            throw LinkError.nameTaken(name: name, namespace: destination.name)
        }
        var request = LinkChanges(up: changes.up, name: changes.name).request(index: link.index)
        request.add(Int(IFLA_NET_NS_FD), UInt32(bitPattern: destination.descriptor.raw))
        try set(link, request, changes, in: destination)
    }

    private func set(_ link: Link, _ request: NetlinkRequest, _ changes: LinkChanges, in final: NetworkNamespace) throws {
        guard !changes.isEmpty || final !== namespace else { return }
        do {
            try perform(request, "change \(link.name)")
        } catch LinkError.refused(_, _, let error) where error.number == EEXIST {
            throw LinkError.nameTaken(name: changes.name ?? link.name, namespace: final.name)
        }
    }

    public func delete(_ index: Int) throws { try delete(index, called: "link \(index)") }

    public func delete(_ link: Link) throws { try delete(link.index, called: link.name) }

    private func delete(_ index: Int, called name: String) throws {
        var header = ifinfomsg()
        header.ifi_index = Int32(index)
        try perform(NetlinkRequest(type: UInt16(RTM_DELLINK), header: header), "delete \(name)")
    }

    /// The other end of a veth, in whatever namespace it lives.
    ///
    /// - Returns: a peer with its name.
    /// - Throws: `LinkError.noPeer`, `.peerOutOfSight`, `.peerOutOfReach`.
    public func peer(of link: Link) throws -> LinkPeer {
        guard let peer = PeerFinder(home: self, in: NamespaceDirectory()).peer(of: link) else {
            let kind = link.isLoopback ? "a loopback" : link.kind.isEmpty ? "hardware" : "of kind \(link.kind)"
            throw LinkError.noPeer(link: link.name, kind: kind)
        }
        if peer.name != nil { return peer }
        guard let namespace = peer.namespace else { throw LinkError.peerOutOfSight(link: link.name, index: peer.index) }
        throw LinkError.peerOutOfReach(link: link.name, index: peer.index, namespace: namespace, peer.obstacle)
    }

    /// The number by which this namespace knows another (RTM_GETNSID), as IFLA_LINK_NETNSID uses it;
    /// nil if it knows nothing of it.
    public func identifier(of other: NetworkNamespace) throws -> Int32? {
        var request = NetlinkRequest(type: UInt16(RTM_GETNSID), header: rtgenmsg())
        request.add(Int(NETNSA_FD), UInt32(bitPattern: other.descriptor.raw))
        guard let answer = try route.exchange(request.bytes).first else { return nil }
        let attributes = NetlinkAttributes(behindByteHeader: answer)
        return attributes.integer(UInt16(NETNSA_NSID), as: Int32.self).flatMap { $0 == NETNSA_NSID_NOT_ASSIGNED ? nil : $0 }
    }

    /// Interface indices that a default route (IPv4 or IPv6) leaves by.
    public func defaultRouteLinks() throws -> Set<Int> {
        var links: Set<Int> = []
        for message in try route.exchange(NetlinkRequest(type: UInt16(RTM_GETROUTE), flags: NLM_F_DUMP, header: rtmsg()).bytes) {
            guard let route = RouteMessage(message), route.destinationBits == 0, route.type == UInt8(RTN_UNICAST) else { continue }
            if let index = route.attributes.integer(UInt16(RTA_OIF.rawValue), as: UInt32.self) { links.insert(Int(index)) }
            links.formUnion(route.multipathLinks)
        }
        return links
    }

    private func perform(_ request: NetlinkRequest, _ action: String) throws {
        do {
            _ = try route.exchange(request.bytes)
        } catch let error as NetlinkError where error.number == EPERM {
            throw LinkError.notPermitted(action: "\(action) in namespace \(namespace.name)", needs: .netAdmin)
        } catch let error as NetlinkError {
            throw LinkError.refused(action: action, namespace: namespace.name, error)
        }
    }
}
