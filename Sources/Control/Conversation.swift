/// What is to be done behind an event of a conversation.
public enum ConversationAction: Equatable, Sendable {
    case send(ControlMessage)
    /// A word of the other's, for whoever leads the trial or receives its frames.
    case tell(ControlMessage)
    /// It is over; nil as agreed, or by our own failure.
    case end(ControlError?)
}

/// What both halves of a conversation have alike: a phase with its deadline, and the ways to its end.
protocol Conversation {
    var phase: ControlPhase { get set }
    var serial: UInt32 { get }
    var deadlineNanoseconds: UInt64? { get set }
    var failure: ControlError? { get set }
    var limits: ControlLimits { get }

    /// Whether it is the other's turn in a phase, who can then be late.
    static func isWait(_ phase: ControlPhase) -> Bool
}

extension Conversation {
    mutating func say(_ verb: ControlVerb, _ body: [UInt8], then next: ControlPhase, _ now: UInt64) -> [ConversationAction] {
        enter(next, now)
        return [.send(ControlMessage(verb, serial: serial, body: body))]
    }

    mutating func enter(_ next: ControlPhase, _ now: UInt64) {
        phase = next
        deadlineNanoseconds = Self.isWait(next) ? limits[next].map { now + $0 } : nil
    }

    func isOverdue(_ now: UInt64) -> Bool { deadlineNanoseconds.map { now >= $0 } ?? false }

    mutating func overdue() -> [ConversationAction] {
        let error = ControlError.overdue(phase, seconds: Int((limits[phase] ?? 0) / 1_000_000_000))
        return end(error, saying: error.sentence)
    }

    mutating func outOfTurn(_ verb: ControlVerb) -> [ConversationAction] {
        let error = ControlError.outOfTurn(verb, phase)
        return end(error, saying: error.sentence)
    }

    mutating func end(_ error: ControlError?, saying sentence: String?) -> [ConversationAction] {
        (phase, deadlineNanoseconds, failure) = (.over, nil, error)
        return (sentence.map { [.send(ControlFailure.message($0, serial: serial))] } ?? []) + [.end(error)]
    }
}
