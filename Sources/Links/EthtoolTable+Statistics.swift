extension EthtoolTable {
    /// The driver's own counters by name, what `ethtool -S` shows; empty where a driver has none.
    public func statistics(of link: Link) -> [String: UInt64] {
        control.statistics(of: control.name(ofIndex: link.index) ?? link.name)
    }

    /// The same by name.
    public func statistics(of linkName: String) -> [String: UInt64] { control.statistics(of: linkName) }
}
