/// An IEEE 802 MAC address, in wire order.
public struct MACAddress: Codable, Equatable, Hashable, Sendable {
    /// The 48 bits, first byte on the wire highest.
    public var value: UInt64
    public init(value: UInt64) { self.value = value & 0xFFFF_FFFF_FFFF }
}

/// An IPv4 address, first octet highest.
public struct IPv4Address: Codable, Equatable, Hashable, Sendable {
    public var value: UInt32
    public init(value: UInt32) { self.value = value }
}

/// An IPv6 address, first group highest.
public struct IPv6Address: Codable, Equatable, Hashable, Sendable {
    public var high: UInt64
    public var low: UInt64
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }
}
