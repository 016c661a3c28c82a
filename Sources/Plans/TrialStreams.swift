import Frames
import Kernel

/// What the frames of a phase carry: the run's key, and an epoch of their own for each trial and its warm-up, so that a frame which
/// comes too late is seen as stale, and another vethmark's as foreign.
package struct TrialStreams: Sendable {
    package let key: UInt16
    private let trial: Int

    package init(trial: Int, key: UInt16 = Self.keyOfThisProcess) {
        self.trial = trial
        self.key = key & StreamIdentifier.keyMask
    }

    static let keyOfThisProcess = key(
        ofProcess: ProcessFacts.identifier, in: ProcessFacts.bootIdentifier + ProcessFacts.processNamespace)

    /// Two runs at the same time on one machine never have the same key, unless their process numbers lie a multiple of 1,024 apart; on two machines, or
    /// in two containers, they have in one of 1,024 cases.
    ///
    /// - Parameter place: what numbers processes: a start of a machine and a PID namespace.
    static func key(ofProcess identifier: Int32, in place: String) -> UInt16 {
        // FNV-1a.
        let salt = place.utf8.reduce(2_166_136_261 as UInt32) { ($0 ^ UInt32($1)) &* 16_777_619 }
        return UInt16(truncatingIfNeeded: salt &+ UInt32(bitPattern: identifier)) & StreamIdentifier.keyMask
    }

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
