import Metrics

/// Where a pacer writes down how well it kept its times: memory on the worker's own node.
struct PacingBook: ~Copyable {
    /// Actual minus planned send time.
    package var lag: LatencyRecorder
    package var departures: GapRecorder
    package var last = GapTrack()

    /// How many recorders it takes of a worker's memory.
    static let recorders = 3

    init(_ memory: borrowing WorkerMemory, burstGapNanoseconds: UInt64) {
        lag = memory.recorder(0)
        departures = GapRecorder(gaps: memory.recorder(1), bursts: memory.recorder(2), burstGapNanoseconds: burstGapNanoseconds)
    }

    /// Forgets all; for use between warm-up and measurement.
    package mutating func reset() {
        lag.reset()
        departures.reset()
        last = GapTrack()
    }
}
