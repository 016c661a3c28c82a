import Metrics

/// What a counting program has seen since it was last restarted.
///
/// Exact, as long as each worker's frames come through one receive queue in native mode: distinct frames and their bytes,
/// duplicates, reordered frames, the greatest lag, what is missing below the highest sequence number, and all about latency but
/// the percentiles, which are as precise as `LatencyRecorder`'s, one part in 1024. Bounded: a frame more than
/// `windowFrames` behind the highest can't be told from a further copy, and counts in `beyondWindow` alone.
public struct CounterReport: Sendable {
    /// How far behind the highest sequence number a frame is still judged.
    public static let windowFrames = CounterLayout.SequenceWindow.frames

    public struct Worker: Sendable {
        public var sequence = SequenceTally()
        /// Of distinct frames, without FCS.
        public var receivedBytes: UInt64 = 0
        /// Of distinct frames; empty if latency isn't measured.
        public var latency = LatencyDistribution()
        /// The same frames by their length without FCS; lengths of 4,095 bytes and more share the last counter.
        public var sizes: [Int: UInt64] = [:]
        /// Of the distinct frames, those with another length or payload than they left with: they have no latency.
        public var alteredFrames: UInt64 = 0
        /// Of the others, those that carry no time.
        public var untimedFrames: UInt64 = 0
        /// Of the distinct frames, those with a VLAN tag more, or one less, than they left with.
        public var taggedFrames: UInt64 = 0
        public var untaggedFrames: UInt64 = 0
        /// When the first distinct frame came.
        public var firstNanoseconds: UInt64 = 0
        /// When the latest distinct frame came, on the clock of the stamps; 0 if latency isn't measured.
        public var lastNanoseconds: UInt64 = 0
        /// How often a frame came by another receive queue than the one before it. Above 0 two CPUs may have written at
        /// once, and the counts are no longer certain: pin the transmit worker.
        public var queueChanges: UInt64 = 0
    }

    /// By number.
    public var workers: [Worker]
    /// Frames that aren't ours.
    public var foreignFrames: UInt64
    public var foreignBytes: UInt64
    /// Ours, from another epoch.
    public var staleFrames: UInt64
    /// Of the foreign frames, those of another vethmark.
    public var otherRunFrames: UInt64

    /// All workers' tallies added up.
    public var sequence: SequenceTally { workers.reduce(SequenceTally()) { $0 + $1.sequence } }
    /// All workers' latencies in one.
    public var latency: LatencyDistribution { .merging(workers.map(\.latency)) }
}
