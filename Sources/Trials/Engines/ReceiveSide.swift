import Links

/// How frames arrive in a trial: what is to be known of a receiver before one is made.
protocol ReceiveSide: Sendable {
    static var abilities: ReceiverAbilities { get }

    /// Whether the receiving end is as this receiver needs it.
    ///
    /// - Throws: `TrialError`.
    static func check(_ plan: TrialPlan, on link: LinkPair) throws(TrialError)

    /// Whether what an ethtool counter of the link counts (`tx/…` and `rx/…`) are frames that the link dropped, and that are in no other
    /// counter of ours.
    static func isLinkDrop(counter: String) -> Bool
}

extension ReceiveSide {
    static func check(_ plan: TrialPlan, on link: LinkPair) throws(TrialError) {}

    /// XDP verdicts of others, and a full ring behind NAPI: `_xdp_drops` and `_drops` of each queue (`veth_get_ethtool_stats`).
    static func isLinkDrop(counter: String) -> Bool { counter.hasPrefix("rx/") && counter.hasSuffix("_drops") }
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
    /// How far behind the highest sequence number a frame can be judged.
    package var reorderWindowFrames = 0

    package var needsLink: Bool { counting != .bySender }
    /// Whether every frame is looked at.
    package var countsFrames: Bool { counting == .eachFrame }
}
