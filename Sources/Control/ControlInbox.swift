import Kernel

/// What came over a connection and was not yet taken: the event loop's thread puts in, threads of a trial wait and take.
final class ControlInbox: Sendable {
    struct State {
        var peer: ControlHello?
        var messages: [ControlMessage] = []
        var messageBytes = 0
        /// Answers to questions for the time, by the question's number.
        var answers: [UInt32: ClockExchange] = [:]
        var questions: UInt32 = 0
        var end: ControlError?
        /// The socket is gone.
        var isInactive = false
        var isFlushed = false
    }

    /// More than a minute of counts and a run's outcomes, by far.
    static let mostMessages = 65_536
    static let mostBytes = 64 << 20

    let state = Monitor(State())

    /// The first end is the one that counts.
    func end(_ error: ControlError) {
        state.change { if $0.end == nil { $0.end = error } }
    }

    /// - Returns: false if there is no room.
    func put(_ message: ControlMessage) -> Bool {
        state.change { state in
            guard state.messages.count < Self.mostMessages, state.messageBytes + message.body.count <= Self.mostBytes else { return false }
            state.messages.append(message)
            state.messageBytes += message.body.count
            return true
        }
    }

    func next(untilMonotonic deadlineNanoseconds: UInt64) throws(ControlError) -> ControlMessage? {
        _ = state.wait(untilMonotonic: deadlineNanoseconds) { $0.messages.isEmpty && $0.end == nil ? nil : true }
        let (message, end) = state.change { state -> (ControlMessage?, ControlError?) in
            guard !state.messages.isEmpty else { return (nil, state.end) }
            let message = state.messages.removeFirst()
            state.messageBytes -= message.body.count
            return (message, nil)
        }
        if let end { throw end }
        return message
    }

    /// Takes a question's answer.
    func answer(to question: UInt32, untilMonotonic deadlineNanoseconds: UInt64) throws(ControlError) -> ClockExchange? {
        _ = state.wait(untilMonotonic: deadlineNanoseconds) { $0.answers[question] == nil && $0.end == nil ? nil : true }
        let (answer, end) = state.change { ($0.answers.removeValue(forKey: question), $0.end) }
        if answer == nil, let end { throw end }
        return answer
    }
}
