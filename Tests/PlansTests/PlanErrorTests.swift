import Frames
import Metrics
import Testing
import Traffic

@testable import Plans

/// Each case asks for one impossible thing; the sentence is what the user reads.
@Suite struct PlanErrorTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var sentence: String
        var ask: @Sendable (inout PlanDraft) -> Void
        var testDescription: String { sentence }

        init(_ sentence: String, _ ask: @escaping @Sendable (inout PlanDraft) -> Void) {
            self.sentence = sentence
            self.ask = ask
        }
    }

    static func sizes(_ bytes: Int...) -> FrameSizes? {
        FrameSizes(shares: bytes.map { .init(sizeBytes: $0, weight: 1) })
    }

    static let links: [Case] = [
        Case(
            "link.rx (--rx) is missing but must be given when link.tx is (a0); "
                + "add --rx, or leave out both for a private pair"
        ) { $0.link.transmit = InterfaceReference("a0") },
        Case(
            "link.tx (--tx) is missing but must be given when link.rx is (a0@lab); "
                + "add --tx, or leave out both for a private pair"
        ) { $0.link.receive = InterfaceReference("a0@lab") },
        Case("link.rx (--rx) is a0@lab but must be another interface than link.tx; name the other end of the link") {
            $0.link.transmit = InterfaceReference("a0@lab")
            $0.link.receive = InterfaceReference("a0@lab")
        },
        Case("link.mtu (--mtu) is 67 but must be 68 to 65535; leave it out to have vethmark choose") {
            $0.link.mtuBytes = 67
        },
        Case("link.tx-queues (--tx-queues) is 0 but must be 1 to 4096; leave it out to have vethmark choose") {
            $0.link.transmitQueues = 0
        },
        Case("link.rx-queues (--rx-queues) is 4097 but must be 1 to 4096; leave it out to have vethmark choose") {
            $0.link.receiveQueues = 4097
        },
        Case(
            "link.tx-address (--tx-address) is 01:00:5e:00:00:01 but must be a unicast address that is not all zeros; "
                + "leave it out to have the kernel choose"
        ) { $0.link.transmitAddress = MACAddress(value: 0x0100_5E00_0001) },
        Case(
            "link.rx-address (--rx-address) is 00:00:00:00:00:00 but must be a unicast address that is not all zeros; "
                + "leave it out to have the kernel choose"
        ) { $0.link.receiveAddress = MACAddress(value: 0) }
    ]

    static let loads: [Case] = [
        Case(
            "load.rate (--rate) is 0pps but must be more than zero and a rate that can be scheduled, not 0 pps; "
                + "say it as in 100kpps, 5gbps or 23%, or leave it out for max"
        ) { $0.load.rate = .packets(PacketRate(packetsPerSecond: 0)) },
        Case("load.rate (--rate) is 0% but must be more than 0 % and at most 100 %; leave it out for max") {
            $0.load.rate = .percent(0)
        },
        Case("load.rate (--rate) is 101% but must be more than 0 % and at most 100 %; leave it out for max") {
            $0.load.rate = .percent(101)
            $0.load.lineRate = BitRate(bitsPerSecond: 1e9)
        },
        Case(
            "load.rate (--rate) is 50% but must be max, packets or bits a second when there is no line rate; "
                + "give the line rate as well, as in --line-rate 10gbps"
        ) { $0.load.rate = .percent(50) },
        Case("load.line-rate (--line-rate) is 0 b/s but must be more than zero; say it as in 10gbps") {
            $0.load.lineRate = BitRate(bitsPerSecond: 0)
        },
        Case("load.count (--count) is 140737488355329 but must be at most 140737488355328; give 0 for no limit") {
            $0.load.frameCount = (1 << 47) + 1
        },
        Case("load.time (--time) is 1 ns but must be 1 ms to 720 h, or 0; 0 runs until Ctrl-C") {
            $0.load.durationNanoseconds = 1
        },
        Case("load.time (--time) is 721 h but must be 1 ms to 720 h, or 0; 0 runs until Ctrl-C") {
            $0.load.durationNanoseconds = 721 * 3_600_000_000_000
        },
        Case("load.warmup (--warmup) is 2 h but must be 0 s to 1 h; leave it out for 1 s") {
            $0.load.warmupNanoseconds = 7_200_000_000_000
        },
        Case("run.repeats (--repeats) is 0 but must be 1 to 10000; leave it out for 1") { $0.run.repeats = 0 },
        Case("run.repeats (--repeats) is 3 but must be 1 when a trial has no end of its own; give --time or --count") {
            $0.run.repeats = 3
            $0.load.durationNanoseconds = 0
        },
        Case("run.interval (--interval) is 9 ms but must be 10 ms to 1 h; leave it out for 1 s") {
            $0.run.intervalNanoseconds = 9_000_000
        },
        Case(
            "load.rate (--rate) is 9gbps but must be at most 14.88 Mpps, what a line of 10 Gb/s carries of these frames; say it as in 100%, or "
                + "give a faster --line-rate"
        ) {
            $0.load.rate = .bits(BitRate(bitsPerSecond: 9e9))
            $0.load.lineRate = BitRate(bitsPerSecond: 1e10)
        },
        Case(
            "load.rate (--rate) is 1mpps but must be at most 812.7 kpps, what a line of 10 Gb/s carries of these frames; say it as in 100%, or "
                + "give a faster --line-rate"
        ) {
            $0.load.rate = .packets(PacketRate(packetsPerSecond: 1e6))
            $0.load.lineRate = BitRate(bitsPerSecond: 1e10)
            $0.frame.sizes = sizes(1_518)
        }
    ]

    static let workers: [Case] = [
        Case("transmit.threads (--threads) is 0 but must be 1 to 256; leave it out for 1") { $0.transmit.workers = 0 },
        Case("transmit.threads (--threads) is 257 but must be 1 to 256; leave it out for 1") {
            $0.transmit.workers = 257
        },
        Case("receive.threads (--rx-threads) is -1 but must be 1 to 256; leave it out for 2") {
            $0.transmit.workers = 2
            $0.receive.workers = -1
        },
        Case(
            "transmit.cpus (--cpus) is 0,1 but must be 1 CPU, one for each worker (transmit.threads); "
                + "name one CPU for each worker, or leave it out for automatic placement"
        ) {
            $0.transmit.workers = 1
            $0.transmit.cpus = [0, 1]
        },
        Case(
            "receive.cpus (--cpus) is 0 but must be 2 CPUs, one for each worker (receive.threads); "
                + "name one CPU for each worker, or leave it out for automatic placement"
        ) {
            $0.receive.workers = 2
            $0.receive.cpus = [0]
        },
        Case(
            "receive.cpus (--cpus) is an empty list but must be 1 to 256 CPUs; "
                + "name one CPU for each worker, or leave it out for automatic placement"
        ) { $0.receive.cpus = [] },
        Case(
            "transmit.cpus (--cpus) is -1 but must be CPU numbers, counted from 0; "
                + "`lscpu -e` lists them; leave it out for automatic placement"
        ) { $0.transmit.cpus = [0, -1] },
        Case("transmit.ring-slots (--ring-slots) is 1 but must be 8 to 65536; leave it out for 256") {
            $0.transmit.ringSlots = 1
        },
        Case(
            "transmit.batch (--batch) is 300 but must be at most 256, the slots of a ring; "
                + "use --ring-slots 300 or a smaller batch"
        ) {
            $0.transmit.ringSlots = 256
            $0.transmit.batchFrames = 300
        },
        Case("transmit.batch (--batch) is 0 but must be 1 to 4096; leave it out for 256") { $0.transmit.batchFrames = 0 },
        Case("transmit.batch (--batch) is 0 but must be 1 to 4096; leave it out for 32") {
            $0.transmit.engine = .ring
            $0.transmit.batchFrames = 0
        },
        Case("receive.xdp-mode (--xdp-mode) is generic but must be left out with the ring receiver; use --receiver xdp") {
            $0.receive.xdpMode = .generic
        },
        Case(
            "receive.xdp-mode (--xdp-mode) is generic but must be native with the xdp engine, whose frames veth takes only there; "
                + "use --engine gso, or leave it out"
        ) {
            $0.transmit.engine = .xdp
            $0.receive.xdpMode = .generic
        },
        Case("receive.foreign (--foreign) is drop but must be left out with the af-xdp receiver; use --receiver xdp") {
            $0.receive.receiver = .afXDP
            $0.receive.foreign = .drop
        },
        Case("receive.busy-poll (--busy-poll) is 50 µs but must be left out with the ring receiver; use --receiver af-xdp") {
            $0.receive.busyPollMicroseconds = 50
        },
        Case("transmit.segments (--segments) is 1 but must be 2 to 128; leave it out for 64") { $0.transmit.segments = 1 },
        Case("transmit.segments (--segments) is 1 but must be 2 to 128; leave it out for 128") {
            $0.transmit.superframes = true
            $0.transmit.segments = 1
        },
        Case(
            "transmit.superframes (--superframes) is true but must be left out with the ring engine, which sends frames only; use --engine gso"
        ) {
            $0.transmit.superframes = true
            $0.transmit.engine = .ring
        },
        Case(
            "transmit.superframes (--superframes) is true but must be left out with the xdp receiver, which can't tell how many segments a "
                + "superframe has; use --receiver ring"
        ) {
            $0.transmit.superframes = true
            $0.receive.receiver = .xdp
        },
        Case(
            "transmit.superframes (--superframes) is true but must be left out in frames without IP, which no device cuts; "
                + "use --network ipv4 or ipv6"
        ) {
            $0.transmit.superframes = true
            $0.frame.network = .raw
        },
        Case(
            "frame.size (--size) is imix but must be one size with --superframes, that of a segment's frame; use one --size"
        ) {
            $0.transmit.superframes = true
            $0.frame.sizes = .imix
        },
        Case(
            "frame.size (--size) is 40000 but must be such that 64 KiB hold two segments of a superframe; use a smaller --size, or leave out "
                + "--superframes"
        ) {
            $0.transmit.superframes = true
            $0.frame.sizes = FrameSizes(sizeBytes: 40_000)
        },
        Case(
            "frame.flows (--flows) is 2000 different superframes but must be at most 1024, for each is laid out whole; use smaller counts"
        ) {
            $0.transmit.superframes = true
            $0.frame.flows = 2_000
        },
        Case(
            "link.checksum-offload (--checksum-offload) is false but must be true or left out with superframes, whose checksums are left to "
                + "a device; leave it out"
        ) {
            $0.transmit.superframes = true
            $0.link.checksumOffload = false
        },
        Case("link.tso (--tso) is false but must be true or left out with superframes of TCP, which would be cut; leave it out") {
            $0.transmit.superframes = true
            $0.frame.transport = .tcp
            $0.link.tso = false
        },
        Case(
            "link.placement (--placement) is napi-thread but must be auto, inline, same-core or split-softirq with superframes, which pass no NAPI; "
                + "leave it out"
        ) {
            $0.transmit.superframes = true
            $0.link.placement = .napiThread
        },
        Case("transmit.segments (--segments) is 8 but must be left out with the mmsg engine; use --engine gso") {
            $0.transmit.engine = .mmsg
            $0.transmit.segments = 8
        },
        Case(
            "frame.udp-checksum (--udp-checksum) is false but must be true or left out with the gso engine, whose frames always carry "
                + "checksums; use --engine ring"
        ) {
            $0.transmit.engine = .gso
            $0.frame.udpChecksum = false
        },
        Case(
            "frame.malformed (--malformed) is ip-checksum,udp-length but must be left out with the gso engine, for the stack writes lengths "
                + "and checksums of the frames that it cuts; use --engine ring"
        ) {
            $0.transmit.engine = .gso
            $0.frame.malformed = [.udpLength, .ipChecksum, .udpLength]
        },
        Case(
            "frame.malformed (--malformed) is ip-checksum in udp over ipv6 but must be a fault of headers that the frames have; "
                + "leave it out, or use frames of IPv4"
        ) {
            $0.frame.network = .ipv6
            $0.frame.malformed = [.ipChecksum]
        },
        Case(
            "frame.malformed (--malformed) is udp-length in frames without IP but must be a fault of headers that the frames have; "
                + "leave it out, or use frames of UDP"
        ) {
            $0.frame.network = .raw
            $0.frame.malformed = [.udpLength]
        },
        Case(
            "frame.malformed (--malformed) is zero-checksum in udp over ipv4 but must be a fault of headers that the frames have; "
                + "leave it out, or use frames of TCP, or of UDP over IPv6"
        ) { $0.frame.malformed = [.zeroChecksum] },
        Case(
            "frame.malformed (--malformed) is runt in tcp over ipv4 but must be left out where headers leave no room for the signature in less "
                + "than 64 bytes; use --network raw; `vethmark replay` sends shorter frames out of a file, and counts them by number"
        ) {
            $0.frame.transport = .tcp
            $0.frame.malformed = [.runt]
        },
        Case(
            "frame.size (--size) is 64,128 but must be less than 64 in frames that are runts; leave it out for the least, or leave out runt"
        ) {
            $0.frame.network = .raw
            $0.frame.sizes = sizes(64, 128)
            $0.frame.malformed = [.runt]
        },
        Case(
            "frame.size (--size) is 37 but must be at least 38, to hold headers, signature and FCS; use larger frames or smaller headers"
        ) {
            $0.frame.network = .raw
            $0.frame.sizes = sizes(37)
            $0.frame.malformed = [.runt]
        },
        Case(
            "frame.malformed (--malformed) is runt but must be left out with the gso engine, for the stack writes lengths and checksums of "
                + "the frames that it cuts; use --engine ring"
        ) {
            $0.transmit.engine = .gso
            $0.frame.network = .raw
            $0.frame.malformed = [.runt]
        },
        Case(
            "frame.malformed (--malformed) is transport-checksum and zero-checksum but must be one of both, for a frame has one transport "
                + "checksum; leave out one of them, or give each a stream of its own (--stream)"
        ) {
            $0.frame.transport = .tcp
            $0.frame.malformed = [.transportChecksum, .zeroChecksum]
        },
        Case(
            "frame.udp-checksum (--udp-checksum) is false but must be true or left out where the checksum is to be wrong; leave it out"
        ) {
            $0.frame.udpChecksum = false
            $0.frame.malformed = [.transportChecksum]
        },
        Case(
            "transmit.ring-slots (--ring-slots) is 65536 but must be at most 4096 with these sizes, for slots of 256 MiB a worker; "
                + "leave it out for 16"
        ) {
            $0.transmit.engine = .gso
            $0.transmit.ringSlots = 65_536
            $0.frame.sizes = FrameSizes(sizeBytes: 9_018)
        },
        Case(
            "frame.modifiers (--modify) is 90000 different frames but must be at most 65536 with the gso engine, which makes all of them "
                + "beforehand; use --engine ring, or smaller counts"
        ) {
            $0.transmit.engine = .gso
            $0.frame.modifiers = ["sourcePort=inc:45000", "ip.ttl=inc:2"].map { FieldModifier($0)! }
        },
        Case(
            "frame.flows (--flows) is 1000000 different frames but must be at most 65536 with the gso engine, which makes all of them "
                + "beforehand; use --engine ring, or smaller counts"
        ) {
            $0.transmit.engine = .gso
            $0.frame.flows = 1_000_000
        },
        Case(
            "frame.encapsulation (--encap) is vxlan:42 but must be left out with the gso engine, whose slots hold one UDP header each; "
                + "use --engine ring"
        ) {
            $0.transmit.engine = .gso
            $0.frame.encapsulation = Encapsulation("vxlan:42")
        },
        Case(
            "frame.encapsulation (--encap) is gre but must be left out in frames without an IP packet to carry; use --network ipv4 or ipv6"
        ) {
            $0.frame.network = .raw
            $0.frame.encapsulation = Encapsulation("gre")
        },
        Case(
            "frame.modifiers (--modify) is ip.id but must be left as it is with the gso engine, for the stack numbers the frames of a slot; "
                + "use --engine ring"
        ) {
            $0.transmit.engine = .gso
            $0.frame.modifiers = [FieldModifier("ip.id=inc:2")!]
        },
        Case(
            "frame.flows (--flows) is 7 but must be left out in frames without ports and IP addresses; "
                + "use --network ipv4, or --modify eth.src=inc:COUNT"
        ) {
            $0.frame.network = .raw
            $0.frame.flows = 7
        },
        Case("frame.flows (--flows) is 0 but must be 1 to 1099511627776; leave it out to have vethmark choose") { $0.frame.flows = 0 },
        Case(
            "transmit.qdisc-bypass (--qdisc-bypass) is true but must be false with the gso engine, whose slots the stack cuts in front of "
                + "the queueing discipline; leave it out, or use --engine ring"
        ) {
            $0.transmit.engine = .gso
            $0.transmit.qdiscBypass = true
        },
        Case(
            "receive.receiver (--receiver) is ring but must be null with the null engine; "
                + "use --engine null and --receiver null together"
        ) {
            $0.transmit.engine = .null
            $0.receive.receiver = .ring
        },
        Case(
            "receive.receiver (--receiver) is null but must be ring, af-xdp, xdp, none or auto with the ring engine; "
                + "use --engine null and --receiver null together"
        ) {
            $0.transmit.engine = .ring
            $0.receive.receiver = .null
        }
    ]

    static let rings: [Case] = [
        Case(
            "receive.block-size (--block-size) is 2 KiB but must be a power of two from 4 KiB to 16 MiB; "
                + "leave it out for 128 KiB"
        ) { $0.receive.blockBytes = 2048 },
        Case(
            "receive.block-size (--block-size) is 12 KiB but must be a power of two from 4 KiB to 16 MiB; "
                + "leave it out for 128 KiB"
        ) { $0.receive.blockBytes = 12288 },
        Case(
            "receive.block-size (--block-size) is -4096 B but must be a power of two from 4 KiB to 16 MiB; "
                + "leave it out for 128 KiB"
        ) { $0.receive.blockBytes = -4096 },
        Case(
            "receive.block-size (--block-size) is 8 KiB but must be at least 9274 bytes, to hold one frame of 9018 bytes; "
                + "use larger blocks or a --snap that cuts frames off"
        ) {
            $0.frame.sizes = sizes(9018)
            $0.receive.snapBytes = 10_000
            $0.receive.blockBytes = 8192
        },
        Case("receive.blocks (--blocks) is 1 but must be 2 to 65536; leave it out for 64") { $0.receive.blocks = 1 },
        Case(
            "receive.blocks (--blocks) is 65536 but must be at most 16384 blocks of 128 KiB, 2 GiB in all; "
                + "leave it out for 64"
        ) { $0.receive.blocks = 65_536 },
        Case("receive.retire (--retire) is 0 ms but must be 1 ms to 1000 ms; leave it out for 4 ms") {
            $0.receive.retireMilliseconds = 0
        },
        Case(
            "receive.snap (--snap) is 59 but must be 0, or 60 to 262144, to hold headers and signature; "
                + "leave it out to have vethmark choose"
        ) { $0.receive.snapBytes = 59 },
        Case(
            "receive.snap (--snap) is -1 but must be 0, or 60 to 262144, to hold headers and signature; "
                + "leave it out to have vethmark choose"
        ) { $0.receive.snapBytes = -1 }
    ]

    static let frames: [Case] = [
        Case(
            "frame.size (--size) is 63 but must be at least 64, Ethernet's least; use larger frames, or --network raw --malformed runt for "
                + "shorter ones"
        ) { $0.frame.sizes = sizes(63) },
        Case("frame.size (--size) is 4097 but must be at most 3412 with the xdp engine; use smaller frames, or --engine ring") {
            $0.transmit.engine = .xdp
            $0.frame.sizes = sizes(4_097)
        },
        Case("frame.size (--size) is 4101 but must be at most 4100 with the af-xdp engine; use smaller frames, or --engine ring") {
            $0.transmit.engine = .afXDP
            $0.frame.sizes = sizes(4_101)
        },
        Case(
            "frame.size (--size) is 9018 but must be at most 1518 with an MTU of 1500; "
                + "use smaller frames or --mtu 9000"
        ) {
            $0.frame.sizes = sizes(9018)
            $0.link.mtuBytes = 1500
        },
        Case(
            "frame.size (--size) is 64 but must be at least 84, to hold headers, signature and FCS; "
                + "use larger frames or smaller headers"
        ) {
            $0.frame.sizes = sizes(64)
            $0.frame.network = .ipv6
        },
        Case(
            "frame.size (--size) is 64,1518 but must be at least 76, to hold headers, signature and FCS; "
                + "use larger frames or smaller headers"
        ) {
            $0.frame.sizes = sizes(64, 1518)
            $0.frame.transport = .tcp
        },
        Case(
            "frame.size (--size) is 65561 but must be at most 65553, which the length fields can tell; "
                + "use smaller frames"
        ) { $0.frame.sizes = sizes(65_561) },
        Case("frame.vlans (--vlan) is 3 tags but must be two tags at most; leave out the others") {
            $0.frame.sizes = sizes(128)
            $0.frame.vlans = [1, 2, 3]
        },
        Case(
            "frame.source-mac (--source-mac) is 01:00:5e:00:00:01 but must be a unicast address, whose first byte is even; "
                + "leave it out for the interface's own"
        ) { $0.frame.sourceAddress = MACAddress("01:00:5e:00:00:01") },
        Case(
            "frame.modifiers (--modify) is sourceIPv6=inc:4 but must be of fields that the frame has, "
                + "and it has no sourceIPv6; choose a field of its own headers"
        ) { $0.frame.modifiers = [FieldModifier(field: .sourceIPv6, mode: .increment, count: 4)] },
        Case(
            "frame.modifiers (--modify) is sourcePort=inc:0 but must be of 1 to 1099511627776 values, with a step of 1 or more; "
                + "leave it out for frames that are all alike"
        ) { $0.frame.modifiers = [FieldModifier(field: .sourcePort, mode: .increment, count: 0)] },
        Case(
            "frame.modifiers (--modify) is eth.src=inc:1048576, ip.src=inc:4194304, udp.srcport=inc:1024 but must be such that "
                + "at most 140737488355328 frames pass before the first comes again; "
                + "choose smaller counts, or name fields that move together with a + between"
        ) {
            $0.frame.modifiers = ["eth.src=inc:1048576", "ip.src=inc:4194304", "udp.srcport=inc:1024"].map { FieldModifier($0)! }
        },
        Case("frame.vlans (--vlan) is 0 but must be 1 to 4094; leave it out for frames without a tag") {
            $0.frame.vlans = [0]
        },
        Case("frame.vlans (--vlan) is 4095 but must be 1 to 4094; leave it out for frames without a tag") {
            $0.frame.sizes = sizes(100)
            $0.frame.vlans = [7, 4095]
        },
        Case("frame.dscp (--dscp) is 64 but must be 0 to 63; leave it out for 0") { $0.frame.dscp = 64 },
        Case("frame.ttl (--ttl) is 0 but must be 1 to 255; leave it out for 64") { $0.frame.timeToLive = 0 },
        Case(
            "frame.source-ip (--source-ip) is 2001:2::7 but must be an IPv4 address in IPv4 frames; "
                + "use --network ipv6, or another address"
        ) { $0.frame.sourceIPv6 = IPv6Address("2001:2::7") },
        Case(
            "frame.destination-ip (--destination-ip) is 192.0.2.1 but must be an IPv6 address in IPv6 frames; "
                + "use --network ipv4, or another address"
        ) {
            $0.frame.sizes = sizes(128)
            $0.frame.network = .ipv6
            $0.frame.destinationIPv4 = IPv4Address("192.0.2.1")
        }
    ]

    @Test(arguments: links + loads + workers + rings + frames)
    func saysWhatIsWrongAndWhatToDo(_ sample: Case) {
        var draft = PlanDraft()
        sample.ask(&draft)
        let error = #expect(throws: PlanError.self) { try TrialPlan(draft, limits: PlanLimits()) }
        #expect(error?.description == sample.sentence)
        // One wrong thing is one error: nothing follows from the value that stands in.
        #expect(TrialPlan.errors(in: draft, limits: PlanLimits()).map(\.description) == [sample.sentence])
    }

    @Test func allErrorsAreFound() {
        var draft = PlanDraft()
        for sample in [Self.loads[9], Self.workers[0], Self.rings[4]] { sample.ask(&draft) }
        #expect(TrialPlan.errors(in: draft, limits: PlanLimits()).map(\.field) == [.transmitWorkers, .blocks, .repeats])
    }

    @Test func everySentenceNamesItsFieldAndFlag() {
        for field in PlanField.allCases {
            let error = PlanError(field, found: "1", allowed: "2", remedy: "leave it out")
            #expect(error.description == "\(field.section).\(field.key) (\(field.flag)) is 1 but must be 2; leave it out")
            #expect(field.flag.hasPrefix("--"))
        }
    }

    @Test func thePageSizeOfTheMachineCounts() throws {
        var draft = PlanDraft()
        draft.receive.blockBytes = 4096
        #expect(try TrialPlan(draft, limits: PlanLimits()).receive.blockBytes == 4096)
        let error = #expect(throws: PlanError.self) { try TrialPlan(draft, limits: PlanLimits(pageBytes: 65_536)) }
        #expect(error?.allowed == "a power of two from 64 KiB to 16 MiB")
    }
}
