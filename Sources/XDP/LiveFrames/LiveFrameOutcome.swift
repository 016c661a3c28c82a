/// What a run of live frames came to.
public struct LiveFrameOutcome: Equatable, Sendable {
    /// Made, each with a sequence number of its own; some may have found no place in the peer's ring.
    public var frames: UInt64 = 0
    public var calls = 0
    /// Calls that a signal ended.
    public var interruptions = 0
    /// CLOCK_MONOTONIC.
    public var startNanoseconds: UInt64
    public var endNanoseconds: UInt64

    init(startNanoseconds: UInt64) {
        self.startNanoseconds = startNanoseconds
        endNanoseconds = startNanoseconds
    }

    public var durationNanoseconds: UInt64 { endNanoseconds &- startNanoseconds }
}
