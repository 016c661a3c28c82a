import Kernel

extension LinkEnd {
    /// The other end of this veth, opened in whatever namespace it lives; nil if this is none, or it can't be found or entered.
    ///
    /// - Parameter near: namespaces to look into before all others that can be seen.
    public func peer(among near: [NetworkNamespace] = []) -> LinkEnd? {
        guard link.kind == "veth", link.peerIndex != 0 else { return nil }
        guard let identifier = link.peerNamespaceIdentifier else { return other(in: namespace) }
        func fits(_ candidate: NetworkNamespace) -> Bool { (try? table.identifier(of: candidate)) == identifier }
        if let close = near.first(where: fits) { return other(in: close) }
        for sighting in NamespaceSighting.all() {
            guard let candidate = try? sighting.open(), fits(candidate) else { continue }
            return other(in: candidate)
        }
        return nil
    }

    /// An index is anybody's until the link that has it points back here.
    private func other(in namespace: NetworkNamespace) -> LinkEnd? {
        guard let end = try? LinkEnd(index: link.peerIndex, in: namespace), end.link.kind == "veth", end.link.peerIndex == link.index else {
            return nil
        }
        return end
    }
}
