/// A hop-by-hop or destination options header: RFC 8200 sections 4.3 and 4.6.
public struct IPv6OptionsLayer: FrameLayer, Equatable {
    public let kind: LayerKind
    public var nextHeader: UInt8?
    /// In units of 8 bytes, the first not counted; nil for what the options need.
    public var lengthUnits: UInt8?
    /// As they stand in the header, padding included.
    public var optionBytes: [UInt8]

    public init(_ kind: LayerKind, options: [HeaderOption] = []) {
        self.kind = kind
        var bytes = HeaderOption.written(options, .ipv6, unitBytes: 1)
        // Two bytes of the first unit are taken; PadN fills the last one, Pad1 a gap of one byte.
        switch (8 - (bytes.count + 2) % 8) % 8 {
        case 0: break
        case 1: bytes.append(0)
        case let missing: bytes += [1, UInt8(missing - 2)] + [UInt8](repeating: 0, count: missing - 2)
        }
        optionBytes = bytes
    }

    public init(_ kind: LayerKind, from reader: inout ByteReader) throws(LayerFault) {
        self.kind = kind
        nextHeader = try reader.read8()
        let units = try reader.read8()
        lengthUnits = units
        optionBytes = try reader.read(6 + 8 * Int(units))
    }

    public func encoded(_ context: BuildContext) -> [UInt8] {
        var writer = ByteWriter()
        writer.write8(nextHeader ?? IPv6Layer.announcing(context))
        writer.write8(lengthUnits ?? UInt8(clamping: (optionBytes.count + 2) / 8 - 1))
        writer.write(optionBytes)
        return writer.bytes
    }

    /// The home address that checksums take for the source, 16 bytes: RFC 6275 sections 6.3 and 11.3.1.
    var homeAddress: [UInt8]? {
        guard kind == .destinationOptions, let options = try? HeaderOption.read(optionBytes, .ipv6) else { return nil }
        return options.first { $0.type == Self.homeAddressType && $0.data.count == 16 }?.data
    }

    public static let homeAddressType: UInt8 = 0xC9

    public func describe(into list: inout FieldList, _ context: LayerContext) {
        list.decimal("nxt", "nh", nextHeader ?? 0, ProtocolNumbers.ip(nextHeader ?? 0))
        list.decimal("len", "len", lengthUnits ?? 0)
        do throws(LayerFault) {
            for option in try HeaderOption.read(optionBytes, .ipv6) {
                list.hex("=ipv6.opt.type", "otype", option.type, Self.optionName(option.type))
                if option.type != 0 { list.decimal("=ipv6.opt.length", "optlen", option.data.count) }
            }
        } catch {
            list.problem("\(error)")
        }
    }

    /// IANA's Destination Options and Hop-by-Hop Options.
    private static func optionName(_ type: UInt8) -> String? {
        switch type {
        case 0: "Pad1"
        case 1: "PadN"
        case 5: "router alert"
        case 0xC2: "jumbo payload"
        case homeAddressType: "home address"
        default: nil
        }
    }

    public func next(_ reader: ByteReader) -> LayerKind { .behind(protocolNumber: nextHeader ?? 0, isIPv6: true) }

    public var summary: String {
        kind == .hopByHop ? "IPv6 Hop-by-Hop Option" : "Destination Options for IPv6"
    }
}
