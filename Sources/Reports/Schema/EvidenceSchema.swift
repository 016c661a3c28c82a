import Links
import Results

extension Evidence: SchemaObject {
    public static var schemaMeaning: String {
        "The kernel's own counters over the window. They explain the ledger; they are not added into it, for one lost frame moves several of them."
    }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("transmitLink", \Self.transmitLink, "Differences of `rtnl_link_stats64` on the transmitting end."),
            .init("receiveLink", \Self.receiveLink, "Differences of `rtnl_link_stats64` on the receiving end."),
            .init("ethtool", \Self.ethtool, "Differences of the ethtool statistics that moved, by name, per end (`tx/…`, `rx/…`)."),
            .init("cpus", \Self.cpus, "What the CPUs of the trial did."),
            .init(
                "ringPackets", \Self.ringPackets,
                "Sum of `PACKET_STATISTICS.tp_packets` (which includes the drops) over the receive sockets."),
            .init("ringDrops", \Self.ringDrops, "Sum of `PACKET_STATISTICS.tp_drops` over the receive sockets, whoever sent the frames."),
            .init("retries", \Self.retries, "Times a slot came back unsent and was tried again."),
            .init(
                "clockStepNanoseconds", \Self.clockStepNanoseconds,
                "The farthest that CLOCK_REALTIME minus CLOCK_MONOTONIC was seen from its value at the window's start."),
            .init(
                "clockTimesSet", \Self.clockTimesSet,
                "How often the wall clock was set during the window, by however little. Absent if not measured."),
            .init(
                "surplusDrops", \Self.surplusDrops,
                "Drops that the kernel counted and that were not of our frames: more than were missing. Absent if not measured."),
            .init(
                "backlogDropsBehindNAPI", \Self.backlogDropsBehindNAPI,
                "Drops of the backlog behind the receiving end's NAPI (RPS), which no counter of the sending end holds. Absent if not measured."
            ),
            .init("otherRunFrames", \Self.otherRunFrames, "Of the foreign frames, those of another vethmark. Absent if not measured."),
            .init("taggedFrames", \Self.taggedFrames, "Frames that came with a VLAN tag more than they left with. Absent if not measured."),
            .init(
                "untaggedFrames", \Self.untaggedFrames, "Frames that came with a VLAN tag less than they left with. Absent if not measured."
            ),
            .init(
                "mergedFrames", \Self.mergedFrames,
                "Received frames that held several of ours, merged by UDP GRO on the way. Absent if not measured."),
            .init("unreadableMerges", \Self.unreadableMerges, "Those of them that were not captured whole. Absent if not measured."),
            .init(
                "earlyStamps", \Self.earlyStamps,
                "Frames whose receive time was taken before the socket (`netif_rx`), because somebody on this machine asks for timestamps. Absent if not measured."
            ),
            .init(
                "longestPauseNanoseconds", \Self.longestPauseNanoseconds,
                "The longest time in the window in which no frame was sent. Absent if not measured."),
            .init(
                "awayNanoseconds", \Self.awayNanoseconds,
                "How long the trial's own thread was away, stopped or starved. Absent if not measured."),
            .init(
                "throttledNanoseconds", \Self.throttledNanoseconds,
                "How long a control group's CPU quota kept this process from running. Absent if not measured."),
            .init(
                "drainGaveUp", \Self.drainGaveUp, "The drain gave up while frames may still have been on their way. Absent if not measured."
            ),
            .init("neighbours", \Self.neighbours, "Process numbers of other vethmarks on this trial's CPUs. Absent if not measured."),
            .init(
                "coreDistance", \Self.coreDistance,
                "How far CPUs that hand frames to each other were from each other. Absent if not measured."),
            .init("carrierChanges", \Self.carrierChanges, "`IFLA_CARRIER_CHANGES` on either end during the trial."),
            .init("staleFrames", \Self.staleFrames, "Frames of ours that arrived from before the window (warm-up, an earlier trial)."),
            .init(
                "queueChanges", \Self.queueChanges,
                "How often a transmit worker's frames changed the receive queue (`xdp` receiver): above 0 its counts are not certain. Absent if not measured."
            ),
            .init("beyondWindow", \Self.beyondWindow, "Frames so late that the tracker's window had passed them."),
            .init("residentBytes", \Self.residentBytes, "Largest resident set of the process so far."),
            .init(
                "meanCallNanoseconds", \Self.meanCallNanoseconds,
                "Mean time of one transmit call with a whole batch, timed in one batch of every 1,024 frames: what a batch may add to path latency. 0 where calls aren't timed: at a rate, and where frames have none (`xdp`)."
            ),
            .init("receiveHost", \Self.receiveHost, "What the receiving host of two did. Absent where both ends are on one host.")
        ]
    }
}

extension HostEvidence: SchemaObject {
    public static var schemaMeaning: String { "What the receiving host of two did during the window." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("cpus", \Self.cpus, "What its CPUs did."),
            .init(
                "clockStepNanoseconds", \Self.clockStepNanoseconds,
                "The farthest that its CLOCK_REALTIME minus CLOCK_MONOTONIC was seen from its value at the window's start."),
            .init("clockTimesSet", \Self.clockTimesSet, "How often its wall clock was set during the window, by however little."),
            .init(
                "throttledNanoseconds", \Self.throttledNanoseconds,
                "How long a control group's CPU quota kept the receiving process from running."),
            .init("neighbours", \Self.neighbours, "Process numbers of other vethmarks on the receivers' CPUs."),
            .init("residentBytes", \Self.residentBytes, "Largest resident set of the receiving process so far.")
        ]
    }
}

extension CPUEvidence: SchemaObject {
    public static var schemaMeaning: String { "What one CPU did during the window." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("cpu", \Self.cpu, "Number of the CPU."),
            .init("user", \Self.user, "Share of the window in user mode, 0 to 1 (`/proc/stat`)."),
            .init("system", \Self.system, "Share of the window in system mode, 0 to 1."),
            .init("softirq", \Self.softirq, "Share of the window in softirqs, 0 to 1."),
            .init("steal", \Self.steal, "Share of the window in which the hypervisor ran somebody else, 0 to 1."),
            .init("idle", \Self.idle, "Share of the window without work, 0 to 1."),
            .init(
                "totalNanoseconds", \Self.totalNanoseconds,
                "What the shares are shares of: all time that `/proc/stat` booked on this CPU between the two readings, drain included. Absent if not measured."
            ),
            .init("netRxSoftirqs", \Self.netRxSoftirqs, "`NET_RX` of `/proc/softirqs`."),
            .init("netTxSoftirqs", \Self.netTxSoftirqs, "`NET_TX` of `/proc/softirqs`."),
            .init("backlogProcessed", \Self.backlogProcessed, "Frames that the backlog worked on (`/proc/net/softnet_stat`)."),
            .init("backlogDropped", \Self.backlogDropped, "Frames that the backlog dropped."),
            .init("timeSqueezed", \Self.timeSqueezed, "How often the softirq ran out of budget (`time_squeeze`).")
        ]
    }
}

extension CoreDistanceEvidence: SchemaObject {
    public static var schemaMeaning: String {
        "How far two CPUs that hand frames to each other were from each other, at both ends of the window."
    }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("fromCPU", \Self.fromCPU, "CPU of the worker that sends."),
            .init("toCPU", \Self.toCPU, "CPU on which its frames are received, by a softirq or a reader."),
            .init("before", \Self.before, "Between warm-up and window. Absent where others held one of the two CPUs."),
            .init("after", \Self.after, "Behind the drain. Absent where others held one of the two CPUs.")
        ]
    }
}

extension CoreDistanceEvidence.Reading: SchemaObject {
    public static var schemaMeaning: String { "What two CPUs had in common at one moment." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("latencyNanoseconds", \Self.latencyNanoseconds, "Half of what a cache line takes from one to the other and back."),
            .init(
                "slowdownRatio", \Self.slowdownRatio,
                "By how much multiplications take longer on the first while the second multiplies: 1 on cores of their own, 2 on one core's two threads (SMT)."
            )
        ]
    }
}

extension Link.Counters: SchemaObject {
    public static var schemaMeaning: String { "`struct rtnl_link_stats64`, the part that bears on a frame's fate." }
    public static var schemaKeys: [SchemaKey] {
        [
            .init("rxPackets", \Self.rxPackets, "Received frames."),
            .init("txPackets", \Self.txPackets, "Sent frames."),
            .init("rxBytes", \Self.rxBytes, "Received bytes."),
            .init("txBytes", \Self.txBytes, "Sent bytes."),
            .init("rxErrors", \Self.rxErrors, "Receiving: frames with errors."),
            .init("txErrors", \Self.txErrors, "Sending: frames with errors."),
            .init("rxDropped", \Self.rxDropped, "Receiving: frames that were dropped."),
            .init("txDropped", \Self.txDropped, "Sending: frames that were dropped.")
        ]
    }
}
