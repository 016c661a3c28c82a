import ArgumentParser
import Trials

/// The flags that say what to run; those that were given lie over the profile's values.
///
/// Their values are read by the same table as a profile's, so that both are told in the same words what is wrong with them.
struct PlanOptions: ParsableArguments {
    @OptionGroup(title: "Load") var load: LoadOptions
    @OptionGroup(title: "Load") var course: CourseOptions
    @OptionGroup(title: "Frames") var frame: FrameOptions
    @OptionGroup(title: "Link") var ends: EndOptions
    @OptionGroup(title: "Link") var link: LinkOptions
    @OptionGroup(title: "Workers and rings") var engines: EngineOptions
    @OptionGroup(title: "Workers and rings") var workers: WorkerOptions

    /// - Throws: `FlagDraft.Problems`.
    func draft() throws -> PlanDraft {
        var flags = FlagDraft()
        load.apply(to: &flags)
        course.apply(to: &flags)
        frame.apply(to: &flags)
        ends.apply(to: &flags)
        link.apply(to: &flags)
        engines.apply(to: &flags)
        workers.apply(to: &flags)
        return try flags.finished()
    }
}

/// Those of them that make sense where each pair of engine and receiver has its turn on a link of its own.
struct BakeoffOptions: ParsableArguments {
    @OptionGroup(title: "Load") var load: LoadOptions
    @OptionGroup(title: "Frames") var frame: FrameOptions
    @OptionGroup(title: "Link") var link: LinkOptions
    @OptionGroup(title: "Workers and rings") var workers: WorkerOptions

    /// - Throws: `FlagDraft.Problems`.
    func draft() throws -> PlanDraft {
        var flags = FlagDraft()
        load.apply(to: &flags)
        frame.apply(to: &flags)
        link.apply(to: &flags)
        workers.apply(to: &flags)
        return try flags.finished()
    }
}

// A value is taken as it stands, also with a `-` in front: else `-b -5kpps` would be told as a missing value.

struct LoadOptions: ParsableArguments {
    @Option(
        name: [.customShort("b"), .long], parsing: .unconditional,
        help: "Load over all workers: max, 1.5mpps, 500kpps, 5gbps or 5G (L2, with FCS), 23% of --line-rate (default: max).")
    var rate: String?

    @Option(parsing: .unconditional, help: "What a percentage is of, L1, as in 10gbps; a veth has no speed of its own.")
    var lineRate: String?

    @Option(
        name: [.customShort("t"), .long], parsing: .unconditional,
        help: "Stop after this time: 10, 10s, 500ms, 1m30s; 0 runs until Ctrl-C (default: 5s, or no limit with --count; 1s in a bakeoff).")
    var time: String?

    @Option(
        name: [.customShort("n"), .long], parsing: .unconditional,
        help: "Stop after this many frames over all workers: 1M, 500k; 0 means no limit (default: no limit).")
    var count: String?

    @Option(parsing: .unconditional, help: "Run this long before the measurement starts (default: 1s; 200ms in a bakeoff).")
    var warmup: String?

    @Option(parsing: .unconditional, help: "Where random field values start (default: 1).")
    var seed: String?

    func apply(to flags: inout FlagDraft) {
        flags.set(.rate, rate)
        flags.set(.lineRate, lineRate)
        flags.set(.duration, time)
        flags.set(.frameCount, count)
        flags.set(.warmup, warmup)
        flags.set(.seed, seed)
    }
}

/// How a run goes about its trials; a bakeoff has rounds.
struct CourseOptions: ParsableArguments {
    @Option(
        name: [.customShort("I"), .long], parsing: .unconditional,
        help: "Time between two lines of progress (default: 1s).")
    var interval: String?

    @Option(parsing: .unconditional, help: "How many trials (default: 1).")
    var repeats: String?

    func apply(to flags: inout FlagDraft) {
        flags.set(.interval, interval)
        flags.set(.repeats, repeats)
    }
}

struct FrameOptions: ParsableArguments {
    @Option(
        name: [.customShort("s"), .long], parsing: .unconditional,
        help:
            "Frame size with FCS: 64, a mix 64,512,1518, 64:7,594:4,1518:1, imix or imix-csit (default: 64, or the least that holds the headers)."
    )
    var size: String?

    @Option(parsing: .unconditional, help: "Network protocol: ipv4, ipv6 or raw (default: ipv4).")
    var network: String?

    @Option(parsing: .unconditional, help: "Transport protocol: udp or tcp (default: udp).")
    var transport: String?

    @Option(parsing: .unconditional, help: "Source MAC address (default: the transmitting interface's).")
    var sourceMac: String?

    @Option(parsing: .unconditional, help: "Destination MAC address (default: nobody's on a private pair, else the receiving interface's).")
    var destinationMac: String?

    @Option(parsing: .unconditional, help: "Source address, IPv4 or IPv6 (default: 198.18.0.1 or 2001:2::1).")
    var sourceIp: String?

    @Option(parsing: .unconditional, help: "Destination address, IPv4 or IPv6 (default: 198.19.0.1 or 2001:2:0:1::1).")
    var destinationIp: String?

    @Option(parsing: .unconditional, help: "Source port (default: 49152).")
    var sourcePort: String?

    @Option(parsing: .unconditional, help: "Destination port (default: 9).")
    var destinationPort: String?

    @Option(parsing: .unconditionalSingleValue, help: "802.1Q tag; repeat it for QinQ, outermost first (default: none).")
    var vlan: [String] = []

    @Option(parsing: .unconditional, help: "Differentiated services code point, 0 to 63 (default: 0).")
    var dscp: String?

    @Option(parsing: .unconditional, help: "Time to live, or hop limit, 1 to 255 (default: 64).")
    var ttl: String?

    @Flag(inversion: .prefixedNo, help: "A checksum in UDP over IPv4; over IPv6, and in TCP, there always is one (default: none).")
    var udpChecksum: Bool?

    @Option(
        parsing: .unconditionalSingleValue,
        help: "Vary a field from frame to frame: sourcePort=inc:100, destinationIPv4=random:50; repeatable (default: none).")
    var modify: [String] = []

    func apply(to flags: inout FlagDraft) {
        flags.set(.size, size)
        flags.set(.network, network)
        flags.set(.transport, transport)
        flags.set(.sourceAddress, sourceMac)
        flags.set(.destinationAddress, destinationMac)
        flags.set(.sourceIP, sourceIp)
        flags.set(.destinationIP, destinationIp)
        flags.set(.sourcePort, sourcePort)
        flags.set(.destinationPort, destinationPort)
        flags.set(.vlans, vlan)
        flags.set(.dscp, dscp)
        flags.set(.timeToLive, ttl)
        flags.set(.modifiers, modify)
        flags.draft.frame.udpChecksum = udpChecksum
    }
}

/// The two ends, where they are somebody's.
struct EndOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: "Transmit on this interface: IF or IF@NETNS (name, process id or path) (default: a private pair).")
    var tx: String?

    @Option(parsing: .unconditional, help: "Receive on this interface, the other end; not needed with --receiver none.")
    var rx: String?

    @Flag(help: "Transmit even on an interface that carries a default route, or where the receiving side would forward the frames.")
    var force = false

    func apply(to flags: inout FlagDraft) {
        flags.set(.linkTransmit, tx)
        flags.set(.linkReceive, rx)
        flags.draft.link.force = force ? true : nil
    }
}

struct LinkOptions: ParsableArguments {
    @Option(
        parsing: .unconditional, help: "MTU of both ends, 68 to 65535 (default: what the frames need, at least 1500, on a private pair).")
    var mtu: String?

    @Option(parsing: .unconditional, help: "Transmit queues of both ends (default: what the engines need on a private pair, mostly 1).")
    var txQueues: String?

    @Option(parsing: .unconditional, help: "Receive queues of both ends (default: what the receivers need on a private pair, mostly 1).")
    var rxQueues: String?

    @Option(parsing: .unconditional, help: "MAC address to give the transmitting end (default: its own).")
    var txAddress: String?

    @Option(parsing: .unconditional, help: "MAC address to give the receiving end (default: its own).")
    var rxAddress: String?

    @Flag(inversion: .prefixedNo, help: "Generic receive offload on the receiving end (default: what the engine needs, else as it is).")
    var gro: Bool?

    @Flag(inversion: .prefixedNo, help: "Generic segmentation offload on the transmitting end (default: as it is).")
    var gso: Bool?

    @Flag(inversion: .prefixedNo, help: "TCP segmentation offload on the transmitting end (default: as it is).")
    var tso: Bool?

    @Flag(inversion: .prefixedNo, help: "Checksum offload on both ends (default: what the engine needs, else as it is).")
    var checksumOffload: Bool?

    @Option(
        parsing: .unconditional, help: "Which CPU does the receiving: auto, same-core, split-softirq or napi-thread (default: auto).")
    var placement: String?

    func apply(to flags: inout FlagDraft) {
        flags.set(.mtu, mtu)
        flags.set(.transmitQueues, txQueues)
        flags.set(.receiveQueues, rxQueues)
        flags.set(.transmitAddress, txAddress)
        flags.set(.receiveAddress, rxAddress)
        flags.set(.placement, placement)
        flags.draft.link.gro = gro
        flags.draft.link.gso = gso
        flags.draft.link.tso = tso
        flags.draft.link.checksumOffload = checksumOffload
    }
}

/// What a bakeoff chooses itself.
struct EngineOptions: ParsableArguments {
    @Option(parsing: .unconditional, help: "Way to transmit: auto, ring, gso, mmsg, af-xdp, xdp or null (default: auto).")
    var engine: String?

    @Option(parsing: .unconditional, help: "Way to receive: auto, ring, af-xdp, xdp, none or null (default: auto).")
    var receiver: String?

    func apply(to flags: inout FlagDraft) {
        flags.set(.engine, engine)
        flags.set(.receiver, receiver)
    }
}

struct WorkerOptions: ParsableArguments {
    @Option(
        name: [.customShort("P"), .long], parsing: .unconditional,
        help: "Transmit workers, a pinned thread each (default: 1, or one for each CPU of --cpus tx=).")
    var threads: String?

    @Option(
        parsing: .unconditional, help: "Receive workers (default: one for each transmit worker, as far as there are CPUs).")
    var rxThreads: String?

    @Option(parsing: .upToNextOption, help: "Which CPUs they run on: tx=0,2 rx=1,3, or auto (default: auto).")
    var cpus: [String] = []

    @Option(parsing: .unconditional, help: "How a ring slot becomes a socket buffer: linear or fragments (default: linear).")
    var layout: String?

    @Option(parsing: .unconditional, help: "Frames that a slot of the gso engine is cut into (default: 64).")
    var segments: String?

    @Option(
        parsing: .unconditional, help: "Transmit ring slots a worker (default: 256, with gso 16, or what the schedule of frames needs).")
    var ringSlots: String?

    @Option(parsing: .unconditional, help: "Frames handed to the kernel in one call (default: 32, with gso 256).")
    var batch: String?

    @Flag(
        inversion: .prefixedNo,
        help: "Send past the queueing discipline (PACKET_QDISC_BYPASS) (default: past it, but with gso, which can't).")
    var qdiscBypass: Bool?

    @Option(parsing: .unconditional, help: "Receive ring block size (default: 128KiB).")
    var blockSize: String?

    @Option(parsing: .unconditional, help: "Receive ring blocks a worker (default: 64).")
    var blocks: String?

    @Option(parsing: .unconditional, help: "Milliseconds after which a block is handed over even if not full, or as in 10ms (default: 4).")
    var retire: String?

    @Option(parsing: .unconditional, help: "Bytes of each frame the receiver keeps; 0 chooses (default: 0).")
    var snap: String?

    @Option(
        parsing: .unconditional,
        help: "How the interface runs the program of an xdp or af-xdp receiver: native or generic (default: native).")
    var xdpMode: String?

    @Option(parsing: .unconditional, help: "What the xdp receiver does with frames that aren't ours: pass or drop (default: pass).")
    var foreign: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Microseconds for which an af-xdp reader polls the queue itself (default: 0).", valueName: "µs"))
    var busyPoll: String?

    func apply(to flags: inout FlagDraft) {
        flags.set(.transmitWorkers, threads)
        flags.set(.receiveWorkers, rxThreads)
        flags.set(cpus: cpus)
        flags.set(.layout, layout)
        flags.set(.segments, segments)
        flags.set(.ringSlots, ringSlots)
        flags.set(.batchFrames, batch)
        flags.set(.blockBytes, blockSize)
        flags.set(.blocks, blocks)
        // Once it was a number of milliseconds; a duration without a unit is one of seconds.
        flags.set(.retire, retire.map { $0.allSatisfy(\.isNumber) && !$0.isEmpty ? $0 + "ms" : $0 })
        flags.set(.snapBytes, snap)
        flags.set(.xdpMode, xdpMode)
        flags.set(.foreign, foreign)
        flags.set(.busyPoll, busyPoll)
        flags.draft.transmit.qdiscBypass = qdiscBypass
    }
}
