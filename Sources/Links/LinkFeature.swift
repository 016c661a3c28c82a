/// One offload feature of a link (NETIF_F_…).
public struct LinkFeature: Equatable, Sendable {
    /// ethtool's name for it.
    public var name: String
    public var isOn: Bool
    /// Nobody can switch it.
    public var isFixed: Bool
}
