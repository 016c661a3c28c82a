import Kernel

/// Rank 0's half over a channel: each call says a word and, where there is one, waits for the other's. All may be called from any thread, one at a time; `fail`
/// at any time.
public final class LeadRank: Sendable {
    private struct State {
        var conversation: LeadConversation
        var told: [ControlMessage] = []
        var counts: [UInt8]?
    }

    public let channel: any ControlChannel
    private let state: Monitor<State>

    public init(over channel: any ControlChannel, limits: ControlLimits = .standard) {
        self.channel = channel
        state = Monitor(State(conversation: LeadConversation(peer: channel.peer.name, limits: limits)))
    }

    public var phase: ControlPhase { state.read { $0.conversation.phase } }

    /// Has the other make ready for a trial.
    ///
    /// - Returns: what it says when it is.
    /// - Throws: `ControlError`, as all here: what ended it.
    public func prepare(_ body: [UInt8]) throws(ControlError) -> [UInt8] {
        try perform(.prepare(body))
        return try wait(for: .ready)
    }

    /// Begins a phase of frames.
    public func open(_ body: [UInt8]) throws(ControlError) {
        state.change { $0.counts = nil }
        try perform(.open(body))
    }

    /// The last counts of this phase that have come, without waiting; nil if none have.
    public func latestCounts() throws(ControlError) -> [UInt8]? {
        try hearAll()
        return state.read { $0.counts }
    }

    /// Says that no more frames leave; counts go on until `drained`.
    public func stop(_ body: [UInt8] = []) throws(ControlError) { try perform(.stop(body)) }

    /// Waits until what was on the way has come, or won't.
    ///
    /// - Returns: what the other says of it.
    public func drained() throws(ControlError) -> [UInt8] { try wait(for: .drained) }

    /// All that the other counted.
    public func outcome() throws(ControlError) -> [UInt8] {
        try perform(.settle)
        return try wait(for: .outcome)
    }

    /// Says that there are no more trials, and closes the channel.
    public func finish() throws(ControlError) {
        try perform(.finish)
        channel.close()
    }

    /// Says why this end can't go on, if anybody still listens, and closes the channel.
    public func fail(_ sentence: String) {
        try? perform(.fail(sentence))
        channel.close()
    }

    // MARK: between the two

    private func perform(_ event: LeadConversation.Event) throws(ControlError) {
        let ended = state.change { state -> ControlError? in
            let (told, ended) = state.conversation.perform(event, over: channel)
            for message in told { if message.verb == .counts { state.counts = message.body } else { state.told.append(message) } }
            return ended
        }
        if let ended {
            channel.close()
            throw ended
        }
    }

    private func hear(untilMonotonic deadline: UInt64) throws(ControlError) -> Bool {
        let message: ControlMessage?
        do throws(ControlError) { message = try channel.next(untilMonotonic: deadline) } catch {
            try perform(.lost(error))
            throw state.read { $0.conversation.failure } ?? error
        }
        try perform(message.map { .heard($0) } ?? .time)
        return message != nil
    }

    private func hearAll() throws(ControlError) { while try hear(untilMonotonic: Clock.monotonicNanoseconds) {} }

    private func wait(for verb: ControlVerb) throws(ControlError) -> [UInt8] {
        while true {
            let said = state.change { state -> ControlMessage? in
                guard let place = state.told.firstIndex(where: { $0.verb == verb }) else { return nil }
                return state.told.remove(at: place)
            }
            if let said { return said.body }
            let slice = Clock.monotonicNanoseconds + ControlSlice.nanoseconds
            _ = try hear(untilMonotonic: min(slice, state.read { $0.conversation.deadlineNanoseconds } ?? slice))
        }
    }
}

/// How often who waits for a word looks whether it was ended meanwhile by a thread of its own.
enum ControlSlice {
    static let nanoseconds: UInt64 = 100_000_000
}
