/// A bridge protocol data unit: IEEE 802.1D clause 9.3.
public struct STPLayer: FrameLayer, Equatable {
    public var protocolIdentifier: UInt16 = 0
    public var version: UInt8 = 0
    /// 0 configuration, 0x80 topology change notification, 2 rapid spanning tree.
    public var type: UInt8 = 0
    /// nil in a topology change notification, which ends behind its type.
    public var configuration: Configuration?

    /// All behind the type.
    public struct Configuration: Equatable, Sendable {
        public var flags: UInt8 = 0
        /// Priority and extension in the upper 16 bits, the bridge's address below.
        public var rootIdentifier: UInt64
        public var rootPathCost: UInt32 = 0
        public var bridgeIdentifier: UInt64
        public var portIdentifier: UInt16 = 0x8001
        /// In 1/256 s, as the following.
        public var messageAge: UInt16 = 0
        public var maximumAge: UInt16 = 20 << 8
        public var helloTime: UInt16 = 2 << 8
        public var forwardDelay: UInt16 = 15 << 8

        public init(rootIdentifier: UInt64, bridgeIdentifier: UInt64) {
            self.rootIdentifier = rootIdentifier
            self.bridgeIdentifier = bridgeIdentifier
        }
    }

    public static let topologyChange: UInt8 = 0x80

    public init(_ configuration: Configuration) { self.configuration = configuration }

    public var kind: LayerKind { .stp }

    public init(_ kind: LayerKind, from reader: inout ByteReader) throws(LayerFault) {
        protocolIdentifier = try reader.read16()
        version = try reader.read8()
        type = try reader.read8()
        guard type != Self.topologyChange else { return }
        try reader.require(31)
        let flags = try reader.read8()
        let root = try reader.read64()
        let cost = try reader.read32()
        var configuration = Configuration(rootIdentifier: root, bridgeIdentifier: try reader.read64())
        configuration.flags = flags
        configuration.rootPathCost = cost
        configuration.portIdentifier = try reader.read16()
        configuration.messageAge = try reader.read16()
        configuration.maximumAge = try reader.read16()
        configuration.helloTime = try reader.read16()
        configuration.forwardDelay = try reader.read16()
        self.configuration = configuration
    }

    public func encoded(_ context: BuildContext) -> [UInt8] {
        var writer = ByteWriter()
        writer.write16(protocolIdentifier)
        writer.write8(version)
        writer.write8(type)
        guard let configuration else { return writer.bytes }
        writer.write8(configuration.flags)
        writer.write64(configuration.rootIdentifier)
        writer.write32(configuration.rootPathCost)
        writer.write64(configuration.bridgeIdentifier)
        for value in [
            configuration.portIdentifier, configuration.messageAge, configuration.maximumAge, configuration.helloTime,
            configuration.forwardDelay
        ] { writer.write16(value) }
        return writer.bytes
    }

    public func describe(into list: inout FieldList, _ context: LayerContext) {
        list.hex("protocol", "proto", protocolIdentifier)
        list.decimal("version", "version", version)
        list.hex("type", "bpdutype", type)
        guard let configuration else { return }
        list.hex("flags", "bpduflags", configuration.flags)
        list.decimal("root.prio", "rootid", configuration.rootIdentifier >> 48 & 0xF000)
        list.text("root.hw", "rootmac", MACAddress(value: configuration.rootIdentifier))
        list.decimal("root.cost", "pathcost", configuration.rootPathCost)
        list.decimal("bridge.prio", "bridgeid", configuration.bridgeIdentifier >> 48 & 0xF000)
        list.text("bridge.hw", "bridgemac", MACAddress(value: configuration.bridgeIdentifier))
        list.hex("port", "portid", configuration.portIdentifier)
    }

    public func next(_ reader: ByteReader) -> LayerKind { .payload }

    public var summary: String { "Spanning Tree Protocol" }

    public var information: String? {
        configuration.map { "root \($0.rootIdentifier >> 48 & 0xF000)/\(MACAddress(value: $0.rootIdentifier)), cost \($0.rootPathCost)" }
            ?? "topology change"
    }
}
