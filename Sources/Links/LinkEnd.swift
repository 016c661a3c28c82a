import Kernel

/// One end of what a trial runs over.
public struct LinkEnd: Sendable {
    public let namespace: NetworkNamespace
    public let table: LinkTable
    /// Nil where the kernel has no ethtool netlink: features are then neither read nor set.
    public let ethtool: EthtoolTable?
    /// As it was found, or made.
    public let link: Link

    /// - Throws: `SystemError` if the namespace can't be entered, `LinkError.noSuchLink`.
    public init(named name: String, in namespace: NetworkNamespace) throws {
        self.namespace = namespace
        table = try LinkTable(in: namespace)
        ethtool = try? EthtoolTable(in: namespace)
        link = try table.link(named: name)
    }

    /// The link as it is now.
    public func current() throws -> Link { try table.link(index: link.index) }
}
