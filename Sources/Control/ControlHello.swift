import Kernel

/// How a rank introduces itself.
public struct ControlHello: Codable, Equatable, Sendable {
    /// Of the words and their order on the connection.
    public static let currentProtocol = 1

    public var `protocol`: Int
    /// From 0.
    public var rank: Int
    public var ranks: Int
    /// What its machine calls itself.
    public var host: String
    /// Of its running kernel: those who have the same one have the same clock. Empty if it can't be read.
    public var bootID: String
    /// Of its program.
    public var version: String
    /// Of the mesh that it is a rank of; nil for one of a pair of ranks.
    public var pattern: MeshPattern?

    public init(
        rank: Int, ranks: Int, version: String, host: String = HostName.current, bootID: String = ProcessFacts.bootIdentifier,
        protocol: Int = Self.currentProtocol, pattern: MeshPattern? = nil
    ) {
        self.pattern = pattern
        (self.rank, self.ranks, self.version) = (rank, ranks, version)
        (self.host, self.bootID, self.protocol) = (host, bootID, `protocol`)
    }

    /// Whether both read one CLOCK_REALTIME, which no namespace changes.
    public func sharesClock(with other: ControlHello) -> Bool { !bootID.isEmpty && bootID == other.bootID }

    /// Rank and host, as errors name a peer.
    public var name: String { "rank \(rank) on \(HostName.isPlain(host) ? host : "another host")" }

    /// Whether two that met are two ranks of one run.
    ///
    /// - Throws: `ControlError.strangers`.
    func meet(_ peer: ControlHello) throws(ControlError) {
        if peer.protocol != `protocol` {
            throw .strangers("\(peer.name) speaks version \(peer.protocol) of the control connection, and this one \(`protocol`)")
        }
        if peer.version != version { throw .strangers("\(peer.name) is vethmark \(peer.version), and this one is \(version)") }
        if peer.ranks != ranks { throw .strangers("\(peer.name) is one of \(peer.ranks), and this one is one of \(ranks)") }
        if peer.pattern != pattern {
            let names = [peer.pattern, pattern].map { $0.map { "with --pattern \($0.rawValue)" } ?? "without --pattern" }
            throw .strangers("\(peer.name) was started \(names[0]), and this one \(names[1])")
        }
        if peer.rank == rank { throw .strangers("both ends say that they are rank \(rank)") }
        if !(0..<ranks).contains(peer.rank) { throw .strangers("\(peer.name) is none of \(ranks)") }
    }
}
