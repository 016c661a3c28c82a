import Metrics

/// What the phase of a trial that runs has come to at one moment, as it is seen from outside.
public struct TrialReading: Equatable, Sendable {
    public var phase: TrialProgress.Phase
    /// Counts from 0.
    public var trialIndex: Int
    public var trialCount: Int
    /// Since the start of the phase.
    public var elapsedNanoseconds: UInt64 = 0
    /// Of the phase; nil where it has no end of its own.
    public var totalNanoseconds: UInt64?
    public var sent: UInt64 = 0
    /// Distinct frames; where nobody of ours counts, the link's own counter, as of the trial's last look.
    public var received: UInt64 = 0
    /// The greatest path latency so far; 0 where nobody measures it.
    public var slowestNanoseconds: UInt64 = 0
    /// Senders first.
    public var workers: [Worker] = []
    /// What the readers' books say, as of their last answer; nil before the first, and where no reader is asked.
    public var arrivals: Arrivals?

    public struct Worker: Equatable, Sendable {
        public var role: WorkerResult.Role
        public var index: Int
        public var cpu: Int
        public var node: Int
        public var frames: UInt64
        /// Of readers; nil where it isn't known.
        public var latency: RoughLatency?

        public init(role: WorkerResult.Role, index: Int, cpu: Int, node: Int, frames: UInt64, latency: RoughLatency? = nil) {
            self.role = role
            self.index = index
            self.cpu = cpu
            self.node = node
            self.frames = frames
            self.latency = latency
        }
    }

    public struct Arrivals: Equatable, Sendable {
        public var altered: UInt64 = 0
        public var foreign: UInt64 = 0
        public var stale: UInt64 = 0
        public var duplicates: UInt64 = 0
        public var reordered: UInt64 = 0
        /// Frames that later ones have overtaken, and that haven't come: lost, unless they come out of turn.
        public var missing: UInt64 = 0
        public var ringDrops: UInt64 = 0
        public var latency = RoughLatency()

        public init() {}
    }

    public init(phase: TrialProgress.Phase, trialIndex: Int, trialCount: Int) {
        self.phase = phase
        self.trialIndex = trialIndex
        self.trialCount = trialCount
    }
}
