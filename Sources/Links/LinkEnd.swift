import Kernel

/// One end of what a trial runs over.
public struct LinkEnd: Sendable {
    public let namespace: NetworkNamespace
    public let table: LinkTable
    /// Nil where the kernel has no ethtool netlink: features are then neither read nor set.
    public let ethtool: EthtoolTable?
    /// As it was found, or made.
    public let link: Link

    private let watch: LinkWatch?

    /// - Throws: `SystemError` if the namespace can't be entered, `LinkError.noSuchLink`.
    public init(named name: String, in namespace: NetworkNamespace) throws {
        try self.init(in: namespace) { try $0.link(named: name) }
    }

    /// - Throws: as above.
    public init(index: Int, in namespace: NetworkNamespace) throws { try self.init(in: namespace) { try $0.link(index: index) } }

    private init(in namespace: NetworkNamespace, _ find: (LinkTable) throws -> Link) throws {
        self.namespace = namespace
        table = try LinkTable(in: namespace)
        ethtool = try? EthtoolTable(in: namespace)
        link = try find(table)
        watch = try? LinkWatch(index: link.index, in: namespace)
    }

    /// Whether it was deleted since, or moved to another namespace: another interface may have its index by now.
    public var isDeleted: Bool { watch?.wasDeleted ?? false }

    public func isSameInterface(as other: LinkEnd) -> Bool {
        namespace.identity == other.namespace.identity && link.index == other.link.index
    }

    /// The link as it is now.
    ///
    /// - Throws: `LinkError.noSuchLink` by the name that it had, if it is gone.
    public func current() throws -> Link {
        do {
            return try table.link(index: link.index)
        } catch LinkError.noSuchLink(_, let namespace) {
            throw LinkError.noSuchLink(name: link.name, namespace: namespace)
        }
    }
}
