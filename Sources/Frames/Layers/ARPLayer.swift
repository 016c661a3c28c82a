/// RFC 826, for Ethernet and IPv4; other address lengths are read and shown as bytes.
public struct ARPLayer: FrameLayer, Equatable {
    public var hardwareType: UInt16
    public var protocolType: UInt16
    public var hardwareBytes: UInt8
    public var protocolBytes: UInt8
    public var operation: UInt16
    public var senderHardware: [UInt8]
    public var senderProtocol: [UInt8]
    public var targetHardware: [UInt8]
    public var targetProtocol: [UInt8]

    public static let request: UInt16 = 1
    public static let reply: UInt16 = 2

    public init(
        operation: UInt16 = request, sender: MACAddress, senderAddress: IPv4Address, target: MACAddress,
        targetAddress: IPv4Address
    ) {
        hardwareType = 1
        protocolType = EtherType.ipv4
        hardwareBytes = 6
        protocolBytes = 4
        self.operation = operation
        senderHardware = sender.bytes
        senderProtocol = senderAddress.bytes
        targetHardware = target.bytes
        targetProtocol = targetAddress.bytes
    }

    public var kind: LayerKind { .arp }

    public init(_ kind: LayerKind, from reader: inout ByteReader) throws(LayerFault) {
        hardwareType = try reader.read16()
        protocolType = try reader.read16()
        hardwareBytes = try reader.read8()
        protocolBytes = try reader.read8()
        operation = try reader.read16()
        senderHardware = try reader.read(Int(hardwareBytes))
        senderProtocol = try reader.read(Int(protocolBytes))
        targetHardware = try reader.read(Int(hardwareBytes))
        targetProtocol = try reader.read(Int(protocolBytes))
    }

    public func encoded(_ context: BuildContext) -> [UInt8] {
        var writer = ByteWriter()
        writer.write16(hardwareType)
        writer.write16(protocolType)
        writer.write8(hardwareBytes)
        writer.write8(protocolBytes)
        writer.write16(operation)
        for part in [senderHardware, senderProtocol, targetHardware, targetProtocol] { writer.write(part) }
        return writer.bytes
    }

    public func describe(into list: inout FieldList, _ context: LayerContext) {
        list.decimal("hw.type", "hwtype", hardwareType, hardwareType == 1 ? "Ethernet" : nil)
        list.hex("proto.type", "ptype", protocolType, ProtocolNumbers.etherType(protocolType))
        list.decimal("hw.size", "hwlen", hardwareBytes)
        list.decimal("proto.size", "plen", protocolBytes)
        list.decimal("opcode", "op", operation, operationName)
        let mac = hardwareBytes == 6 && hardwareType == 1
        let ip = protocolBytes == 4 && protocolType == EtherType.ipv4
        list.add(mac ? "src.hw_mac" : "src.hw", "hwsrc", hardware(senderHardware))
        list.add(ip ? "src.proto_ipv4" : "src.proto", "psrc", network(senderProtocol))
        list.add(mac ? "dst.hw_mac" : "dst.hw", "hwdst", hardware(targetHardware))
        list.add(ip ? "dst.proto_ipv4" : "dst.proto", "pdst", network(targetProtocol))
    }

    private func hardware(_ bytes: [UInt8]) -> FieldValue {
        guard bytes.count == 6, hardwareType == 1 else { return .bytes(bytes) }
        return .text("\(MACAddress(value: bytes.reduce(0) { $0 << 8 | UInt64($1) }))")
    }

    private func network(_ bytes: [UInt8]) -> FieldValue {
        guard bytes.count == 4, protocolType == EtherType.ipv4 else { return .bytes(bytes) }
        return .text("\(IPv4Address(value: bytes.reduce(0) { $0 << 8 | UInt32($1) }))")
    }

    private var operationName: String? {
        switch operation {
        case Self.request: "request"
        case Self.reply: "reply"
        default: nil
        }
    }

    public func next(_ reader: ByteReader) -> LayerKind { .payload }

    public var summary: String { "Address Resolution Protocol\(operationName.map { " (\($0))" } ?? "")" }

    public var information: String? {
        switch operation {
        case Self.request: "Who has \(network(targetProtocol))? Tell \(network(senderProtocol))"
        case Self.reply: "\(network(senderProtocol)) is at \(hardware(senderHardware))"
        default: "operation \(operation)"
        }
    }
}
