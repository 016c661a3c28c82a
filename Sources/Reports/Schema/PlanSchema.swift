import Metrics
import Plans

extension TrialPlan: SchemaObject {
    public static var schemaMeaning: String { "What was sent and how: every default is filled in." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("link", \Self.link, "What it went over."),
            .init("frame", \Self.frame, "What was sent; of several streams that of the first."),
            .init("streams", \Self.streams, "Streams that took turns. Absent for a load of one."),
            .init("load", \Self.load, "How fast, how long."),
            .init("transmit", \Self.transmit, "How frames leave."),
            .init("receive", \Self.receive, "How frames arrive."),
            .init("run", \Self.run, "How often, from which seed.")
        ]
    }
}

extension TrialPlan.Stream: SchemaObject {
    public static var schemaMeaning: String { "One of several streams." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("name", \Self.name, "What reports call it."),
            .init(
                "share", \Self.share,
                "Frames in a round of all streams'; where they have shapes of their own, of a thousand frames on average, rounded."),
            .init(
                "rate", \Self.rate,
                "Its own frames a second over all workers, as text, where streams have shapes. Absent where they take turns."),
            .init("shape", \Self.shape, "How its frames are spread over time, as `--shape` takes it. Absent where streams take turns."),
            .init("course", \Self.course, "What a shape with rates of its own comes to; `rate` is its mean. Absent for other shapes."),
            .init(
                "replay", \Self.replay,
                "The capture file whose frames it sends, in the file's order and again from the first. Absent where frames are made."),
            .init("frame", \Self.frame, "What is sent; of frames out of a file the sizes only.")
        ]
    }
}

extension Recording: SchemaObject {
    public static var schemaMeaning: String { "Frames of a capture file that a stream sends." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("path", \Self.path, "The file, as it was named."),
            .init("frames", \Self.frames, "Frames before the first comes again."), .init("bytes", \Self.bytes, "Theirs, without FCS."),
            .init("checksum", \Self.checksum, "CRC-32C over all their bytes, the signatures' places taken as zero."),
            .init("skipped", \Self.skipped, "Records of the file that are not sent."),
            .init("durationNanoseconds", \Self.durationNanoseconds, "From the first of these frames to the last, by the file's times.")
        ]
    }
}

extension Recording.Skips: SchemaObject {
    public static var schemaMeaning: String { "Records that are no frames of the stream, by what is in the way." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("truncated", \Self.truncated, "The capture kept only a part of them."),
            .init("oversized", \Self.oversized, "Larger than the MTU: mostly what offloads merged before the capture saw it."),
            .init("notEthernet", \Self.notEthernet, "Of another link type, or shorter than an Ethernet header."),
            .init(
                "withoutRoom", \Self.withoutRoom,
                "No place for a signature: no whole UDP or TCP over plain IPv4 or IPv6, or less than 18 bytes of payload.")
        ]
    }
}

extension TrialPlan.Link: SchemaObject {
    public static var schemaMeaning: String { "What it goes over." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("transmit", \Self.transmit, "The interface that transmits. Absent, like `receive`, for a private pair."),
            .init(
                "receive", \Self.receive,
                "The interface that receives. Absent for a private pair, and beside a transmitting interface for wherever its frames go."),
            .init("mtuBytes", \Self.mtuBytes, "MTU of both ends. Absent where an interface was left as it was."),
            .init("transmitQueues", \Self.transmitQueues, "Transmit queues of each end. Absent where an interface was left as it was."),
            .init("receiveQueues", \Self.receiveQueues, "Receive queues of each end. Absent where an interface was left as it was."),
            .init("transmitAddress", \Self.transmitAddress, "MAC address given to the transmitting end. Absent where it kept its own."),
            .init("receiveAddress", \Self.receiveAddress, "MAC address given to the receiving end. Absent where it kept its own."),
            .init("gro", \Self.gro, "Generic receive offload. Absent leaves it to the engine and the kernel."),
            .init("gso", \Self.gso, "Generic segmentation offload. Absent leaves it as the kernel has it."),
            .init("tso", \Self.tso, "TCP segmentation offload. Absent leaves it as the kernel has it."),
            .init(
                "checksumOffload", \Self.checksumOffload, "Checksum offload of both ends. Absent leaves it to the engine and the kernel."),
            .init("force", \Self.force, "Whether interfaces with a default route may be used."),
            .init(
                "placement", \Self.placement,
                "Which CPU does the receiving. Absent in results of before there was a choice: as `auto`. `best` in plans that nobody has tried yet; results name what it came to."
            ),
            .init(
                "calibrated", \Self.calibrated,
                "True where short trials on this machine chose the placement (`--placement best`, or `auto` in runs at full speed); absent where it was asked for by name, or left as the kernel has it."
            )
        ]
    }
}

extension TrialPlan.Frame: SchemaObject {
    public static var schemaMeaning: String { "What is sent." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("sizes", \Self.sizes, "Frame sizes with FCS, as `--size` takes them."),
            .init("sourceAddress", \Self.sourceAddress, "Source MAC address. Absent for the interface's own."),
            .init("destinationAddress", \Self.destinationAddress, "Destination MAC address. Absent for the receiving interface's own."),
            .init("vlans", \Self.vlans, "VLAN ids, outermost first."),
            .init("encapsulation", \Self.encapsulation, "What carries the packets, as `--encap` takes it. Absent for nothing."),
            .init("network", \Self.network, "What follows Ethernet, or what carries the packets."),
            .init("sourceIPv4", \Self.sourceIPv4, "Source address of IPv4 frames."),
            .init("destinationIPv4", \Self.destinationIPv4, "Destination address of IPv4 frames."),
            .init("sourceIPv6", \Self.sourceIPv6, "Source address of IPv6 frames."),
            .init("destinationIPv6", \Self.destinationIPv6, "Destination address of IPv6 frames."),
            .init("transport", \Self.transport, "What follows IP."),
            .init("sourcePort", \Self.sourcePort, "Source port."),
            .init("destinationPort", \Self.destinationPort, "Destination port."),
            .init("dscp", \Self.dscp, "Differentiated services code point."),
            .init("timeToLive", \Self.timeToLive, "Time to live, or hop limit."),
            .init("udpChecksum", \Self.udpChecksum, "Whether UDP over IPv4 carries a checksum."),
            .init("malformed", \Self.malformed, "What is wrong on purpose, as `--malformed` takes it. Absent where nothing is."),
            .init("modifiers", \Self.modifiers, "Fields that change from frame to frame, as `--modify` takes them."),
            .init("flows", \Self.flows, "Flows by source port and address, besides what the modifiers say; absent where nobody asked.")
        ]
    }
}

extension TrialPlan.Load: SchemaObject {
    public static var schemaMeaning: String { "How fast, and how long. Rates are text." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("rate", \Self.rate, "As it was asked for: `max`, `100kpps`, `1gbps`, `23%`."),
            .init("lineRate", \Self.lineRate, "What `%` is a percentage of, layer 1. Absent where nobody said."),
            .init(
                "packetRate", \Self.packetRate, "The rate as frames a second over all workers, as text. Absent means as fast as possible."),
            .init(
                "shape", \Self.shape,
                "How frames are spread over time, as `--shape` takes it. Absent in results of before there was a choice: `constant`."
            ).inNewResults,
            .init(
                "course", \Self.course, "What a shape with rates of its own comes to; `packetRate` is its mean. Absent for other shapes."),
            .init("frameCount", \Self.frameCount, "Absent means no limit."),
            .init("durationNanoseconds", \Self.durationNanoseconds, "Absent means until interrupted, or until `frameCount` is reached."),
            .init("warmupNanoseconds", \Self.warmupNanoseconds, "Time of sending before the window.")
        ]
    }
}

extension TrialPlan.Transmit: SchemaObject {
    public static var schemaMeaning: String { "How frames leave." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("engine", \Self.engine, "Never `auto`."),
            .init("engineReason", \Self.engineReason, "Why this engine. Absent where it was asked for by name."),
            .init("workers", \Self.workers, "Transmit workers: a thread, socket and ring each."),
            .init("cpus", \Self.cpus, "Absent means the planner chooses."),
            .init("ringSlots", \Self.ringSlots, "Slots of each worker's ring."),
            .init("batchFrames", \Self.batchFrames, "Frames handed to the kernel in one call, at most."),
            .init("layout", \Self.layout, "`linear` socket buffers, or `fragments`: the ring's pages."),
            .init(
                "segments", \Self.segments,
                "Frames that a slot of the `gso` engine is cut into, at most, or segments of each superframe; absent for other engines."),
            .init(
                "superframes", \Self.superframes,
                "True where slots pass uncut: then sent, received and counted are superframes, wherever frames are spoken of. Else absent."),
            .init(
                "runFrames", \Self.runFrames,
                "How many frames of a kind leave one after the other before the next kind's turn, where an engine can't keep the plan's order; absent where it is kept."
            ),
            .init(
                "alwaysChecksums", \Self.alwaysChecksums,
                "True where UDP frames carry checksums whatever `frame.udpChecksum` says; else absent."),
            .init("qdiscBypass", \Self.qdiscBypass, "Whether frames go past the queueing discipline.")
        ]
    }
}

extension TrialPlan.Receive: SchemaObject {
    public static var schemaMeaning: String { "How frames arrive." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("receiver", \Self.receiver, "Never `auto`."),
            .init("workers", \Self.workers, "Receive workers: a thread, socket and ring each."),
            .init("cpus", \Self.cpus, "Absent means the planner chooses."),
            .init("blockBytes", \Self.blockBytes, "Size of a ring's block (`tp_block_size`)."),
            .init("blocks", \Self.blocks, "Blocks of each worker's ring (`tp_block_nr`)."),
            .init(
                "retireMilliseconds", \Self.retireMilliseconds,
                "After so long the reader gets a block that isn't full (`tp_retire_blk_tov`)."),
            .init("snapBytes", \Self.snapBytes, "0 means whole frames."),
            .init("xdpMode", \Self.xdpMode, "How the interface runs the receiving program. Absent where no program of ours receives."),
            .init(
                "foreign", \Self.foreign,
                "What a receiving program does with frames that aren't ours. Absent where no program of ours receives."),
            .init("busyPollMicroseconds", \Self.busyPollMicroseconds, "Absent without busy polling.")
        ]
    }
}

extension TrialPlan.Run: SchemaObject {
    public static var schemaMeaning: String { "How often, and from which seed." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("repeats", \Self.repeats, "How many trials."),
            .init("intervalNanoseconds", \Self.intervalNanoseconds, "Time between two lines of progress."),
            .init("seed", \Self.seed, "What `random` fields and random arrivals start from."),
            .init(
                "latency", \Self.latency,
                "Which frames carry a time, and so have a latency: `all`, `1/N`, `off`. Absent in older results, where all did."),
            .init("label", \Self.label, "What the user calls the run. Absent if nothing.")
        ]
    }
}

extension RateStretch: SchemaObject {
    public static var schemaMeaning: String { "A stretch of time in which the rate of all workers together goes in a straight line." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("durationNanoseconds", \Self.durationNanoseconds, "How long it lasts."),
            .init("fromPps", \Self.fromPps, "The rate at its begin."),
            .init("toPps", \Self.toPps, "The rate at its end, in a straight line from the begin's.")
        ]
    }
}
