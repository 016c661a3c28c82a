import Kernel

/// The other rank's half, as a value: see `LeadConversation`, whose words are the ones that this one waits for.
public struct FollowConversation: Conversation, Sendable {
    public enum Event: Equatable, Sendable {
        case ready([UInt8])
        case counts([UInt8])
        case drained([UInt8])
        case outcome([UInt8])
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
    /// Until when rank 0 has to have said its word, by the clock that `handle` is told; nil: for as long as it likes.
    public internal(set) var deadlineNanoseconds: UInt64?
    /// Why it is over.
    public internal(set) var failure: ControlError?
    var limits: ControlLimits
    let peer: String

    /// - Parameters:
    ///   - peer: as errors name it.
    ///   - now: when the wait for the first word begins.
    public init(peer: String, limits: ControlLimits = .standard, nowNanoseconds now: UInt64) {
        (self.peer, self.limits) = (peer, limits)
        enter(.idle, now)
    }

    /// How long the phase of frames that comes next may last; nil: for as long as rank 0 likes.
    public mutating func limitOpen(toNanoseconds limit: UInt64?) { limits[.open] = limit }

    public mutating func handle(_ event: Event, nowNanoseconds now: UInt64) -> [ConversationAction] {
        guard phase != .over else { return event.isOurs ? [.end(failure)] : [] }
        switch event {
        case .ready(let body): return phase == .preparing ? say(.ready, body, then: .ready, now) : outOfTurn(.ready)
        // Counts that come too late are nobody's fault: who counts doesn't hear what is said.
        case .counts(let body):
            return phase == .open || phase == .draining ? [.send(ControlMessage(.counts, serial: serial, body: body))] : []
        case .drained(let body): return phase == .draining ? say(.drained, body, then: .ready, now) : outOfTurn(.drained)
        case .outcome(let body): return phase == .settling ? say(.outcome, body, then: .idle, now) : outOfTurn(.outcome)
        case .fail(let sentence): return end(nil, saying: sentence)
        case .lost(let error): return end(error, saying: nil)
        case .time: return isOverdue(now) ? overdue() : []
        case .heard(let message): return heard(message, now)
        }
    }

    private mutating func heard(_ message: ControlMessage, _ now: UInt64) -> [ConversationAction] {
        if message.verb == .failed { return end(.peerFailed(peer: peer, sentence: ControlFailure.sentence(in: message)), saying: nil) }
        if message.verb == .finished {
            return phase == .idle ? end(nil, saying: nil) : end(.peerFinished(peer: peer), saying: nil)
        }
        let isNext = message.verb == .prepare && message.serial == serial &+ 1
        guard isNext || message.serial == serial else { return outOfTurn(message.verb) }
        switch (message.verb, phase) {
        case (.prepare, .idle) where isNext:
            serial = message.serial
            enter(.preparing, now)
        case (.open, .ready): enter(.open, now)
        case (.stop, .open): enter(.draining, now)
        case (.outcome, .ready): enter(.settling, now)
        default: return outOfTurn(message.verb)
        }
        return [.tell(message)]
    }

    /// Our own work has limits of its own.
    static func isWait(_ phase: ControlPhase) -> Bool { phase == .idle || phase == .ready || phase == .open }
}

extension FollowConversation.Event: ConversationEvent {
    var isOurs: Bool {
        switch self {
        case .ready, .drained, .outcome: true
        case .counts, .fail, .heard, .lost, .time: false
        }
    }

    var isOwedAnEnd: Bool { isOurs }
}
