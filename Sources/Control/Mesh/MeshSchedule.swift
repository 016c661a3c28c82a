/// A pattern laid out in rounds: in none of them is a host in two trials.
///
/// It is a function of the number of ranks, and rounds are an order and no gate: each rank takes its meetings in their order, and a pair begins when both have
/// come to it. That can't lock up: of all meetings that are still to be held, the two ranks of one in the earliest
/// round have nothing before it.
public struct MeshSchedule: Equatable, Sendable {
    /// One trial of one rank to another.
    public struct Meeting: Hashable, Sendable {
        public let round: Int
        public let sender: Int
        public let receiver: Int
    }

    public let pattern: MeshPattern
    public let ranks: Int
    private let tournament: Tournament

    /// Nil below two ranks.
    public init?(_ pattern: MeshPattern, ranks: Int) {
        guard let tournament = Tournament(ranks: ranks) else { return nil }
        (self.pattern, self.ranks, self.tournament) = (pattern, ranks, tournament)
    }

    public var rounds: Int { pattern == .pairs ? tournament.rounds : ranks - 1 }

    /// Of a round, which counts from 0.
    public func meetings(inRound round: Int) -> [Meeting] {
        switch pattern {
        case .pairs: tournament.pairs(inRound: round).map { Meeting(round: round, sender: $0.first, receiver: $0.second) }
        case .allToOne: [Meeting(round: round, sender: round + 1, receiver: 0)]
        case .oneToAll: [Meeting(round: round, sender: 0, receiver: round + 1)]
        }
    }

    /// What a rank does in a round; nil if it rests.
    public func meeting(of rank: Int, inRound round: Int) -> Meeting? {
        switch pattern {
        case .pairs:
            tournament.opponent(of: rank, inRound: round).map {
                Meeting(round: round, sender: min(rank, $0), receiver: max(rank, $0))
            }
        case .allToOne, .oneToAll: rank == 0 || rank == round + 1 ? meetings(inRound: round)[0] : nil
        }
    }

    /// The first meeting of a rank in this round or a later one.
    public func next(of rank: Int, fromRound round: Int) -> Meeting? {
        if pattern != .pairs && rank != 0 { return round <= rank - 1 ? meetings(inRound: rank - 1)[0] : nil }
        return (round..<max(round, rounds)).lazy.compactMap { meeting(of: rank, inRound: $0) }.first
    }
}
