/// Bytes under construction, big-endian; every store is bounds-checked.
public struct ByteWriter: Sendable {
    public private(set) var bytes: [UInt8] = []

    public init() {}

    public var count: Int { bytes.count }

    public mutating func write8(_ value: UInt8) { bytes.append(value) }
    public mutating func write16(_ value: UInt16) { number(UInt64(value), 2) }
    /// The lower 24 bits.
    public mutating func write24(_ value: UInt32) { number(UInt64(value), 3) }
    public mutating func write32(_ value: UInt32) { number(UInt64(value), 4) }
    /// The lower 48 bits.
    public mutating func write48(_ value: UInt64) { number(value, 6) }
    public mutating func write64(_ value: UInt64) { number(value, 8) }
    public mutating func write(_ values: some Sequence<UInt8>) { bytes.append(contentsOf: values) }

    /// Overwrites two bytes that are there already.
    public mutating func set16(_ offset: Int, _ value: UInt16) {
        bytes[offset] = UInt8(value >> 8)
        bytes[offset + 1] = UInt8(truncatingIfNeeded: value)
    }

    private mutating func number(_ value: UInt64, _ count: Int) {
        for position in (0..<count).reversed() { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * UInt64(position)))) }
    }
}
