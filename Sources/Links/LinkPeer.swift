import Kernel

/// The other end of a veth: its index always, its name and namespace as far as they could be found.
public struct LinkPeer: Encodable, Equatable, Sendable {
    /// In the peer's namespace.
    public var index: Int
    /// Nil if its namespace is out of sight or can't be entered.
    public var name: String?
    /// What people call its namespace; nil if it is the link's own or, without a name, out of sight.
    public var namespace: String?
    /// Why its namespace can't be entered, where that is what its name is missing for; in no JSON.
    public var obstacle: SystemError?

    public init(index: Int, name: String?, namespace: String?) {
        self.index = index
        self.name = name
        self.namespace = namespace
    }

    private enum CodingKeys: String, CodingKey {
        case index = "ifindex"
        case name = "ifname"
        case namespace = "netns"
    }
}
