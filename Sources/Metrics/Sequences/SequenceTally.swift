/// What sequence tracking came to, for one stream or, added up, for many.
@frozen
public struct SequenceTally: Equatable, Sendable {
    /// One more than the highest sequence number seen, which is how many frames must have been sent at
    /// least; 0 before the first frame. For one stream this is RFC 4737's `NextExp`.
    public var expected: UInt64 = 0
    /// Distinct frames.
    public var received: UInt64 = 0
    /// Further copies of frames that were received already.
    public var duplicates: UInt64 = 0
    /// Received frames with a sequence number below one seen before (type-P-reordered, RFC 4737
    /// section 3.3).
    public var reordered: UInt64 = 0
    /// Frames so far behind the highest that the window had passed them. Each may be a first copy or a
    /// further one, which can't be told any more, so they count neither as received nor as duplicates.
    public var beyondWindow: UInt64 = 0
    /// How far the latest reordered frame lay behind the highest sequence number then seen, in
    /// sequence numbers; 0 without reordering. This is a distance in the numbering: it counts lost
    /// frames in between, which the extent of RFC 4737 section 4.2.1, a distance in arrivals, does not.
    public var maximumSequenceLag: UInt64 = 0

    @inlinable
    public init() {}

    /// Sequence numbers below `expected` that never counted as received. Up to `beyondWindow` of them
    /// may have come after all, too late to be told from duplicates. Frames lost after the highest one
    /// are not among them: only the sender knows of those.
    public var missing: UInt64 { expected &- received }

    /// Adds up two streams.
    public static func + (left: SequenceTally, right: SequenceTally) -> SequenceTally {
        var sum = left
        sum.expected &+= right.expected
        sum.received &+= right.received
        sum.duplicates &+= right.duplicates
        sum.reordered &+= right.reordered
        sum.beyondWindow &+= right.beyondWindow
        sum.maximumSequenceLag = max(left.maximumSequenceLag, right.maximumSequenceLag)
        return sum
    }

    public static func += (left: inout SequenceTally, right: SequenceTally) { left = left + right }
}
