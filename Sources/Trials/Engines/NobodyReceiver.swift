import Metrics

/// `none`: nobody of ours. A load for somebody else's receiver, of which only the link's counters tell how much came.
struct NobodyReceiver: ReceiveSide {
    static let abilities = ReceiverAbilities(
        counting: .byTheLink, hasWorkers: false, replays: true, reorderWindowFrames: SequenceTracker.defaultWindowFrames)

    init(for setup: SideSetup) {}
}

/// `null`: from nowhere. What the `null` engine completed is what came.
struct NullReceiver: ReceiveSide {
    static let abilities = ReceiverAbilities(
        counting: .bySender, hasWorkers: false, reorderWindowFrames: SequenceTracker.defaultWindowFrames)

    init(for setup: SideSetup) {}
}
