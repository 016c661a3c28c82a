/// A setting by the path it has in a profile.
public struct PlanField: RawRepresentable, CaseIterable, Codable, Hashable, Sendable {
    /// `frame.size`.
    public let path: String

    package init(path: String) { self.path = path }

    /// Nil if there is no such setting.
    public init?(rawValue: String) {
        path = rawValue
        guard SettingTable.hasRow(self) else { return nil }
    }

    public var rawValue: String { path }

    public static var allCases: [PlanField] { SettingTable.rows.map(\.field) }

    /// The mapping of a profile that holds the field: `frame`.
    public var section: String { String(path.prefix { $0 != "." }) }

    /// Its key there: `size`.
    public var key: String { String(path.drop { $0 != "." }.dropFirst()) }

    /// The command line's long option for it.
    public var flag: String { SettingTable.row(self).flag.long }
}

// Names for those that rules between settings speak of.
extension PlanField {
    public static let linkTransmit = SettingTable.shared.link.transmit.field
    public static let linkReceive = SettingTable.shared.link.receive.field
    public static let mtu = SettingTable.shared.link.mtuBytes.field
    public static let transmitQueues = SettingTable.shared.link.transmitQueues.field
    public static let receiveQueues = SettingTable.shared.link.receiveQueues.field
    public static let transmitAddress = SettingTable.shared.link.transmitAddress.field
    public static let receiveAddress = SettingTable.shared.link.receiveAddress.field
    public static let gro = SettingTable.shared.link.gro.field
    public static let gso = SettingTable.shared.link.gso.field
    public static let tso = SettingTable.shared.link.tso.field
    public static let checksumOffload = SettingTable.shared.link.checksumOffload.field
    public static let force = SettingTable.shared.link.force.field
    public static let size = SettingTable.shared.frame.sizes.field
    public static let sourceAddress = SettingTable.shared.frame.sourceAddress.field
    public static let destinationAddress = SettingTable.shared.frame.destinationAddress.field
    public static let vlans = SettingTable.shared.frame.vlans.field
    public static let encapsulation = SettingTable.shared.frame.encapsulation.field
    public static let network = SettingTable.shared.frame.network.field
    public static let sourceIP = SettingTable.shared.frame.sourceIP.field
    public static let destinationIP = SettingTable.shared.frame.destinationIP.field
    public static let transport = SettingTable.shared.frame.transport.field
    public static let sourcePort = SettingTable.shared.frame.sourcePort.field
    public static let destinationPort = SettingTable.shared.frame.destinationPort.field
    public static let dscp = SettingTable.shared.frame.dscp.field
    public static let timeToLive = SettingTable.shared.frame.timeToLive.field
    public static let udpChecksum = SettingTable.shared.frame.udpChecksum.field
    public static let malformed = SettingTable.shared.frame.malformed.field
    public static let flows = SettingTable.shared.frame.flows.field
    public static let modifiers = SettingTable.shared.frame.modifiers.field
    public static let streams = SettingTable.shared.frame.streams.field
    public static let rate = SettingTable.shared.load.rate.field
    public static let lineRate = SettingTable.shared.load.lineRate.field
    public static let shape = SettingTable.shared.load.shape.field
    public static let frameCount = SettingTable.shared.load.frameCount.field
    public static let duration = SettingTable.shared.load.durationNanoseconds.field
    public static let warmup = SettingTable.shared.load.warmupNanoseconds.field
    public static let placement = SettingTable.shared.link.placement.field
    public static let engine = SettingTable.shared.transmit.engine.field
    public static let transmitWorkers = SettingTable.shared.transmit.workers.field
    public static let transmitCPUs = SettingTable.shared.transmit.cpus.field
    public static let ringSlots = SettingTable.shared.transmit.ringSlots.field
    public static let batchFrames = SettingTable.shared.transmit.batchFrames.field
    public static let layout = SettingTable.shared.transmit.layout.field
    public static let segments = SettingTable.shared.transmit.segments.field
    public static let superframes = SettingTable.shared.transmit.superframes.field
    public static let qdiscBypass = SettingTable.shared.transmit.qdiscBypass.field
    public static let receiver = SettingTable.shared.receive.receiver.field
    public static let receiveWorkers = SettingTable.shared.receive.workers.field
    public static let receiveCPUs = SettingTable.shared.receive.cpus.field
    public static let blockBytes = SettingTable.shared.receive.blockBytes.field
    public static let blocks = SettingTable.shared.receive.blocks.field
    public static let retire = SettingTable.shared.receive.retireMilliseconds.field
    public static let snapBytes = SettingTable.shared.receive.snapBytes.field
    public static let xdpMode = SettingTable.shared.receive.xdpMode.field
    public static let foreign = SettingTable.shared.receive.foreign.field
    public static let busyPoll = SettingTable.shared.receive.busyPollMicroseconds.field
    public static let repeats = SettingTable.shared.run.repeats.field
    public static let interval = SettingTable.shared.run.intervalNanoseconds.field
    public static let seed = SettingTable.shared.run.seed.field
}
