import Kernel
import Synchronization

/// The network namespaces that can be seen from here, and the links in them; each is opened, asked and closed again, and asked once only.
public final class NamespaceDirectory: Sendable {
    public let sightings: [NamespaceSighting]
    private let links = Mutex<[NamespaceIdentity: Result<[Int: Link], any Error>]>([:])

    public init() { sightings = NamespaceSighting.all() }

    /// The links of a namespace by their index.
    ///
    /// - Throws: `SystemError`: EPERM without CAP_SYS_ADMIN over the namespace, EINVAL for a leftover file that is none, EMFILE.
    public func links(in sighting: NamespaceSighting) throws -> [Int: Link] {
        guard let identity = sighting.identity else { return try Self.ask(sighting) }
        if let known = links.withLock({ $0[identity] }) { return try known.get() }
        let result = Result { try Self.ask(sighting) }
        links.withLock { $0[identity] = result }
        return try result.get()
    }

    private static func ask(_ sighting: NamespaceSighting) throws -> [Int: Link] {
        let table = try LinkTable(in: try sighting.open())
        return Dictionary(try table.all().map { ($0.index, $0) }) { first, _ in first }
    }
}
