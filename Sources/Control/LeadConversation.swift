import Kernel

/// Rank 0's half of what two ranks do together, as a value: what happened goes in, what is to be done comes out. No clock, no socket, no thread.
///
///     idle ─prepare→ preparing ─ready← ready ─open→ open ─stop→ draining ─drained← ready ─outcome→ settling ─outcome← idle … ─finished→ over
///
/// A trial may have several phases of frames (its warm-up and its window): from `ready` it is opened again as often as there are. Arrows that point right are
/// words of ours.
public struct LeadConversation: Conversation, Sendable {
    public enum Event: Equatable, Sendable {
        case prepare([UInt8])
        case open([UInt8])
        case stop([UInt8])
        /// All has drained, and the outcome is asked for.
        case settle
        /// After the last trial.
        case finish
        /// This end can't go on.
        case fail(String)
        case heard(ControlMessage)
        case lost(ControlError)
        /// Nothing but that time has passed.
        case time
    }

    public internal(set) var phase = ControlPhase.idle
    /// Of the trial that is going on, or was the last one.
    public internal(set) var serial: UInt32 = 0
    /// Until when the other has to have said its word, by the clock that `handle` is told; nil: for as long as it likes.
    public internal(set) var deadlineNanoseconds: UInt64?
    /// Why it is over.
    public internal(set) var failure: ControlError?
    let limits: ControlLimits
    let peer: String

    /// - Parameter peer: as errors name it.
    public init(peer: String, limits: ControlLimits = .standard) { (self.peer, self.limits) = (peer, limits) }

    public mutating func handle(_ event: Event, nowNanoseconds now: UInt64) -> [ConversationAction] {
        guard phase != .over else { return event.isOurs ? [.end(failure)] : [] }
        switch event {
        case .prepare(let body):
            guard phase == .idle else { return outOfTurn(.prepare) }
            serial &+= 1
            return say(.prepare, body, then: .preparing, now)
        case .open(let body): return phase == .ready ? say(.open, body, then: .open, now) : outOfTurn(.open)
        case .stop(let body): return phase == .open ? say(.stop, body, then: .draining, now) : outOfTurn(.stop)
        case .settle: return phase == .ready ? say(.outcome, [], then: .settling, now) : outOfTurn(.outcome)
        case .finish:
            guard phase == .idle else { return outOfTurn(.finished) }
            return say(.finished, [], then: .over, now) + [.end(nil)]
        case .fail(let sentence): return end(nil, saying: sentence)
        case .lost(let error): return end(error, saying: nil)
        case .time: return isOverdue(now) ? overdue() : []
        case .heard(let message): return heard(message, now)
        }
    }

    private mutating func heard(_ message: ControlMessage, _ now: UInt64) -> [ConversationAction] {
        if message.verb == .failed { return end(.peerFailed(peer: peer, sentence: ControlFailure.sentence(in: message)), saying: nil) }
        if message.verb == .finished { return end(.peerFinished(peer: peer), saying: nil) }
        guard message.serial == serial else { return outOfTurn(message.verb) }
        switch (message.verb, phase) {
        case (.ready, .preparing): enter(.ready, now)
        case (.counts, .open), (.counts, .draining): break
        case (.drained, .draining): enter(.ready, now)
        case (.outcome, .settling): enter(.idle, now)
        default: return outOfTurn(message.verb)
        }
        return [.tell(message)]
    }

    /// Where we lead on, the other has nothing to be late with.
    static func isWait(_ phase: ControlPhase) -> Bool { phase == .preparing || phase == .draining || phase == .settling }
}

extension LeadConversation.Event: ConversationEvent {
    var isOurs: Bool {
        switch self {
        case .prepare, .open, .stop, .settle, .finish: true
        case .fail, .heard, .lost, .time: false
        }
    }

    /// That there are no more trials is as it should be, whoever said it first.
    var isOwedAnEnd: Bool { isOurs && self != .finish }
}
