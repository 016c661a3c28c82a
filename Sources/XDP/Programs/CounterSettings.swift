import Frames
import Metrics
import Traffic

/// What a counting program looks for, and what it does with the rest.
public struct CounterSettings: Equatable, Sendable {
    /// From a frame's first byte to the signature, tags included: on a veth, tags are still in the frame where XDP runs.
    public var signatureOffset: Int
    /// Transmit workers, 1 to 256; higher numbers are nobody's. Each takes 281 KiB of kernel memory.
    public var workers: Int
    /// For frames that aren't ours; ours end here.
    public var foreignAction: XDPAction
    /// How frames are known to be as they left; nil takes them as they come.
    public var check: FrameCheck?
    /// What is added to CLOCK_MONOTONIC to have the clock that frames are stamped with, until `CounterProgram.restart` says another:
    /// 0 for that clock itself, `RealtimeOffset` for CLOCK_REALTIME.
    public var clockOffsetNanoseconds: Int64
    /// Without it the clock isn't read at all.
    public var measuresLatency: Bool
    /// Which frames carry a time. Where not all do, the clock is read for those, for the first frame, and for every 64th; of others `lastNanoseconds`
    /// is as exact as two of the kernel's ticks, and never later than they came.
    public var sampling: LatencySampling

    public init(
        signatureOffset: Int, workers: Int, foreignAction: XDPAction = .pass, check: FrameCheck? = nil, clockOffsetNanoseconds: Int64 = 0,
        measuresLatency: Bool = true, sampling: LatencySampling = .all
    ) {
        precondition((1...StreamIdentifier.maximumWorkers).contains(workers), "1 to 256 workers")
        self.signatureOffset = signatureOffset
        self.workers = workers
        self.foreignAction = foreignAction
        self.check = check
        self.clockOffsetNanoseconds = clockOffsetNanoseconds
        self.measuresLatency = measuresLatency
        self.sampling = sampling
    }
}
