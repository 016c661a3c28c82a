import Kernel
import Links
import Metrics
import Plans

/// The receiving side of a trial: what is to be known of a receiver before one is made, and one that is at work.
package protocol ReceiveSide: Sendable {
    static var abilities: ReceiverAbilities { get }

    /// How far behind the highest sequence number a frame can be judged.
    static var reorderWindowFrames: Int { get }

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
    ///
    /// - Parameter startNanoseconds: when the first of them may leave, CLOCK_REALTIME.
    func begin(epoch: UInt8, key: UInt16, clockOffsetNanoseconds: Int64, startNanoseconds: UInt64)

    /// Publishes what came so far, and the greatest latency, where no worker does. Called by the trial's thread, again and again.
    func publishCounts(to received: SharedCounters, slowest: SharedCounters)

    /// How long before a phase's start it has to be told, nanoseconds.
    static var leadNanoseconds: UInt64 { get }

    /// Why the phase has to end before its time; nil while it needn't. Asked by the trial's thread, again and again.
    var ending: SideEnding? { get }

    /// Ends a phase in which nothing comes any more, where the barrier of its workers isn't ours, and waits for it.
    func finish(_ phase: TrialPhase)

    /// What another host has to say of the window besides; nil here.
    var outcome: ReceiverOutcome? { get }

    /// All that was counted in the phase; nil where nobody of ours did.
    ///
    /// - Parameter workers: one for each, when all have ended.
    func arrivals(_ workers: [ReceiveWorker.Outcome]) -> Arrivals?
}

extension ReceiveSide {
    package static func check(_ plan: TrialPlan, on link: LinkPair) throws(TrialError) {}
    package static var probe: SideProbe? { nil }
    package static var reorderWindowFrames: Int { SequenceTracker.defaultWindowFrames }

    /// XDP verdicts of others, and a full ring behind NAPI: `_xdp_drops` and `_drops` of each queue (`veth_get_ethtool_stats`).
    package static func isLinkDrop(counter: String) -> Bool { counter.hasPrefix("rx/") && counter.hasSuffix("_drops") }

    // As it is with threads of ours, which keep books of their own, or with nobody at all.
    package static var leadNanoseconds: UInt64 { 5_000_000 }
    package var ending: SideEnding? { nil }
    package func finish(_ phase: TrialPhase) {}
    package var outcome: ReceiverOutcome? { nil }
    package func begin(epoch: UInt8, key: UInt16, clockOffsetNanoseconds: Int64, startNanoseconds: UInt64) {}
    package func publishCounts(to received: SharedCounters, slowest: SharedCounters) {}
    package func arrivals(_ workers: [ReceiveWorker.Outcome]) -> Arrivals? { workers.isEmpty ? nil : Arrivals(workers) }
    package func run(_ worker: ReceiveWorker) throws -> ReceiveWorker.Outcome {
        preconditionFailure("a plan has no threads for this receiver")
    }
}
