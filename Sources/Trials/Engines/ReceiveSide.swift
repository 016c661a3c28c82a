import Kernel
import Links

/// The receiving side of a trial: what is to be known of a receiver before one is made, and one that is at work.
protocol ReceiveSide: Sendable {
    static var abilities: ReceiverAbilities { get }

    /// Whether the receiving end is as this receiver needs it.
    ///
    /// - Throws: `TrialError`.
    static func check(_ plan: TrialPlan, on link: LinkPair) throws(TrialError)

    /// Whether what an ethtool counter of the link counts (`tx/…` and `rx/…`) are frames that the link dropped, and that are in no other
    /// counter of ours.
    static func isLinkDrop(counter: String) -> Bool

    /// Whether it works on this machine, for whoever asks; nil where nothing could be in its way.
    static var probe: SideProbe? { get }

    /// Loads what runs in the kernel, before anything of the sending side is there.
    init(for setup: SideSetup) throws

    /// One worker's thread, from its ring to its last block, pinned and in the link's namespace: makes the port, once. Called only where
    /// there are workers.
    ///
    /// - Throws: what keeps it from starting; `TrialAbandoned`.
    func run(_ worker: ReceiveWorker) throws -> ReceiveWorker.Outcome

    /// Begins a phase in empty books, where no worker does: only frames of this epoch and key count from now on.
    func begin(epoch: UInt8, key: UInt16, clockOffsetNanoseconds: Int64)

    /// Publishes what came so far, and the greatest latency, where no worker does. Called by the trial's thread, again and again.
    func publishCounts(to received: SharedCounters, slowest: SharedCounters)

    /// All that was counted in the phase; nil where nobody of ours did.
    ///
    /// - Parameter workers: one for each, when all have ended.
    func arrivals(_ workers: [ReceiveWorker.Outcome]) -> Arrivals?
}

extension ReceiveSide {
    static func check(_ plan: TrialPlan, on link: LinkPair) throws(TrialError) {}
    static var probe: SideProbe? { nil }

    /// XDP verdicts of others, and a full ring behind NAPI: `_xdp_drops` and `_drops` of each queue (`veth_get_ethtool_stats`).
    static func isLinkDrop(counter: String) -> Bool { counter.hasPrefix("rx/") && counter.hasSuffix("_drops") }

    // As it is with threads of ours, which keep books of their own, or with nobody at all.
    func begin(epoch: UInt8, key: UInt16, clockOffsetNanoseconds: Int64) {}
    func publishCounts(to received: SharedCounters, slowest: SharedCounters) {}
    func arrivals(_ workers: [ReceiveWorker.Outcome]) -> Arrivals? { workers.isEmpty ? nil : Arrivals(workers) }
    func run(_ worker: ReceiveWorker) throws -> ReceiveWorker.Outcome { preconditionFailure("a plan has no threads for this receiver") }
}

/// What a receiver can do and what it needs, the same in every trial.
package struct ReceiverAbilities: Sendable {
    /// Who says how many frames came.
    package enum Counting: Sendable {
        /// We, and of each frame which one it is.
        case eachFrame
        /// The link's own counters.
        case byTheLink
        /// The sender, whose frames go nowhere.
        case bySender
    }

    package var counting = Counting.eachFrame
    /// Whether threads of ours read frames.
    package var hasWorkers = true
    /// Whether an XDP program of ours is on the receiving end: it brings NAPI, and may be loaded in the initial user namespace only.
    package var attachesProgram = false
    /// Whether what was counted goes no further, whatever the receiving side would do with such frames.
    package var endsFrames = false
    /// Whether the plan says what becomes of frames that aren't ours.
    package var decidesOnForeignFrames = false
    /// Whether its sockets can poll their queue from the reader's own calls.
    package var pollsBusily = false
    /// Whether a frame's time of arrival is the kernel's (else our program's).
    package var hasSocketClock = false
    package var queues = QueueDemand.any
    /// Whether it takes what comes of a capture file.
    package var replays = false
    /// How far behind the highest sequence number a frame can be judged.
    package var reorderWindowFrames = 0

    package var needsLink: Bool { counting != .bySender }
    /// Whether every frame is looked at.
    package var countsFrames: Bool { counting == .eachFrame }
}
