import Metrics
import Plans

/// What one trial came to: one entry of `.trials` in the result file.
public struct TrialResult: Codable, Equatable, Sendable {
    /// Counts from 0 within a run.
    public var index: Int
    /// Wall clock at the start of the window, nanoseconds since 1970.
    public var startedAtNanoseconds: UInt64
    public var engine: EngineName
    public var receiver: ReceiverName
    public var endedBecause: EndReason
    public var ledger: Ledger
    public var rates: Rates
    public var latency: Latency
    /// Nil where every frame came in its turn, or nobody looked how far out of it.
    public var reordering: ReorderingResult?
    /// Nil at full speed.
    public var pacing: PacingResult?
    /// Frames by length, ascending.
    public var sizes: [SizeResult]?
    /// What superframes hold; nil where frames were sent.
    public var superframes: SuperframeResult?
    /// Each stream's part; nil for a load of one.
    public var streams: [StreamResult]?
    public var workers: [WorkerResult]
    public var intervals: [IntervalResult]
    public var evidence: Evidence
    /// Sent in the warm-up, which are in no other figure: a listener sees them all the same. Nil without one.
    public var warmupFrames: UInt64?
    /// True only if the book closed and no warning of this trial voids it.
    public var trusted: Bool

    public init(
        index: Int, startedAtNanoseconds: UInt64, engine: EngineName, receiver: ReceiverName, endedBecause: EndReason, ledger: Ledger,
        rates: Rates, latency: Latency, pacing: PacingResult? = nil, sizes: [SizeResult]? = nil, workers: [WorkerResult],
        intervals: [IntervalResult],
        evidence: Evidence, warmupFrames: UInt64? = nil, trusted: Bool
    ) {
        self.index = index
        self.startedAtNanoseconds = startedAtNanoseconds
        self.engine = engine
        self.receiver = receiver
        self.endedBecause = endedBecause
        self.ledger = ledger
        self.rates = rates
        self.latency = latency
        self.pacing = pacing
        self.sizes = sizes
        self.workers = workers
        self.intervals = intervals
        self.evidence = evidence
        self.warmupFrames = warmupFrames
        self.trusted = trusted
    }

    public enum EndReason: String, Codable, CaseIterable, Sendable {
        case duration, count, interrupted, linkLost, workerFailed
        /// Of two hosts: nothing was heard of the receiving one any more.
        case peerLost
    }

    public struct Rates: Codable, Equatable, Sendable {
        /// Sent frames over the window.
        public var txPps: Double
        /// Frames that came, altered ones too, over the window, or over the longer time from the first to the last of them.
        public var rxPps: Double
        /// Layer 2: the bytes of the very frames that left and came, each with an FCS.
        public var txL2Bps: Double
        public var rxL2Bps: Double
        /// Layer 1: layer 2 plus preamble, start delimiter and inter-frame gap, 20 bytes a frame.
        public var rxL1Bps: Double
        /// The measured window: from the common start to the last worker's last kernel call.
        public var durationNanoseconds: UInt64
        /// `durationNanoseconds`, or longer where frames took longer from the first to the last arrival. How long the path holds each
        /// of them is not in it.
        public var receiveDurationNanoseconds: UInt64

        public init(
            txPps: Double, rxPps: Double, txL2Bps: Double, rxL2Bps: Double, rxL1Bps: Double, durationNanoseconds: UInt64,
            receiveDurationNanoseconds: UInt64
        ) {
            self.txPps = txPps
            self.rxPps = rxPps
            self.txL2Bps = txL2Bps
            self.rxL2Bps = rxL2Bps
            self.rxL1Bps = rxL1Bps
            self.durationNanoseconds = durationNanoseconds
            self.receiveDurationNanoseconds = receiveDurationNanoseconds
        }
    }

    public struct Latency: Codable, Equatable, Sendable {
        /// How many received frames carried a send time. All of them have a latency in `path`, or the result is void.
        public var of: UInt64?
        /// Where receive times were taken.
        public var clock: ReceiveClock?
        /// How receive times of another host became the sender's; nil where both ends have one clock by nature.
        public var clockOffset: ClockAgreement?
        /// Frames that seem to have come before they were sent; they are in no other figure.
        public var negative: UInt64?
        /// Frames slower than 68.7 s, which percentiles only know as that.
        public var overflow: UInt64?
        /// Receive timestamp minus send timestamp.
        public var path: LatencySummary
        /// The same, of those frames only that went to the kernel alone in their call, so that no
        /// frame of the same batch stood before them. Not measured (count 0) at a rate, and by engines without calls.
        public var unbatched: LatencySummary
        /// Receive timestamp minus *planned* send time. Not measured (count 0) without a rate.
        public var response: LatencySummary
        /// Actual minus planned send time. Not measured (count 0) without a rate.
        public var sendLag: LatencySummary
        /// The bars behind `path`, for drawing: doubling bounds.
        public var pathHistogram: [HistogramBar]
        public var responseHistogram: [HistogramBar]
        /// `path` in each interval; nil if nobody measured it.
        public var pathOverTime: LatencyOverTime?

        /// What isn't given wasn't measured.
        public init(
            of: UInt64? = nil, clock: ReceiveClock? = nil, negative: UInt64? = nil, overflow: UInt64? = nil,
            path: LatencySummary = .notMeasured, unbatched: LatencySummary = .notMeasured, response: LatencySummary = .notMeasured,
            sendLag: LatencySummary = .notMeasured, pathHistogram: [HistogramBar] = [], responseHistogram: [HistogramBar] = [],
            pathOverTime: LatencyOverTime? = nil
        ) {
            self.of = of
            self.clock = clock
            self.negative = negative
            self.overflow = overflow
            self.path = path
            self.unbatched = unbatched
            self.response = response
            self.sendLag = sendLag
            self.pathHistogram = pathHistogram
            self.responseHistogram = responseHistogram
            self.pathOverTime = pathOverTime
        }
    }
}

/// Where a received frame got its time: two kinds of figures that must not be compared.
public enum ReceiveClock: String, Codable, CaseIterable, Sendable {
    /// In the receive socket (`tpacket_rcv`), behind backlog and softirq.
    case socket = "tpacket_rcv"
    /// Before them (`netif_rx`, or the driver): so it is for all frames of a machine on which anybody asks for timestamps.
    case early = "netif_rx"
    /// Some here, some there.
    case mixed
    /// In an XDP program of the receiving end.
    case program = "xdp"
}

/// Frames of one length.
public struct SizeResult: Codable, Equatable, Sendable {
    /// FCS counted.
    public var sizeBytes: Int
    public var sent: UInt64
    /// Distinct frames that came with this length, altered ones too; nil if nobody looked.
    public var received: UInt64?

    public init(sizeBytes: Int, sent: UInt64, received: UInt64?) {
        self.sizeBytes = sizeBytes
        self.sent = sent
        self.received = received
    }
}

/// One transmit or receive worker: a pinned thread with its own socket and ring.
public struct WorkerResult: Codable, Equatable, Sendable {
    public enum Role: String, Codable, CaseIterable, Sendable { case transmit, receive }

    public var role: Role
    /// Counts from 0 within its role.
    public var index: Int
    /// The host that it ran on, where that isn't the sender's.
    public var host: String?
    /// The CPU the thread was pinned to.
    public var cpu: Int
    /// Where it was seen at the ends of the window: another CPU if somebody moved it (taskset(1)).
    public var ranOn: [Int]?
    /// The NUMA node of that CPU.
    public var node: Int
    /// The node that holds the ring's pages, as the kernel answered; nil if it would not say.
    public var ringNode: Int?
    /// The node that holds the histogram's and tracker's pages.
    public var histogramNode: Int?
    public var ringBytes: Int
    /// Sent, or received.
    public var frames: UInt64
    /// Of the sent frames, those that the stack cut out of a slot with others (`gso`); the rest went one by one.
    public var segmentedFrames: UInt64?
    /// System calls that moved frames (transmit: send; receive: poll).
    public var systemCalls: UInt64
    /// Calls that the kernel ended with ENOBUFS or EAGAIN, the frame staying in its slot.
    public var retries: UInt64
    /// `tp_drops` of this socket.
    public var ringDrops: UInt64
    /// Time in user and system mode during the window.
    public var userNanoseconds: UInt64
    public var systemNanoseconds: UInt64
    /// The window's length as this thread saw it.
    public var wallNanoseconds: UInt64?
    /// Of it on a CPU, and ready to run but waiting for one (`/proc/thread-self/schedstat`).
    public var runNanoseconds: UInt64?
    public var waitNanoseconds: UInt64?
    /// Time in which it slept of its own will: at a rate, or while the kernel took nothing.
    public var sleptNanoseconds: UInt64?
    /// Of a sender at full speed: how long others sent while it had not begun yet, or had ended already.
    public var idleNanoseconds: UInt64?

    public init(
        role: Role, index: Int, cpu: Int, node: Int, ringNode: Int? = nil, histogramNode: Int? = nil,
        ringBytes: Int = 0, frames: UInt64 = 0, systemCalls: UInt64 = 0, retries: UInt64 = 0,
        ringDrops: UInt64 = 0, userNanoseconds: UInt64 = 0, systemNanoseconds: UInt64 = 0
    ) {
        self.role = role
        self.index = index
        self.cpu = cpu
        self.node = node
        self.ringNode = ringNode
        self.histogramNode = histogramNode
        self.ringBytes = ringBytes
        self.frames = frames
        self.systemCalls = systemCalls
        self.retries = retries
        self.ringDrops = ringDrops
        self.userNanoseconds = userNanoseconds
        self.systemNanoseconds = systemNanoseconds
    }
}

/// One line of live progress, kept.
public struct IntervalResult: Codable, Equatable, Sendable {
    /// From the start of the window.
    public var startNanoseconds: UInt64
    public var endNanoseconds: UInt64
    public var sent: UInt64
    public var received: UInt64
    public var txPps: Double
    public var rxPps: Double

    public init(
        startNanoseconds: UInt64, endNanoseconds: UInt64, sent: UInt64, received: UInt64,
        txPps: Double, rxPps: Double
    ) {
        self.startNanoseconds = startNanoseconds
        self.endNanoseconds = endNanoseconds
        self.sent = sent
        self.received = received
        self.txPps = txPps
        self.rxPps = rxPps
    }
}
