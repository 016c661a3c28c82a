/// What came in a phase, by what it was: a reader's own counts, and those of all readers added up.
package struct ArrivalCounts: Codable, Equatable, Sendable {
    /// Distinct frames that came as they left.
    package var receivedFrames: UInt64 = 0
    /// Distinct frames with another length or payload than they left with.
    package var alteredFrames: UInt64 = 0
    /// Of the received frames, those that carry no time (`LatencySampling`).
    package var untimedFrames: UInt64 = 0
    package var foreignFrames: UInt64 = 0
    /// Of the foreign ones, those of another vethmark.
    package var otherRunFrames: UInt64 = 0
    package var staleFrames: UInt64 = 0
    /// Distinct frames with a VLAN tag more, or one less, than they left with.
    package var taggedFrames: UInt64 = 0
    package var untaggedFrames: UInt64 = 0
    /// Frames longer than any of the plan: several of ours merged on the way (UDP GRO).
    package var mergedFrames: UInt64 = 0
    /// Merged frames of which not all was captured, so that what they held can't be counted.
    package var unreadableMerges: UInt64 = 0
    /// Frames whose time was taken before the socket, in `netif_rx` or by the driver.
    package var earlyStamps: UInt64 = 0
    /// What the received superframes would have been cut into; 0 where nobody tells.
    package var receivedSegments: UInt64 = 0

    static func += (sum: inout Self, other: Self) {
        sum.receivedFrames += other.receivedFrames
        sum.alteredFrames += other.alteredFrames
        sum.untimedFrames += other.untimedFrames
        sum.foreignFrames += other.foreignFrames
        sum.otherRunFrames += other.otherRunFrames
        sum.staleFrames += other.staleFrames
        sum.taggedFrames += other.taggedFrames
        sum.untaggedFrames += other.untaggedFrames
        sum.mergedFrames += other.mergedFrames
        sum.unreadableMerges += other.unreadableMerges
        sum.earlyStamps += other.earlyStamps
        sum.receivedSegments += other.receivedSegments
    }
}
