/// Who meets whom when each meets each once: a round-robin tournament by the circle method (Kirkman 1847), in which no one is in two pairs of a round.
public struct Tournament: Equatable, Sendable {
    public struct Pair: Hashable, Sendable {
        public let first: Int
        public let second: Int

        /// The lower rank is the first.
        public init(_ one: Int, _ other: Int) { (first, second) = (min(one, other), max(one, other)) }
    }

    /// Ranks from 0.
    public let ranks: Int

    /// Nil below two ranks.
    public init?(ranks: Int) {
        guard ranks >= 2 else { return nil }
        self.ranks = ranks
    }

    /// One less than there are ranks; of an odd number as many as there are, and one rests in each.
    public var rounds: Int { seats - 1 }

    /// Every rank has a seat, and an odd number has one that stays empty.
    private var seats: Int { ranks + ranks % 2 }

    /// The pairs of a round, which counts from 0: one seat stays, the others move on by one place.
    public func pairs(inRound round: Int) -> [Pair] {
        (0..<seats / 2).compactMap { place in
            let one = place == 0 ? seats - 1 : (round + place) % (seats - 1)
            let other = (round + seats - 1 - place) % (seats - 1)
            return max(one, other) < ranks ? Pair(one, other) : nil
        }
    }

    /// Whom a rank meets in a round, without looking at the others: the two places of a pair add up to twice the round. Nil for who rests.
    public func opponent(of rank: Int, inRound round: Int) -> Int? {
        let circle = seats - 1
        let seat =
            rank == circle ? round % circle : rank == round % circle ? circle : (2 * round + circle - rank % circle + circle) % circle
        return seat < ranks ? seat : nil
    }
}
