import Kernel

/// Rank 0's knowledge of a mesh, as a value: who is there, who is in which meeting, and what came of those that are over. What happened goes in, what is to be
/// said comes out. No clock, no socket, no thread.
///
/// A meeting begins when both its ranks have come to it in the order of rounds: the receiver is told to listen, then the sender where. It is over when both have
/// said what came of it, or are lost. So a rank is in one meeting at a time, whoever is lost keeps nobody waiting, and nobody waits for a round to be over.
public struct MeshConductor: Sendable {
    public enum Event: Sendable {
        case heard(ControlMessage, from: Int)
        /// A rank is no more, and why, in a sentence.
        case lost(Int, String)
        /// No meeting begins any more, and why; those that go on come to their end.
        case stop(String)
        case time
    }

    public enum Action: Equatable, Sendable {
        case send(ControlMessage, to: Int)
        case settled(Outcome)
        /// The last one: all ranks that are left were told.
        case end
    }

    /// What came of a meeting that had begun.
    public struct Outcome: Equatable, Sendable {
        public let meeting: MeshSchedule.Meeting
        /// The sender's result, as it sent it; nil if it had none.
        public var result: [UInt8]?
        /// Why it was not held to its end; nil if both say that it was.
        public var missed: String?

        public init(meeting: MeshSchedule.Meeting, result: [UInt8]?, missed: String?) {
            (self.meeting, self.result, self.missed) = (meeting, result, missed)
        }
    }

    private struct Active {
        let meeting: MeshSchedule.Meeting
        /// Those of the two who have yet to say what came of it.
        var owing: Set<Int>
        var result: [UInt8]?
        var missed: String?
        var deadline: UInt64
        var isAbandoned = false
    }

    public let schedule: MeshSchedule
    /// Why each of these is no more.
    public private(set) var lost: [Int: String] = [:]
    public private(set) var begunCount = 0
    private var stopped: String?
    private var active: [UInt32: Active] = [:]
    /// Which of `active` a rank is in.
    private var serials: [Int: UInt32] = [:]
    /// What each rank comes to next; nil for none.
    private var next: [MeshSchedule.Meeting?]
    private var turns: [Int]
    private let mesh: UInt16
    private let limit: UInt64
    private var isOver = false

    /// For who is told that a meeting is no more to say what came of it.
    static let graceNanoseconds: UInt64 = 20_000_000_000

    /// - Parameters:
    ///   - mesh: see `MeshOrder.mesh`.
    ///   - limit: how long a meeting may take; who takes longer is told to end it, and is lost to the mesh if he doesn't.
    public init(_ schedule: MeshSchedule, mesh: UInt16, limitNanoseconds limit: UInt64) {
        (self.schedule, self.mesh, self.limit) = (schedule, mesh, limit)
        next = (0..<schedule.ranks).map { schedule.next(of: $0, fromRound: 0) }
        turns = Array(repeating: 0, count: schedule.ranks)
    }

    /// Begins whatever can be begun.
    public mutating func begin(nowNanoseconds now: UInt64) -> [Action] { (0..<schedule.ranks).flatMap { come($0, now) } + endIfDone() }

    public mutating func handle(_ event: Event, nowNanoseconds now: UInt64) -> [Action] {
        guard !isOver else { return [] }
        let actions =
            switch event {
            case .heard(let message, let rank): heard(message, rank, now)
            case .lost(let rank, let sentence): lose(rank, sentence, now)
            case .stop(let sentence): stop(sentence)
            case .time: lookAtTime(now)
            }
        return actions + endIfDone()
    }

    /// Why a meeting that never began didn't; nil as long as it may begin.
    public func obstacle(to meeting: MeshSchedule.Meeting) -> String? {
        for rank in [meeting.sender, meeting.receiver] { if let sentence = lost[rank] { return Self.words(rank, sentence) } }
        return stopped
    }

    private static func words(_ rank: Int, _ sentence: String) -> String { "rank \(rank) was lost: \(sentence)" }

    // MARK: meetings

    /// A rank comes to what is next for it, past what can't be held.
    private mutating func come(_ rank: Int, _ now: UInt64) -> [Action] {
        guard serials[rank] == nil, lost[rank] == nil, stopped == nil else { return [] }
        pass(rank)
        guard let meeting = next[rank] else { return [] }
        let other = other(rank, meeting)
        // Past the lost ones it may be there as well.
        if serials[other] == nil { pass(other) }
        guard serials[other] == nil, next[other] == meeting else { return [] }
        begunCount += 1
        let serial = UInt32(truncatingIfNeeded: begunCount)
        active[serial] = Active(meeting: meeting, owing: [meeting.sender, meeting.receiver], deadline: now &+ limit)
        (serials[rank], serials[other]) = (serial, serial)
        next[rank] = schedule.next(of: rank, fromRound: meeting.round + 1)
        next[other] = schedule.next(of: other, fromRound: meeting.round + 1)
        return order(meeting, serial, to: meeting.receiver, at: nil)
    }

    /// A rank goes past meetings with ranks that are lost.
    private mutating func pass(_ rank: Int) {
        while let meeting = next[rank], lost[other(rank, meeting)] != nil {
            next[rank] = schedule.next(of: rank, fromRound: meeting.round + 1)
        }
    }

    private func order(_ meeting: MeshSchedule.Meeting, _ serial: UInt32, to rank: Int, at address: String?) -> [Action] {
        let order = MeshOrder(
            round: meeting.round, sender: meeting.sender, receiver: meeting.receiver, address: address, mesh: mesh,
            turn: turns[meeting.sender])
        return (try? ControlMessage(.meet, serial: serial, encoding: order)).map { [.send($0, to: rank)] } ?? []
    }

    private func other(_ rank: Int, _ meeting: MeshSchedule.Meeting) -> Int {
        meeting.sender == rank ? meeting.receiver : meeting.sender
    }

    private mutating func heard(_ message: ControlMessage, _ rank: Int, _ now: UInt64) -> [Action] {
        if message.verb == .failed { return lose(rank, ControlFailure.sentence(in: message), now) }
        // What is about another meeting comes too late to matter.
        guard lost[rank] == nil, serials[rank] == message.serial, let talk = active[message.serial], talk.owing.contains(rank) else {
            return []
        }
        let isSender = rank == talk.meeting.sender
        switch message.verb {
        case .listening where !isSender:
            guard !talk.isAbandoned, talk.owing.contains(talk.meeting.sender) else { return [] }
            guard let place: MeshPlace = try? message.decoded() else { return lose(rank, "it doesn't say where it listens", now) }
            defer { turns[talk.meeting.sender] += 1 }
            return order(talk.meeting, message.serial, to: talk.meeting.sender, at: place.address)
        case .held: return end(rank, message.serial, result: isSender ? message.body : nil, missed: nil, now)
        case .missed:
            let sentence = "rank \(rank): \(ControlFailure.sentence(in: message))"
            // A sender that was never told where to come has nothing to say of it.
            return end(rank, message.serial, result: nil, missed: sentence, now) + abandon(message.serial, now)
        default: return lose(rank, "it said '\(message.verb)' out of turn", now)
        }
    }

    /// One of the two is through with it.
    private mutating func end(_ rank: Int, _ serial: UInt32, result: [UInt8]?, missed: String?, _ now: UInt64) -> [Action] {
        guard var talk = active[serial], talk.owing.remove(rank) != nil else { return [] }
        talk.result = talk.result ?? result
        talk.missed = talk.missed ?? missed
        active[serial] = talk.owing.isEmpty ? nil : talk
        guard talk.owing.isEmpty else { return [] }
        let ranks = [talk.meeting.sender, talk.meeting.receiver]
        for rank in ranks { serials[rank] = nil }
        return [.settled(Outcome(meeting: talk.meeting, result: talk.result, missed: talk.missed))] + ranks.flatMap { come($0, now) }
    }

    /// Whoever is still in it is told that it is no more; a sender that wasn't told of it answers all the same.
    private mutating func abandon(_ serial: UInt32, _ now: UInt64) -> [Action] {
        guard var talk = active[serial], !talk.isAbandoned else { return [] }
        (talk.isAbandoned, talk.deadline) = (true, now &+ Self.graceNanoseconds)
        active[serial] = talk
        return talk.owing.sorted().map { .send(ControlMessage(.abandon, serial: serial), to: $0) }
    }

    // MARK: ends

    private mutating func lose(_ rank: Int, _ sentence: String, _ now: UInt64) -> [Action] {
        guard lost[rank] == nil else { return [] }
        lost[rank] = sentence
        let words = Self.words(rank, sentence)
        var actions: [Action] = [.send(ControlFailure.message(sentence, serial: 0), to: rank)]
        if let serial = serials[rank] {
            active[serial]?.missed = words
            actions += end(rank, serial, result: nil, missed: words, now) + abandon(serial, now)
        }
        // Who has waited for it goes on without.
        return actions + (0..<schedule.ranks).flatMap { come($0, now) }
    }

    private mutating func stop(_ sentence: String) -> [Action] {
        stopped = stopped ?? sentence
        return []
    }

    private mutating func lookAtTime(_ now: UInt64) -> [Action] {
        var actions: [Action] = []
        for (serial, talk) in active where now >= talk.deadline {
            if talk.isAbandoned {
                for rank in talk.owing.sorted() { actions += lose(rank, "it didn't end a meeting that was over", now) }
            } else {
                active[serial]?.missed = "it took longer than \(limit / 1_000_000_000) s"
                actions += abandon(serial, now)
            }
        }
        return actions
    }

    private mutating func endIfDone() -> [Action] {
        guard !isOver, active.isEmpty, stopped != nil || !canGoOn else { return [] }
        isOver = true
        return (0..<schedule.ranks).filter { lost[$0] == nil }.map { .send(ControlMessage(.finished), to: $0) } + [.end]
    }

    /// Whether any rank that is left has a meeting with another one that is.
    private var canGoOn: Bool {
        next.indices.contains { rank in lost[rank] == nil && next[rank].map { lost[other(rank, $0)] == nil } ?? false }
    }
}
