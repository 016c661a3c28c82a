/// Collects a layer's fields in the order of the wire.
public struct FieldList: Sendable {
    public private(set) var fields: [DecodedField] = []
    /// What is wrong with the layer although it could be read.
    public private(set) var problems: [String] = []

    let prefix: String

    init(prefix: String) { self.prefix = prefix }

    /// - Parameters:
    ///   - name: without the layer's own name in front; one with a leading `=` is taken as it stands.
    ///   - label: scapy's name.
    mutating func add(_ name: String, _ label: String, _ value: FieldValue, _ meaning: String? = nil) {
        let full = name.hasPrefix("=") ? String(name.dropFirst()) : "\(prefix).\(name)"
        fields.append(DecodedField(name: full, label: label, value: value, meaning: meaning))
    }

    mutating func decimal(_ name: String, _ label: String, _ value: some BinaryInteger, _ meaning: String? = nil) {
        add(name, label, .decimal(UInt64(clamping: value)), meaning)
    }

    mutating func hex<Value: FixedWidthInteger & UnsignedInteger>(
        _ name: String, _ label: String, _ value: Value, digits: Int = Value.bitWidth / 4, _ meaning: String? = nil
    ) {
        add(name, label, .hexadecimal(UInt64(value), digits: digits), meaning)
    }

    mutating func flag(_ name: String, _ label: String, _ value: Bool) { add(name, label, .flag(value)) }

    mutating func text(_ name: String, _ label: String, _ value: some CustomStringConvertible) {
        add(name, label, .text("\(value)"))
    }

    /// A checksum and whether it is right; a wrong one is a problem of the layer.
    mutating func checksum(_ name: String, _ label: String, _ value: UInt16, _ status: ChecksumStatus) {
        hex(name, label, value, status.text)
        if case .wrong = status { problems.append("checksum 0x\(Hexadecimal.text(UInt64(value), digits: 4)) is \(status.text)") }
    }

    mutating func problem(_ text: String) { problems.append(text) }
}
