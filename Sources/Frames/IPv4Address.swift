/// An IPv4 address.
public struct IPv4Address: Equatable, Hashable, Sendable {
    /// First octet highest.
    public let value: UInt32

    public init(value: UInt32) { self.value = value }

    /// In wire order.
    public var bytes: [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * UInt32($0))) } }
}

extension IPv4Address: LosslessStringConvertible {
    /// Four decimal octets; no leading zeros, which some read as octal.
    public init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var value: UInt32 = 0
        for part in parts {
            guard part.utf8.allSatisfy({ (0x30...0x39).contains($0) }), part == "0" || !part.hasPrefix("0"),
                let octet = UInt8(part)
            else { return nil }
            value = value << 8 | UInt32(octet)
        }
        self.init(value: value)
    }

    public var description: String { bytes.map { String($0) }.joined(separator: ".") }
}

extension IPv4Address: TextCodable {
    package static let kind = "IPv4 address"
}
