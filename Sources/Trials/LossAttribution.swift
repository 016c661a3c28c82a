import Metrics
import Results

/// Where the frames are that were sent and didn't come: arithmetic on counts, without a trial.
///
/// The kernel's counters don't say whose frames they counted. Only as far as frames of ours are missing may they close our
/// book; where they hold more, nobody can tell which drops were ours, and the book stays open.
struct LossAttribution {
    struct Counts: Equatable {
        /// What workers and receivers counted; the rows of loss are still empty.
        var ledger = Ledger()
        /// Sent frames with higher sequence numbers than any that came.
        var behindTheLastFrames: UInt64 = 0
    }

    /// What the kernel counted as dropped, whoever's frames they were.
    struct Drops: Equatable {
        /// The receiving end was lost before it told its book: what is missing may have come, and stays in no row.
        var isUntold = false
        var onTheLink: UInt64 = 0
        var byTheReceiver: UInt64 = 0
        /// Nobody of ours received: what arrived is known from the link's counters only.
        var isUncounted = false
        /// What the link counted as delivered, for that case.
        var deliveredByTheLink: UInt64 = 0
    }

    let counts: Counts
    let drops: Drops
    /// Whether the ends are a veth pair, all of whose counters we read.
    let isDirect: Bool
    let drain: DrainRule.Verdict

    func ledger(noting evidence: inout Evidence) -> Ledger {
        var ledger = counts.ledger
        if drops.isUncounted {
            let passed = ledger.sent - min(ledger.sent, drops.onTheLink)
            ledger.received = min(passed, drops.deliveredByTheLink)
            ledger.linkDropped = ledger.sent - ledger.received
            return ledger
        }
        guard !drops.isUntold else { return ledger }
        let missing = ledger.lost
        let known = isDirect ? drops.onTheLink + drops.byTheReceiver : drops.byTheReceiver
        evidence.surplusDrops = known > missing ? known - missing : 0
        // All of ours came: whatever was dropped was somebody else's.
        guard missing > 0 else { return ledger }
        ledger.receiverDropped = drops.byTheReceiver
        ledger.linkDropped = isDirect ? drops.onTheLink : 0
        guard known <= missing else { return ledger }
        var rest = missing - known
        if drain == .gaveUp {
            ledger.inFlightAtEnd = min(rest, counts.behindTheLastFrames)
            rest -= ledger.inFlightAtEnd
        }
        // Between the ends of another path stands something whose counters we can't read: the path itself is what is measured, and
        // what neither arrived nor found the ring full was lost on it.
        if !isDirect { ledger.linkDropped = rest }
        return ledger
    }
}
