/// What a run of live frames came to.
public struct LiveFrameOutcome: Equatable, Sendable {
    /// Made, each with a sequence number of its own; some may have found no place in the peer's ring.
    public var frames: UInt64 = 0
    public var calls = 0
    /// Calls that a signal ended.
    public var interruptions = 0
    /// Around the calls, CLOCK_MONOTONIC: what a call sets up and takes down is within, tens of milliseconds. When frames left is in
    /// the program's own book (`GeneratorProgram.firstNanoseconds`).
    public var startNanoseconds: UInt64
    public var endNanoseconds: UInt64

    init(startNanoseconds: UInt64) {
        self.startNanoseconds = startNanoseconds
        endNanoseconds = startNanoseconds
    }

    public var durationNanoseconds: UInt64 { endNanoseconds &- startNanoseconds }
}
