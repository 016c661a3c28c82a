/// Walks over a frame's bytes; what isn't there is an error, never a crash.
public struct ByteReader: Sendable {
    public let bytes: [UInt8]
    /// The next byte to read.
    public private(set) var offset: Int
    /// One past the last byte that may be read: a length field of an outer layer can pull it in.
    public private(set) var end: Int

    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
        offset = 0
        end = bytes.count
    }

    public var remaining: Int { end - offset }

    /// Whether `count` bytes are there.
    public func has(_ count: Int) -> Bool { count >= 0 && count <= remaining }

    /// - Throws: `LayerFault.truncated`.
    public func require(_ count: Int) throws(LayerFault) {
        guard has(count) else { throw .truncated(neededBytes: count, availableBytes: remaining) }
    }

    /// The byte `distance` behind the next one, if it is there.
    public func peek(_ distance: Int = 0) -> UInt8? { has(distance + 1) ? bytes[offset + distance] : nil }

    public mutating func read8() throws(LayerFault) -> UInt8 {
        try require(1)
        defer { offset += 1 }
        return bytes[offset]
    }

    public mutating func read16() throws(LayerFault) -> UInt16 { UInt16(try number(2)) }
    public mutating func read24() throws(LayerFault) -> UInt32 { UInt32(try number(3)) }
    public mutating func read32() throws(LayerFault) -> UInt32 { UInt32(try number(4)) }
    public mutating func read48() throws(LayerFault) -> UInt64 { try number(6) }
    public mutating func read64() throws(LayerFault) -> UInt64 { try number(8) }

    public mutating func read(_ count: Int) throws(LayerFault) -> [UInt8] {
        try require(count)
        defer { offset += count }
        return Array(bytes[offset..<(offset + count)])
    }

    public mutating func readMAC() throws(LayerFault) -> MACAddress { MACAddress(value: try read48()) }
    public mutating func readIPv4() throws(LayerFault) -> IPv4Address { IPv4Address(value: try read32()) }

    public mutating func readIPv6() throws(LayerFault) -> IPv6Address {
        try require(16)
        return IPv6Address(high: try read64(), low: try read64())
    }

    /// Pulls the end in to `count` bytes from here; a count beyond the end changes nothing.
    mutating func limit(to count: Int) { if has(count) { end = offset + count } }

    /// Reads on at `offset`, inside of the bytes.
    mutating func move(to offset: Int) { self.offset = min(max(offset, 0), end) }

    /// Big-endian.
    private mutating func number(_ count: Int) throws(LayerFault) -> UInt64 {
        try require(count)
        defer { offset += count }
        return bytes[offset..<(offset + count)].reduce(0) { $0 << 8 | UInt64($1) }
    }
}

/// Why a layer can't be read.
public enum LayerFault: Error, Equatable, Sendable {
    case truncated(neededBytes: Int, availableBytes: Int)
    case malformed(String)
}

extension LayerFault: CustomStringConvertible {
    public var description: String {
        switch self {
        case .truncated(let needed, let available): "truncated: \(needed) bytes needed, \(available) there"
        case .malformed(let reason): "malformed: \(reason)"
        }
    }
}
