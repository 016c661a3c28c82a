/// Sizes and offsets of RFC 9293 section 3.1, bytes.
package enum TCPField {
    package static let checksum = 16
    package static let headerBytes = 20
    package static let protocolNumber: UInt8 = 6
}

/// RFC 9293.
public struct TCPLayer: FrameLayer, Equatable {
    public var sourcePort: UInt16
    public var destinationPort: UInt16
    public var sequence: UInt32 = 0
    public var acknowledgement: UInt32 = 0
    /// In words of 32 bits; nil for what the options need.
    public var headerWords: UInt8?
    /// Three reserved bits and nine flags.
    public var flags: TCPFlags
    public var window: UInt16 = 8_192
    public var checksum: UInt16?
    public var urgentPointer: UInt16 = 0
    /// As they stand in the header, padding included.
    public var optionBytes: [UInt8] = []

    public init(sourcePort: UInt16, destinationPort: UInt16, flags: TCPFlags) {
        self.sourcePort = sourcePort
        self.destinationPort = destinationPort
        self.flags = flags
    }

    public var kind: LayerKind { .tcp }

    public init(_ kind: LayerKind, from reader: inout ByteReader) throws(LayerFault) {
        try reader.require(TCPField.headerBytes)
        sourcePort = try reader.read16()
        destinationPort = try reader.read16()
        sequence = try reader.read32()
        acknowledgement = try reader.read32()
        let word = try reader.read16()
        headerWords = UInt8(word >> 12)
        flags = TCPFlags(rawValue: word & 0xFFF)
        window = try reader.read16()
        checksum = try reader.read16()
        urgentPointer = try reader.read16()
        guard word >> 12 >= 5 else { throw .malformed("a header of \(word >> 12) words is shorter than 5") }
        optionBytes = try reader.read(Int(word >> 12) * 4 - TCPField.headerBytes)
    }

    /// Sets the options, padded to whole words.
    public mutating func setOptions(_ options: [HeaderOption]) {
        optionBytes = HeaderOption.written(options, .tcp, unitBytes: 4)
    }

    private var headerBytes: Int { TCPField.headerBytes + optionBytes.count }

    public func encoded(_ context: BuildContext) -> [UInt8] {
        var writer = ByteWriter()
        writer.write16(sourcePort)
        writer.write16(destinationPort)
        writer.write32(sequence)
        writer.write32(acknowledgement)
        writer.write16(UInt16((headerWords ?? UInt8(headerBytes / 4)) & 0xF) << 12 | flags.rawValue & 0xFFF)
        writer.write16(window)
        writer.write16(checksum ?? 0)
        writer.write16(urgentPointer)
        writer.write(optionBytes)
        if checksum == nil, let pseudoHeader = context.pseudoHeader {
            writer.set16(
                TCPField.checksum,
                pseudoHeader.checksum(protocolNumber: TCPField.protocolNumber, writer.bytes + context.payload))
        }
        return writer.bytes
    }

    public func describe(into list: inout FieldList, _ context: LayerContext) {
        list.decimal("srcport", "sport", sourcePort)
        list.decimal("dstport", "dport", destinationPort)
        list.decimal("seq_raw", "seq", sequence)
        list.decimal("ack_raw", "ack", acknowledgement)
        list.decimal("hdr_len", "dataofs", Int(headerWords ?? 0) * 4, "\(headerWords ?? 0) words")
        list.hex("flags", "flags", flags.rawValue, digits: 4, flags.description)
        list.decimal("window_size_value", "window", window)
        list.checksum(
            "checksum", "chksum", checksum ?? 0,
            context.transportStatus(checksum ?? 0, protocolNumber: TCPField.protocolNumber))
        list.decimal("urgent_pointer", "urgptr", urgentPointer)
        do throws(LayerFault) {
            for option in try HeaderOption.read(optionBytes, .tcp) { Self.describe(option, into: &list) }
        } catch {
            list.problem("\(error)")
        }
    }

    /// RFC 9293 section 3.2, RFC 7323, RFC 2018.
    private static func describe(_ option: HeaderOption, into list: inout FieldList) {
        let name =
            switch option.type {
            case 0: "end of options"
            case 1: "no operation"
            case 2: "maximum segment size"
            case 3: "window scale"
            case 4: "selective acknowledgements permitted"
            case 5: "selective acknowledgements"
            case 8: "timestamps"
            default: "unknown"
            }
        list.decimal("option_kind", "option", option.type, name)
        switch option.type {
        case 2: if let value = option.number(2) { list.decimal("options.mss_val", "MSS", value) }
        case 3: if let value = option.number(1) { list.decimal("options.wscale.shift", "WScale", value) }
        case 8:
            guard let value = option.number(8) else { return }
            list.decimal("options.timestamp.tsval", "Timestamp", value >> 32)
            list.decimal("options.timestamp.tsecr", "TimestampEcho", value & 0xFFFF_FFFF)
        default: break
        }
    }

    public var places: [FieldPlace] {
        [
            FieldPlace("srcport", 0, 16), FieldPlace("dstport", 16, 16), FieldPlace("seq_raw", 32, 32), FieldPlace("ack_raw", 64, 32),
            FieldPlace("flags", 100, 12), FieldPlace("window_size_value", 112, 16), FieldPlace("urgent_pointer", 144, 16)
        ]
    }

    public func next(_ reader: ByteReader) -> LayerKind { SignatureLayer.begins(reader) ? .signature : .payload }

    public var summary: String {
        "Transmission Control Protocol, Src Port: \(sourcePort), Dst Port: \(destinationPort), Seq: \(sequence)"
    }

    public var information: String? {
        "\(sourcePort) → \(destinationPort) [\(flags)] Seq=\(sequence) Ack=\(acknowledgement) Win=\(window)"
    }
}

/// RFC 9293 section 3.1, RFC 3168; the reserved bits come along.
public struct TCPFlags: OptionSet, Sendable {
    public let rawValue: UInt16

    public init(rawValue: UInt16) { self.rawValue = rawValue }

    public static let fin = TCPFlags(rawValue: 0x01)
    public static let syn = TCPFlags(rawValue: 0x02)
    public static let rst = TCPFlags(rawValue: 0x04)
    public static let psh = TCPFlags(rawValue: 0x08)
    public static let ack = TCPFlags(rawValue: 0x10)
    public static let urg = TCPFlags(rawValue: 0x20)
    public static let ece = TCPFlags(rawValue: 0x40)
    public static let cwr = TCPFlags(rawValue: 0x80)
    public static let ae = TCPFlags(rawValue: 0x100)

    private static let names: [(String, TCPFlags)] = [
        ("FIN", .fin), ("SYN", .syn), ("RST", .rst), ("PSH", .psh), ("ACK", .ack), ("URG", .urg), ("ECE", .ece), ("CWR", .cwr),
        ("AE", .ae)
    ]
}

extension TCPFlags: LosslessStringConvertible {
    /// `SYN,ACK` in either case; `none` for no flag.
    public init?(_ text: String) {
        self = []
        guard text.lowercased() != "none" else { return }
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let flag = Self.names.first(where: { $0.0 == part.uppercased() })?.1 else { return nil }
            insert(flag)
        }
    }

    public var description: String {
        let names = Self.names.filter { contains($0.1) }.map(\.0)
        return names.isEmpty ? "none" : names.joined(separator: ",")
    }
}
