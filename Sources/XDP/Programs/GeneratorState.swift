/// Offsets in the memory that a generator program and its owner share. While frames leave, the program is the only
/// writer; a worker runs it on one CPU at a time, so it needs no atomic instructions.
enum GeneratorState {
    /// The next frame's sequence number, and so how many were made since 0.
    static let sequence = 0
    /// The next frame's row in the table, or the table's length in place of 0.
    static let row = 8
    /// The first eight bytes of each signature as a number, the sequence's part being zero.
    static let signatureHead = 16
    /// When the next frame is due, CLOCK_MONOTONIC: whole nanoseconds, and 2⁻³² of one. Only of a paced program, as the rest.
    static let due = 24
    static let dueFraction = 32
    /// From one frame's due time to the next.
    static let interval = 40
    static let intervalFraction = 48
    /// How many frames may be made in all, or are asked for.
    static let limit = 56
    /// The times in the first frame and in the last one made, where frames carry the time; 0 before.
    static let firstNanoseconds = 64
    static let lastNanoseconds = 72
    /// What is added to CLOCK_MONOTONIC for a timestamp.
    static let clockOffset = 80
    /// Frames until the odometer skips a step, and skips until it begins anew; of patched frames only, as what follows.
    static let untilSkip = 88
    static let skipsLeft = 96
    /// Where not every frame carries the time: frames that pass before the clock is read again, frames from that one to the next that carries it,
    /// and `SampleCountdown`'s place and random number.
    static let untilClock = 104
    static let untilStamp = 112
    static let place = 120
    static let random = 128
    /// The odometer's digits, eight bytes each.
    static let counts = 136

    static func byteCount(wheels: Int) -> Int { counts + 8 * wheels }
}
