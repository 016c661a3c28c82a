/// Whether the window went on all the time: pauses in which nothing was sent, and pauses of the trial's thread itself.
///
/// Looked at from outside once a tick, a tenth of a second or less: a process that is stopped or starved doesn't look, and the
/// next look comes late.
struct PauseWatch: Sendable {
    /// The longest time in which no frame was sent, nanoseconds.
    private(set) var longestNanoseconds: UInt64 = 0
    /// How long the trial's thread was away in all, where it was more than a hiccup.
    private(set) var awayNanoseconds: UInt64 = 0
    private var lastSent: UInt64 = 0
    private var lastProgressNanoseconds: UInt64 = 0
    private var lastLookNanoseconds: UInt64 = 0

    /// Two ticks, and what a loaded machine may be late.
    static let hiccupNanoseconds: UInt64 = 500_000_000

    /// - Parameters:
    ///   - start: of the window.
    ///   - deadline: its planned end; what comes behind it is no pause.
    mutating func look(at time: UInt64, from start: UInt64, sent: UInt64, untilMonotonic deadline: UInt64?) {
        let now = min(time, deadline ?? .max)
        guard now > start else { return }
        if lastLookNanoseconds == 0 { (lastLookNanoseconds, lastProgressNanoseconds) = (start, start) }
        if time - lastLookNanoseconds > Self.hiccupNanoseconds { awayNanoseconds += time - lastLookNanoseconds }
        lastLookNanoseconds = time
        if sent != lastSent {
            // Frames came out at some moment of the tick before: only what lies before it was a pause for sure.
            lastSent = sent
            lastProgressNanoseconds = now
        } else {
            longestNanoseconds = max(longestNanoseconds, now - lastProgressNanoseconds)
        }
    }
}
