import Kernel

/// The other rank's half over a channel: waits for rank 0's words and answers them. `duty` is called from one thread, all else from any.
public final class FollowRank: Sendable {
    public let channel: any ControlChannel
    private let state: Monitor<FollowConversation>

    public init(over channel: any ControlChannel, limits: ControlLimits = .standard) {
        self.channel = channel
        state = Monitor(FollowConversation(peer: channel.peer.name, limits: limits, nowNanoseconds: Clock.monotonicNanoseconds))
    }

    public var phase: ControlPhase { state.read { $0.phase } }

    /// How long the next phase of frames may last until rank 0 ends it; nil: for as long as it likes.
    public func limitOpen(toNanoseconds limit: UInt64?) { state.change { $0.limitOpen(toNanoseconds: limit) } }

    /// Rank 0's next word: prepare, open, stop, outcome (it is asked for), or finished; nil if none has come by then.
    ///
    /// - Parameter deadlineNanoseconds: on CLOCK_MONOTONIC.
    /// - Throws: `ControlError`, as all here: what ended it.
    public func duty(untilMonotonic deadlineNanoseconds: UInt64) throws(ControlError) -> ControlMessage? {
        repeat {
            let slice = min(Clock.monotonicNanoseconds + ControlSlice.nanoseconds, deadlineNanoseconds)
            let message: ControlMessage?
            do throws(ControlError) {
                message = try channel.next(untilMonotonic: min(slice, state.read { $0.deadlineNanoseconds } ?? slice))
            } catch {
                _ = try perform(.lost(error))
                throw state.read { $0.failure } ?? error
            }
            let told = try perform(message.map { .heard($0) } ?? .time)
            if let told { return told }
            if message?.verb == .finished {
                channel.close()
                return message
            }
            if state.read({ $0.phase }) == .over { throw state.read { $0.failure } ?? .closed }
        } while Clock.monotonicNanoseconds < deadlineNanoseconds
        return nil
    }

    /// Everybody who counts is listening.
    public func ready(_ body: [UInt8]) throws(ControlError) { _ = try perform(.ready(body)) }

    /// What came so far; nothing is sent outside of a phase of frames.
    public func counts(_ body: [UInt8]) throws(ControlError) { _ = try perform(.counts(body)) }

    /// What was on the way has come, or won't.
    public func drained(_ body: [UInt8]) throws(ControlError) { _ = try perform(.drained(body)) }

    /// All that was counted, when it was asked for.
    public func outcome(_ body: [UInt8]) throws(ControlError) { _ = try perform(.outcome(body)) }

    /// Says why this end can't go on, if anybody still listens, and closes the channel.
    public func fail(_ sentence: String) {
        _ = try? perform(.fail(sentence))
        channel.close()
    }

    /// - Returns: a word for whoever receives.
    private func perform(_ event: FollowConversation.Event) throws(ControlError) -> ControlMessage? {
        let (told, ended) = state.change { $0.perform(event, over: channel) }
        if let ended {
            channel.close()
            throw ended
        }
        return told.last
    }
}
