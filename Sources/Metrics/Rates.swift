/// Frames per second.
public struct PacketRate: Codable, Equatable, Comparable, Hashable, Sendable {
    public var packetsPerSecond: Double
    public init(packetsPerSecond: Double) { self.packetsPerSecond = packetsPerSecond }
    public static func < (left: Self, right: Self) -> Bool { left.packetsPerSecond < right.packetsPerSecond }
}

/// Bits per second; which layer's bits, the name of the variable says.
public struct BitRate: Codable, Equatable, Comparable, Hashable, Sendable {
    public var bitsPerSecond: Double
    public init(bitsPerSecond: Double) { self.bitsPerSecond = bitsPerSecond }
    public static func < (left: Self, right: Self) -> Bool { left.bitsPerSecond < right.bitsPerSecond }
}

/// A load as the user says it.
public enum RateRequest: Codable, Equatable, Hashable, Sendable {
    /// As fast as the kernel takes frames.
    case max
    case packets(PacketRate)
    /// Layer 2, with FCS.
    case bits(BitRate)
    /// 0 < percent ≤ 100 of a declared line rate (layer 1).
    case percent(Double)
}
