/// The connection between two ranks, as a trial uses it: blocking, for a trial is threads.
///
/// Messages come in the order in which they were sent, each once, or the channel is lost: there is no way back from an error. All may be called from
/// any thread.
public protocol ControlChannel: Sendable {
    /// Who is at the other end.
    var peer: ControlHello { get }

    /// Hands a message over, without waiting for it to arrive.
    ///
    /// - Throws: `ControlError.lost` once the connection is, `.tooLarge`.
    func send(_ message: ControlMessage) throws(ControlError)

    /// The next message, never one of the channel's own verbs; nil if none has come by then.
    ///
    /// - Parameter deadlineNanoseconds: on CLOCK_MONOTONIC.
    /// - Throws: `ControlError.lost` once the connection is and everything that came before has been taken.
    func next(untilMonotonic deadlineNanoseconds: UInt64) throws(ControlError) -> ControlMessage?

    /// One question for the other's time, and its answer; nil if none has come by then. Messages that come meanwhile wait for `next`.
    ///
    /// - Parameter deadlineNanoseconds: on CLOCK_MONOTONIC.
    /// - Throws: `ControlError.lost`.
    func askClock(untilMonotonic deadlineNanoseconds: UInt64) throws(ControlError) -> ClockExchange?

    /// Ends the connection once what was sent has left, within a second; the other end is `lost` then. May be called again.
    func close()
}
