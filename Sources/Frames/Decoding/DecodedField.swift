/// One field of one layer, as it stands in a frame.
public struct DecodedField: Equatable, Sendable {
    /// What display filters call it, `ip.ttl`: the same names as Wireshark's, so that
    /// `-T fields -e ip.ttl` means the same here and there.
    public let name: String
    /// Its short name, `ttl`: the same as scapy's.
    public let label: String
    public let value: FieldValue
    /// What the value means, where it stands for something: a protocol's name, set flags.
    public let meaning: String?

    public init(name: String, label: String, value: FieldValue, meaning: String? = nil) {
        self.name = name
        self.label = label
        self.value = value
        self.meaning = meaning
    }

    /// Value and meaning: `0x0800 (IPv4)`.
    public var text: String { meaning.map { "\(value) (\($0))" } ?? "\(value)" }
}

/// A field's value with the way it is written.
public enum FieldValue: Equatable, Sendable {
    case decimal(UInt64)
    /// With `0x` and leading zeros up to `digits`.
    case hexadecimal(UInt64, digits: Int)
    case flag(Bool)
    case bytes([UInt8])
    case text(String)
}

extension FieldValue: CustomStringConvertible {
    /// As `tshark -T fields` writes it.
    public var description: String {
        switch self {
        case .decimal(let value): "\(value)"
        case .hexadecimal(let value, let digits): "0x" + Hexadecimal.text(value, digits: digits)
        case .flag(let isSet): isSet ? "1" : "0"
        case .bytes(let bytes): Hexadecimal.text(bytes)
        case .text(let text): text
        }
    }
}

/// Digits to base sixteen, lower case.
public enum Hexadecimal {
    public static func text(_ value: UInt64, digits: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }

    public static func text(_ bytes: some Sequence<UInt8>) -> String { bytes.map { text(UInt64($0), digits: 2) }.joined() }

    /// Pairs of digits, with spaces, line breaks, `:` or `-` between them as people paste them.
    ///
    /// - Returns: nil for an odd count of digits or another character.
    public static func bytes(_ text: String) -> [UInt8]? {
        let digits = text.unicodeScalars.filter { !" \t\r\n:-".unicodeScalars.contains($0) }.map { Character($0) }
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        for start in stride(from: 0, to: digits.count, by: 2) {
            guard digits[start].isASCII, let high = digits[start].hexDigitValue, digits[start + 1].isASCII,
                let low = digits[start + 1].hexDigitValue
            else { return nil }
            bytes.append(UInt8(high << 4 | low))
        }
        return bytes
    }
}
