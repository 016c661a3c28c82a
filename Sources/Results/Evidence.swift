import Metrics

/// The kernel's own counters over the window. They explain the ledger; they are not added into it,
/// for one lost frame moves several of them.
public struct Evidence: Codable, Equatable, Sendable {
    /// Differences of `rtnl_link_stats64` on the transmitting end.
    public var transmitLink: LinkCounters
    /// Differences of `rtnl_link_stats64` on the receiving end.
    public var receiveLink: LinkCounters
    /// Differences of the ethtool statistics that moved, by name, per end (`tx/…`, `rx/…`).
    public var ethtool: [String: UInt64]
    public var cpus: [CPUEvidence]
    /// Sum of `PACKET_STATISTICS.tp_packets` (which includes the drops) over the receive sockets.
    public var ringPackets: UInt64
    /// Sum of `PACKET_STATISTICS.tp_drops` over the receive sockets, whoever sent the frames.
    public var ringDrops: UInt64
    /// Times a slot came back unsent and was tried again.
    public var retries: UInt64
    /// The farthest that CLOCK_REALTIME minus CLOCK_MONOTONIC was seen from its value at the window's start.
    public var clockStepNanoseconds: Int64
    /// How often the wall clock was set during the window, by however little.
    public var clockTimesSet: UInt64?
    /// Drops that the kernel counted and that were not of our frames: more than were missing.
    public var surplusDrops: UInt64?
    /// Drops of the backlog behind the receiving end's NAPI (RPS), which no counter of the sending end holds.
    public var backlogDropsBehindNAPI: UInt64?
    /// Of the foreign frames, those of another vethmark.
    public var otherRunFrames: UInt64?
    /// Frames that came with a VLAN tag more than they left with, and with one less.
    public var taggedFrames: UInt64?
    public var untaggedFrames: UInt64?
    /// Received frames that held several of ours, merged by UDP GRO on the way; and those of them that were not captured whole.
    public var mergedFrames: UInt64?
    public var unreadableMerges: UInt64?
    /// Frames whose receive time was taken before the socket (`netif_rx`), because somebody on this machine asks for timestamps.
    public var earlyStamps: UInt64?
    /// The longest time in the window in which no frame was sent.
    public var longestPauseNanoseconds: UInt64?
    /// How long the trial's own thread was away, stopped or starved.
    public var awayNanoseconds: UInt64?
    /// How long a control group's CPU quota kept this process from running.
    public var throttledNanoseconds: UInt64?
    /// The drain gave up while frames may still have been on their way.
    public var drainGaveUp: Bool?
    /// Process numbers of other vethmarks on this trial's CPUs.
    public var neighbours: [Int32]?
    /// Of the CPUs that hand frames to each other.
    public var coreDistance: [CoreDistanceEvidence]?
    /// `IFLA_CARRIER_CHANGES` on either end during the trial.
    public var carrierChanges: UInt64
    /// Frames of ours that arrived from before the window (warm-up, an earlier trial).
    public var staleFrames: UInt64
    /// How often a transmit worker's frames changed the receive queue (`xdp` receiver): above 0 its counts are not certain.
    public var queueChanges: UInt64?
    /// Frames so late that the tracker's window had passed them.
    public var beyondWindow: UInt64
    /// Largest resident set of the process so far.
    public var residentBytes: UInt64
    /// Mean time of one transmit call with a whole batch, timed in one batch of every 1,024 frames: what a batch may add to path
    /// latency. 0 where calls aren't timed: at a rate, and where frames have none (`xdp`).
    public var meanCallNanoseconds: Double
    /// Nil where both ends are on one host.
    public var receiveHost: HostEvidence?

    public init() {
        transmitLink = LinkCounters()
        receiveLink = LinkCounters()
        ethtool = [:]
        cpus = []
        ringPackets = 0
        ringDrops = 0
        retries = 0
        clockStepNanoseconds = 0
        carrierChanges = 0
        staleFrames = 0
        beyondWindow = 0
        residentBytes = 0
        meanCallNanoseconds = 0
    }
}

/// What one CPU did during the window.
public struct CPUEvidence: Codable, Equatable, Sendable {
    public var cpu: Int
    /// Shares of the window, 0 to 1, from `/proc/stat`.
    public var user: Double
    public var system: Double
    public var softirq: Double
    public var steal: Double
    public var idle: Double
    /// What the shares are shares of: all time that `/proc/stat` booked on this CPU between the two readings, drain included.
    public var totalNanoseconds: UInt64?
    /// `NET_RX` and `NET_TX` of `/proc/softirqs`.
    public var netRxSoftirqs: UInt64
    public var netTxSoftirqs: UInt64
    /// `/proc/net/softnet_stat`: processed, dropped, time_squeeze.
    public var backlogProcessed: UInt64
    public var backlogDropped: UInt64
    public var timeSqueezed: UInt64

    public init(
        cpu: Int, user: Double = 0, system: Double = 0, softirq: Double = 0, steal: Double = 0, idle: Double = 0,
        netRxSoftirqs: UInt64 = 0, netTxSoftirqs: UInt64 = 0, backlogProcessed: UInt64 = 0,
        backlogDropped: UInt64 = 0, timeSqueezed: UInt64 = 0
    ) {
        self.cpu = cpu
        self.user = user
        self.system = system
        self.softirq = softirq
        self.steal = steal
        self.idle = idle
        self.netRxSoftirqs = netRxSoftirqs
        self.netTxSoftirqs = netTxSoftirqs
        self.backlogProcessed = backlogProcessed
        self.backlogDropped = backlogDropped
        self.timeSqueezed = timeSqueezed
    }
}
