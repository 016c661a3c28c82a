/// One rank's way through a mesh: its meetings in their order, without those that can't be, and what came of each.
public struct MeshWalk: Sendable {
    /// A meeting that wasn't held to its end.
    public struct Miss: Equatable, Sendable {
        public let meeting: MeshSchedule.Meeting
        public let reason: Reason
    }

    public enum Reason: Equatable, Sendable {
        /// The other was lost before.
        case lostRank(Int)
        /// It began, and ended by this.
        case ended(ControlError?)
    }

    public let rank: Int
    /// What this rank has come to, and waits for or is in.
    public private(set) var meeting: MeshSchedule.Meeting?
    public private(set) var heldCount = 0
    /// In the order of rounds.
    public private(set) var missed: [Miss] = []
    /// Whether there is nothing left.
    public private(set) var isDone = false

    private let schedule: MeshSchedule
    private let end: Int
    private var round: Int
    private var lost: Set<Int> = []

    /// - Parameter rounds: which of the schedule's are gone through; nil for all of them.
    public init(_ schedule: MeshSchedule, rank: Int, rounds: Range<Int>? = nil) {
        (self.schedule, self.rank) = (schedule, rank)
        (round, end) = (rounds?.lowerBound ?? 0, min(rounds?.upperBound ?? schedule.rounds, schedule.rounds))
    }

    /// Comes to the next meeting, past those with ranks that are lost; nil at the end.
    public mutating func advance() -> MeshSchedule.Meeting? {
        meeting = nil
        while let next = schedule.next(of: rank, fromRound: round), next.round < end {
            round = next.round + 1
            let other = other(in: next)
            guard lost.contains(other) else {
                meeting = next
                return next
            }
            missed.append(Miss(meeting: next, reason: .lostRank(other)))
        }
        isDone = true
        return nil
    }

    /// The meeting was held to its end.
    public mutating func hold() {
        if meeting != nil { heldCount += 1 }
        meeting = nil
    }

    /// The meeting ended before its time.
    public mutating func miss(_ error: ControlError?) {
        if let meeting { missed.append(Miss(meeting: meeting, reason: .ended(error))) }
        meeting = nil
    }

    /// A rank is no more, as rank 0 tells.
    ///
    /// - Returns: whether it is the one that this rank waits for: `advance` then, unless the meeting has begun and ends by itself.
    public mutating func lose(_ other: Int) -> Bool {
        lost.insert(other)
        return meeting.map { self.other(in: $0) == other } ?? false
    }

    /// Nobody will come to the meeting.
    public mutating func leave() {
        guard let meeting else { return }
        missed.append(Miss(meeting: meeting, reason: .lostRank(other(in: meeting))))
        self.meeting = nil
    }

    public func other(in meeting: MeshSchedule.Meeting) -> Int { meeting.sender == rank ? meeting.receiver : meeting.sender }
}
