/// Where a header keeps one of the fields that may take any value: no length, checksum or type, which follow from the rest of the frame.
public struct FieldPlace: Equatable, Sendable {
    /// How values are written, besides as numbers.
    public enum Form: String, Sendable {
        case number = "numbers"
        case mac = "MAC addresses"
        case ipv4 = "IPv4 addresses"
        case ipv6 = "IPv6 addresses"
    }

    /// As Wireshark has it, without the layer's name.
    public let name: String
    /// From the header's first bit on, the highest of a byte first.
    public let firstBit: Int
    public let bitCount: Int
    public let form: Form
    /// The values that make sense.
    public let range: ClosedRange<UInt128>

    init(_ name: String, _ firstBit: Int, _ bitCount: Int, _ form: Form = .number, range: ClosedRange<UInt128>? = nil) {
        self.name = name
        self.firstBit = firstBit
        self.bitCount = bitCount
        self.form = form
        self.range = range ?? 0...(.max >> UInt128(128 - bitCount))
    }
}
