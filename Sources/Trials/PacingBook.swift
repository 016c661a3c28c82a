import Metrics

/// Where a pacer writes down how well it kept its times: memory on the worker's own node.
struct PacingBook: ~Copyable {
    /// Actual minus planned send time.
    var lag: LatencyRecorder
    var departures: GapRecorder
    var last = GapTrack()

    /// How many recorders it takes of a worker's memory.
    static let recorders = 3

    init(_ memory: borrowing WorkerMemory, burstGapNanoseconds: UInt64) {
        lag = memory.recorder(0)
        departures = GapRecorder(gaps: memory.recorder(1), bursts: memory.recorder(2), burstGapNanoseconds: burstGapNanoseconds)
    }

    /// Forgets all; for use between warm-up and measurement.
    mutating func reset() {
        lag.reset()
        departures.reset()
        last = GapTrack()
    }
}

/// The gaps and bursts of streams, when their worker has ended.
struct GapDistributions: Sendable {
    /// Nanoseconds.
    var gaps = LatencyDistribution()
    /// Frames.
    var bursts = LatencyDistribution()

    init() {}

    init(_ recorder: borrowing GapRecorder) {
        gaps = recorder.gapDistribution
        bursts = recorder.burstDistribution
    }

    static func merging(_ all: [GapDistributions]) -> GapDistributions {
        var merged = GapDistributions()
        merged.gaps = .merging(all.map(\.gaps))
        merged.bursts = .merging(all.map(\.bursts))
        return merged
    }
}

extension TrialPlan {
    /// Frames of one worker that follow each other by less than half of their mean gap are of one burst; 0 without a rate.
    var burstGapNanoseconds: UInt64 {
        load.packetRate.map { UInt64(min(9e18, 0.5e9 / $0.packetsPerSecond * Double(transmit.workers))) } ?? 0
    }
}
