import Kernel

/// What is to be done behind an event of a conversation.
public enum ConversationAction: Equatable, Sendable {
    case send(ControlMessage)
    /// A word of the other's, for whoever leads the trial or receives its frames.
    case tell(ControlMessage)
    /// It is over; nil as agreed, or by our own failure.
    case end(ControlError?)
}

/// What happens to either half of a conversation.
protocol ConversationEvent {
    static func heard(_ message: ControlMessage) -> Self
    static func lost(_ error: ControlError) -> Self
    /// Whether it is a word of this half's own, and so in vain when all is over.
    var isOurs: Bool { get }
    /// Whether who says it is told so where it was in vain.
    var isOwedAnEnd: Bool { get }
}

/// What both halves of a conversation have alike: a phase with its deadline, and the ways to its end.
protocol Conversation {
    associatedtype Event: ConversationEvent

    var phase: ControlPhase { get set }
    var serial: UInt32 { get }
    var deadlineNanoseconds: UInt64? { get set }
    var failure: ControlError? { get set }
    var limits: ControlLimits { get }

    /// Whether it is the other's turn in a phase, who can then be late.
    static func isWait(_ phase: ControlPhase) -> Bool

    mutating func handle(_ event: Event, nowNanoseconds now: UInt64) -> [ConversationAction]
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

// MARK: over a channel

extension Conversation {
    /// Handles an event, and says what is to be said.
    ///
    /// - Returns: words for whoever leads the trial or receives its frames, and what ended it.
    mutating func perform(_ event: Event, over channel: any ControlChannel) -> (told: [ControlMessage], ended: ControlError?) {
        var (told, ended): ([ControlMessage], ControlError?) = ([], nil)
        for action in handle(event, nowNanoseconds: Clock.monotonicNanoseconds) {
            switch action {
            case .send(let message):
                do throws(ControlError) { try channel.send(message) } catch {
                    if message.verb != .failed { ended = ended ?? lastWord(on: channel, or: error) }
                }
            case .tell(let message): told.append(message)
            case .end(let error): if let error { ended = ended ?? error } else if event.isOwedAnEnd { ended = .closed }
            }
        }
        return (told, ended)
    }

    /// What was said last by the other, why for instance, may still be waiting to be heard.
    private mutating func lastWord(on channel: any ControlChannel, or error: ControlError) -> ControlError {
        let now = Clock.monotonicNanoseconds
        while let message = try? channel.next(untilMonotonic: now) {
            for case .end(let told?) in handle(.heard(message), nowNanoseconds: now) { return told }
        }
        _ = handle(.lost(error), nowNanoseconds: now)
        return error
    }
}
