import ArgumentParser
import Frames
import Metrics
import Trials

/// The flags that say what to run; those that were given lie over the profile's values.
struct PlanOptions: ParsableArguments {
    @OptionGroup(title: "Load") var load: LoadOptions
    @OptionGroup(title: "Frames") var frame: FrameOptions
    @OptionGroup(title: "Link") var link: LinkOptions
    @OptionGroup(title: "Workers and rings") var workers: WorkerOptions

    func draft() throws -> PlanDraft {
        var draft = PlanDraft()
        load.apply(to: &draft)
        frame.apply(to: &draft)
        link.apply(to: &draft)
        try workers.apply(to: &draft)
        return draft
    }
}

struct LoadOptions: ParsableArguments {
    @Option(
        name: [.customShort("b"), .long],
        help: "Load over all workers: max, 1.5mpps, 500kpps, 5gbps (L2, with FCS), 23% of --line-rate (default: max).",
        transform: quantity(RateRequest.init(parsing:)))
    var rate: RateRequest?

    @Option(help: "What a percentage is of, L1; a veth has no speed of its own.", transform: quantity(BitRate.init(parsing:)))
    var lineRate: BitRate?

    @Option(
        name: [.customShort("t"), .long],
        help: "Stop after this time: 10, 10s, 500ms, 3m; 0 runs until Ctrl-C (default: 5s, or no limit with --count).",
        transform: parsedDuration)
    var time: UInt64?

    @Option(
        name: [.customShort("n"), .long], help: "Stop after this many frames over all workers: 1M, 500k; 0 means no limit.",
        transform: parsedCount)
    var count: UInt64?

    @Option(help: "Run this long before the measurement starts (default: 1s).", transform: parsedDuration)
    var warmup: UInt64?

    @Option(name: [.customShort("I"), .long], help: "Time between two lines of progress (default: 1s).", transform: parsedDuration)
    var interval: UInt64?

    @Option(help: "How many trials (default: 1).")
    var repeats: Int?

    @Option(help: "Where random field values start.")
    var seed: UInt64?

    func apply(to draft: inout PlanDraft) {
        draft.load.rate = rate
        draft.load.lineRate = lineRate
        draft.load.durationNanoseconds = time
        draft.load.frameCount = count
        draft.load.warmupNanoseconds = warmup
        draft.run.intervalNanoseconds = interval
        draft.run.repeats = repeats
        draft.run.seed = seed
    }
}

struct FrameOptions: ParsableArguments {
    @Option(
        name: [.customShort("s"), .long], help: "Frame size with FCS: 64, a mix 64,512,1518, 64:7,594:4,1518:1, or imix (default: 64).",
        transform: text("frame size", "64, 64,512,1518, 64:7,594:4,1518:1, imix or imix-csit", FrameSizes.init))
    var size: FrameSizes?

    @Option(help: "Network protocol.")
    var network: NetworkProtocol?

    @Option(help: "Transport protocol.")
    var transport: TransportProtocol?

    @Option(help: "Source MAC address.", transform: text("MAC address", "aa:bb:cc:dd:ee:ff", MACAddress.init))
    var sourceMac: MACAddress?

    @Option(help: "Destination MAC address.", transform: text("MAC address", "aa:bb:cc:dd:ee:ff", MACAddress.init))
    var destinationMac: MACAddress?

    @Option(help: "Source address, IPv4 or IPv6.", transform: text("IP address", "198.18.0.1 or 2001:2::1", AnyIPAddress.init))
    var sourceIp: AnyIPAddress?

    @Option(
        help: "Destination address, IPv4 or IPv6.", transform: text("IP address", "198.19.0.1 or 2001:2::2", AnyIPAddress.init))
    var destinationIp: AnyIPAddress?

    @Option(help: "Source port.")
    var sourcePort: UInt16?

    @Option(help: "Destination port.")
    var destinationPort: UInt16?

    @Option(help: "802.1Q tag; repeat it for QinQ, outermost first.")
    var vlan: [UInt16] = []

    @Option(help: "Differentiated services code point, 0 to 63.")
    var dscp: UInt8?

    @Option(help: "Time to live, or hop limit.")
    var ttl: UInt8?

    @Flag(inversion: .prefixedNo, help: "A checksum in UDP over IPv4 (over IPv6, and in TCP, there always is one).")
    var udpChecksum: Bool?

    @Option(
        help: "Vary a field from frame to frame: sourcePort=inc:100, destinationIPv4=random:50; repeatable.",
        transform: text("modifier", "FIELD=inc:COUNT[:STEP] or FIELD=random:COUNT", FieldModifier.init))
    var modify: [FieldModifier] = []

    func apply(to draft: inout PlanDraft) {
        draft.frame.sizes = size
        draft.frame.network = network
        draft.frame.transport = transport
        draft.frame.sourceAddress = sourceMac
        draft.frame.destinationAddress = destinationMac
        sourceIp?.apply(&draft.frame.sourceIPv4, &draft.frame.sourceIPv6)
        destinationIp?.apply(&draft.frame.destinationIPv4, &draft.frame.destinationIPv6)
        draft.frame.sourcePort = sourcePort
        draft.frame.destinationPort = destinationPort
        draft.frame.vlans = vlan.isEmpty ? nil : vlan
        draft.frame.dscp = dscp
        draft.frame.timeToLive = ttl
        draft.frame.udpChecksum = udpChecksum
        draft.frame.modifiers = modify.isEmpty ? nil : modify
    }
}

struct LinkOptions: ParsableArguments {
    @Option(
        help: "Transmit on this interface instead of a private pair: IF or IF@NETNS (name, process id or path).",
        transform: parsedInterface)
    var tx: InterfaceReference?

    @Option(
        help: "Receive on this interface, the other end.",
        transform: parsedInterface)
    var rx: InterfaceReference?

    @Option(help: "MTU of both ends.")
    var mtu: Int?

    @Option(help: "Transmit queues of both ends.")
    var txQueues: Int?

    @Option(help: "Receive queues of both ends.")
    var rxQueues: Int?

    @Option(help: "MAC address of the transmitting end.", transform: text("MAC address", "aa:bb:cc:dd:ee:ff", MACAddress.init))
    var txAddress: MACAddress?

    @Option(help: "MAC address of the receiving end.", transform: text("MAC address", "aa:bb:cc:dd:ee:ff", MACAddress.init))
    var rxAddress: MACAddress?

    @Flag(inversion: .prefixedNo, help: "Generic receive offload on the receiving end.")
    var gro: Bool?

    @Flag(inversion: .prefixedNo, help: "Generic segmentation offload on the transmitting end.")
    var gso: Bool?

    @Flag(inversion: .prefixedNo, help: "TCP segmentation offload on the transmitting end.")
    var tso: Bool?

    @Flag(inversion: .prefixedNo, help: "Checksum offload on both ends.")
    var checksumOffload: Bool?

    @Flag(help: "Transmit even on an interface that carries a default route, or where the receiving side would forward the frames.")
    var force = false

    @Option(help: "Which CPU does the receiving.")
    var placement: PlacementName?

    func apply(to draft: inout PlanDraft) {
        draft.link.transmit = tx
        draft.link.receive = rx
        draft.link.mtuBytes = mtu
        draft.link.transmitQueues = txQueues
        draft.link.receiveQueues = rxQueues
        draft.link.transmitAddress = txAddress
        draft.link.receiveAddress = rxAddress
        draft.link.gro = gro
        draft.link.gso = gso
        draft.link.tso = tso
        draft.link.checksumOffload = checksumOffload
        draft.link.force = force ? true : nil
        draft.link.placement = placement
    }
}

struct WorkerOptions: ParsableArguments {
    @Option(name: [.customShort("P"), .long], help: "Transmit workers, a pinned thread each (default: 1).")
    var threads: Int?

    @Option(help: "Receive workers (default: one for each transmit worker, as far as there are CPUs).")
    var rxThreads: Int?

    @Option(parsing: .upToNextOption, help: "Which CPUs they run on: tx=0,2 rx=1,3, or auto.")
    var cpus: [String] = []

    @Option(help: "Way to transmit.")
    var engine: EngineName?

    @Option(help: "Way to receive.")
    var receiver: ReceiverName?

    @Option(help: "How a ring slot becomes a socket buffer.")
    var layout: SlotLayout?

    @Option(help: "Frames that a slot of the gso engine is cut into (default: 64).")
    var segments: Int?

    @Option(help: "Transmit ring slots a worker (default: 256, or what the schedule of frames needs).")
    var ringSlots: Int?

    @Option(help: "Frames handed to the kernel in one call (default: 32).")
    var batch: Int?

    @Flag(inversion: .prefixedNo, help: "Send past the queueing discipline (PACKET_QDISC_BYPASS).")
    var qdiscBypass: Bool?

    @Option(help: "Receive ring block size (default: 128KiB).", transform: parsedByteCount)
    var blockSize: Int?

    @Option(help: "Receive ring blocks a worker (default: 64).")
    var blocks: Int?

    @Option(help: "Milliseconds after which a block is handed over even if not full (default: 4).")
    var retire: Int?

    @Option(help: "Bytes of each frame the receiver keeps; 0 chooses.", transform: parsedByteCount)
    var snap: Int?

    @Option(help: "How the interface runs the program of an xdp or af-xdp receiver (default: native).")
    var xdpMode: XDPModeName?

    @Option(help: "What the xdp receiver does with frames that aren't ours (default: pass).")
    var foreign: ForeignAction?

    @Option(help: ArgumentHelp("Microseconds for which an af-xdp reader polls the queue itself.", valueName: "µs"))
    var busyPoll: Int?

    func apply(to draft: inout PlanDraft) throws {
        draft.transmit.workers = threads
        draft.receive.workers = rxThreads
        if !cpus.isEmpty {
            let request = try CPURequest(parsing: cpus)
            draft.transmit.cpus = request.transmit
            draft.receive.cpus = request.receive
        }
        draft.transmit.engine = engine
        draft.receive.receiver = receiver
        draft.transmit.layout = layout
        draft.transmit.segments = segments
        draft.transmit.ringSlots = ringSlots
        draft.transmit.batchFrames = batch
        draft.transmit.qdiscBypass = qdiscBypass
        draft.receive.blockBytes = blockSize
        draft.receive.blocks = blocks
        draft.receive.retireMilliseconds = retire
        draft.receive.snapBytes = snap
        draft.receive.xdpMode = xdpMode
        draft.receive.foreign = foreign
        draft.receive.busyPollMicroseconds = busyPoll
    }
}
