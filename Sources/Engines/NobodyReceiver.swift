import Metrics
import Plans

/// `none`: nobody of ours. A load for somebody else's receiver, of which only the link's counters tell how much came.
struct NobodyReceiver: ReceiveSide {
    package static let abilities = ReceiverName.none.abilities

    init(for setup: SideSetup) {}
}

/// `null`: from nowhere. What the `null` engine completed is what came.
struct NullReceiver: ReceiveSide {
    package static let abilities = ReceiverName.null.abilities

    init(for setup: SideSetup) {}
}
