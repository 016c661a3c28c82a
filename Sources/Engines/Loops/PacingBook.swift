import Metrics

/// Where a pacer writes down how well it kept its times: memory on the worker's own node.
struct PacingBook: ~Copyable {
    /// Actual minus planned send time.
    package var lag: LatencyRecorder
    package var departures: GapRecorder
    package var last = GapTrack()

    /// How many recorders it takes of a worker's memory.
    static let recorders = 3

    /// - Parameter first: the first of its recorders.
    init(_ memory: borrowing WorkerMemory, from first: Int = 0, burstGapNanoseconds: UInt64) {
        lag = memory.recorder(first)
        departures = GapRecorder(
            gaps: memory.recorder(first + 1), bursts: memory.recorder(first + 2), burstGapNanoseconds: burstGapNanoseconds)
    }

    /// A frame that leaves now, so much later than planned.
    @inline(__always)
    mutating func record(_ nanoseconds: UInt64, lag: Int64) {
        self.lag.record(lag)
        departures.record(nanoseconds, at: &last)
    }

    /// Forgets all; for use between warm-up and measurement.
    package mutating func reset() {
        lag.reset()
        departures.reset()
        last = GapTrack()
    }
}
