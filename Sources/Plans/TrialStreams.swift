import Frames

/// What the frames of a phase carry: the run's key, and an epoch of their own for each trial and its warm-up, so that a frame which
/// comes too late is seen as stale, and another vethmark's as foreign.
package struct TrialStreams: Sendable {
    package let key: UInt16
    private let trial: Int

    package init(trial: Int, key: UInt16 = Self.keyOfThisProcess) {
        self.trial = trial
        self.key = key & StreamIdentifier.keyMask
    }

    /// Drawn once: two runs on one path have the same in one of 1,024 cases.
    static let keyOfThisProcess = UInt16.random(in: 0...StreamIdentifier.keyMask)

    /// What all frames of a trial's window have in common (`StreamIdentifier.phaseBits`).
    ///
    /// - Parameter trial: counts all trials of this process.
    package static func windowBits(trial: Int) -> UInt32 { TrialStreams(trial: trial).stream(.window, worker: 0).phaseBits }

    package func epoch(_ phase: TrialPhase) -> UInt8 {
        // 0 is nobody's: zeroed memory is no frame of ours.
        UInt8(1 + (trial * 2 + (phase == .warmup ? 0 : 1)) % 255)
    }

    package func stream(_ phase: TrialPhase, worker: Int) -> StreamIdentifier {
        StreamIdentifier(epoch: epoch(phase), worker: UInt8(worker), key: key)
    }
}

/// A trial's phases in their order.
package enum TrialPhase: UInt64, Sendable {
    case warmup = 1
    case window = 2
}
