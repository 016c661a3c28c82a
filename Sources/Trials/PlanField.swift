/// Every field of a plan by the path it has in a profile; the one list of what can be asked for.
public enum PlanField: String, CaseIterable, Codable, Hashable, Sendable {
    case linkTransmit = "link.tx"
    case linkReceive = "link.rx"
    case mtu = "link.mtu"
    case transmitQueues = "link.tx-queues"
    case receiveQueues = "link.rx-queues"
    case transmitAddress = "link.tx-address"
    case receiveAddress = "link.rx-address"
    case gro = "link.gro"
    case gso = "link.gso"
    case tso = "link.tso"
    case checksumOffload = "link.checksum-offload"
    case force = "link.force"

    case size = "frame.size"
    case sourceAddress = "frame.source-mac"
    case destinationAddress = "frame.destination-mac"
    case vlans = "frame.vlans"
    case network = "frame.network"
    case sourceIP = "frame.source-ip"
    case destinationIP = "frame.destination-ip"
    case transport = "frame.transport"
    case sourcePort = "frame.source-port"
    case destinationPort = "frame.destination-port"
    case dscp = "frame.dscp"
    case timeToLive = "frame.ttl"
    case udpChecksum = "frame.udp-checksum"
    case modifiers = "frame.modifiers"

    case rate = "load.rate"
    case lineRate = "load.line-rate"
    case frameCount = "load.count"
    case duration = "load.time"
    case warmup = "load.warmup"

    case placement = "link.placement"
    case engine = "transmit.engine"
    case transmitWorkers = "transmit.threads"
    case transmitCPUs = "transmit.cpus"
    case ringSlots = "transmit.ring-slots"
    case batchFrames = "transmit.batch"
    case layout = "transmit.layout"
    case segments = "transmit.segments"
    case qdiscBypass = "transmit.qdisc-bypass"

    case receiver = "receive.receiver"
    case receiveWorkers = "receive.threads"
    case receiveCPUs = "receive.cpus"
    case blockBytes = "receive.block-size"
    case blocks = "receive.blocks"
    case retire = "receive.retire"
    case snapBytes = "receive.snap"
    case xdpMode = "receive.xdp-mode"
    case foreign = "receive.foreign"
    case busyPoll = "receive.busy-poll"

    case repeats = "run.repeats"
    case interval = "run.interval"
    case seed = "run.seed"

    /// `frame.size`.
    public var path: String { rawValue }

    /// The mapping of a profile that holds the field: `frame`.
    public var section: String { String(rawValue.prefix { $0 != "." }) }

    /// Its key there: `size`.
    public var key: String { String(rawValue.drop { $0 != "." }.dropFirst()) }

    /// The command line's long option for it: its key, unless that key stands in two sections or says
    /// too little without its section.
    public var flag: String {
        switch self {
        case .transmitCPUs, .receiveCPUs: "--cpus"
        case .receiveWorkers: "--rx-threads"
        case .vlans: "--vlan"
        case .modifiers: "--modify"
        default: "--" + key
        }
    }
}
