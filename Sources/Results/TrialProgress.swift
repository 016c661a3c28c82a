/// One line of live progress, told once per interval while a trial runs.
public struct TrialProgress: Equatable, Sendable {
    public enum Phase: String, Sendable { case preparing, warmingUp, running, draining }

    public var phase: Phase
    /// Counts from 0.
    public var trialIndex: Int
    public var trialCount: Int
    /// Since the start of the phase.
    public var elapsedNanoseconds: UInt64
    /// Of the phase; nil where it has no end of its own.
    public var totalNanoseconds: UInt64?
    /// Counted since the last line; nil before the first frames.
    public var interval: IntervalResult?
    /// Sent minus received so far, frames still on their way included.
    public var lostSoFar: UInt64
    /// What leaves in one piece: `frame` or `superframe`.
    public var noun: String
    public static let frame = "frame"

    public init(
        phase: Phase, trialIndex: Int, trialCount: Int, elapsedNanoseconds: UInt64, totalNanoseconds: UInt64?,
        interval: IntervalResult?, lostSoFar: UInt64, noun: String = frame
    ) {
        self.phase = phase
        self.trialIndex = trialIndex
        self.trialCount = trialCount
        self.elapsedNanoseconds = elapsedNanoseconds
        self.totalNanoseconds = totalNanoseconds
        self.interval = interval
        self.lostSoFar = lostSoFar
        self.noun = noun
    }
}
