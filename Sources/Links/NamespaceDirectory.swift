import Kernel
import Synchronization

/// The network namespaces that can be seen from here, each entered at most once.
public final class NamespaceDirectory: Sendable {
    public let namespaces: [NetworkNamespace]
    private let tables = Mutex<[NamespaceIdentity: Result<LinkTable, any Error>]>([:])

    public init() { namespaces = NetworkNamespace.visible() }

    /// - Throws: `SystemError` EPERM without CAP_SYS_ADMIN over the namespace.
    public func table(of namespace: NetworkNamespace) throws -> LinkTable {
        let identity = namespace.identity
        if let known = tables.withLock({ $0[identity] }) { return try known.get() }
        let result = Result { try LinkTable(in: namespace) }
        tables.withLock { $0[identity] = result }
        return try result.get()
    }
}
