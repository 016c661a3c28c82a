/// An IEEE 802 MAC address.
public struct MACAddress: Equatable, Hashable, Sendable {
    /// The 48 bits, first byte on the wire highest.
    public let value: UInt64

    public init(value: UInt64) { self.value = value & 0xFFFF_FFFF_FFFF }

    /// In wire order.
    public var bytes: [UInt8] { (0..<6).map { UInt8(truncatingIfNeeded: value >> (40 - 8 * UInt64($0))) } }

    /// The I/G bit: a group address, broadcast included.
    public var isMulticast: Bool { value >> 40 & 1 == 1 }

    public static let broadcast = MACAddress(value: .max)
}

extension MACAddress: LosslessStringConvertible {
    /// Six pairs of hexadecimal digits with `:` or `-` between them.
    public init?(_ text: String) {
        let separator: Character = text.contains("-") ? "-" : ":"
        let parts = text.split(separator: separator, omittingEmptySubsequences: false)
        guard parts.count == 6 else { return nil }
        var value: UInt64 = 0
        for part in parts {
            guard part.utf8.count == 2, part.allSatisfy(\.isHexDigit), let byte = UInt8(part, radix: 16) else { return nil }
            value = value << 8 | UInt64(byte)
        }
        self.init(value: value)
    }

    public var description: String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: ":")
    }
}

extension MACAddress: TextCodable {
    package static let kind = "MAC address"
}
