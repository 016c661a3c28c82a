import Kernel

/// How far another host's clock is ahead of ours at a moment, and by how much that can be wrong: of many exchanges the one with the shortest round trip
/// (Cristian 1989; RFC 5905, section 10).
public struct ClockOffset: Codable, Equatable, Sendable {
    /// By our clock.
    public let atNanoseconds: Int64
    /// The other's clock less ours.
    public let offsetNanoseconds: Int64
    /// The true offset is at most this far away, whatever the two ways' shares of the round trip.
    public let errorNanoseconds: Int64

    /// The most that two clocks of Linux run apart, in parts of a million: adjtimex(2) corrects each by 500 at most (`MAXFREQ`).
    public static let mostDriftPPM: Int64 = 1_000

    public init(atNanoseconds: Int64, offsetNanoseconds: Int64, errorNanoseconds: Int64) {
        (self.atNanoseconds, self.offsetNanoseconds, self.errorNanoseconds) = (atNanoseconds, offsetNanoseconds, errorNanoseconds)
    }

    /// Nil if there is no exchange, or none that can have been.
    public init?(_ exchanges: some Sequence<ClockExchange>) {
        let timed = exchanges.compactMap { exchange in exchange.roundTripNanoseconds.map { (exchange: exchange, roundTrip: $0) } }
        guard let (best, roundTrip) = timed.min(by: { $0.roundTrip < $1.roundTrip }) else { return nil }
        let took = best.returnedNanoseconds - best.sentNanoseconds
        atNanoseconds = best.sentNanoseconds + took / 2
        let twice = (best.heardNanoseconds - best.sentNanoseconds) + (best.answeredNanoseconds - best.returnedNanoseconds)
        // Rounded down, of negative numbers as well.
        offsetNanoseconds = twice >> 1
        // Half the round trip, if all of it was one way; what the clocks ran apart meanwhile; and what halving rounds off.
        errorNanoseconds = (roundTrip + 1) / 2 + took * Self.mostDriftPPM / 1_000_000 + 2
    }

    /// Of two that read one clock.
    public static func shared(atNanoseconds moment: Int64) -> ClockOffset {
        ClockOffset(atNanoseconds: moment, offsetNanoseconds: 0, errorNanoseconds: 0)
    }

    /// Asks the other end for its time, again and again; nil if no answer came that can be used.
    ///
    /// - Parameters:
    ///   - exchanges: how many; more find shorter round trips.
    ///   - gapNanoseconds: between two, so that not all meet the same queue.
    ///   - deadlineNanoseconds: on CLOCK_MONOTONIC; what came by then has to do.
    /// - Throws: `ControlError.lost`.
    public static func measured(
        over channel: any ControlChannel, exchanges: Int = 32, gapNanoseconds: UInt64 = 1_000_000,
        untilMonotonic deadlineNanoseconds: UInt64
    ) throws(ControlError) -> ClockOffset? {
        var answers: [ClockExchange] = []
        for round in 0..<exchanges where Clock.monotonicNanoseconds < deadlineNanoseconds {
            if round > 0 { Clock.sleep(nanoseconds: gapNanoseconds) }
            if let answer = try channel.askClock(untilMonotonic: deadlineNanoseconds) { answers.append(answer) }
        }
        return ClockOffset(answers)
    }
}
