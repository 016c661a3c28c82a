import Control
import Testing

@Suite struct TournamentTests {
    private static let sizes = [2, 3, 4, 5, 7, 8, 31, 64, 99, 400]

    @Test(arguments: sizes) func eachMeetsEachOnceAndNobodyIsInTwoPlaces(_ ranks: Int) throws {
        let tournament = try #require(Tournament(ranks: ranks))
        #expect(tournament.rounds == (ranks.isMultiple(of: 2) ? ranks - 1 : ranks))
        var met: Set<Tournament.Pair> = []
        for round in 0..<tournament.rounds {
            let pairs = tournament.pairs(inRound: round)
            #expect(pairs.count == ranks / 2)
            #expect(Set(pairs.flatMap { [$0.first, $0.second] }).count == 2 * pairs.count)
            #expect(pairs.allSatisfy { $0.first >= 0 && $0.first < $0.second && $0.second < ranks })
            met.formUnion(pairs)
            var opponents = [Int?](repeating: nil, count: ranks)
            for pair in pairs { (opponents[pair.first], opponents[pair.second]) = (pair.second, pair.first) }
            #expect((0..<ranks).map { tournament.opponent(of: $0, inRound: round) } == opponents)
        }
        // All rounds together have as many pairs as there are, so that none came twice.
        #expect(met.count == ranks * (ranks - 1) / 2)
    }

    @Test func eightRanksMeetInTwentyEightPairs() throws {
        let tournament = try #require(Tournament(ranks: 8))
        #expect(Set((0..<tournament.rounds).flatMap(tournament.pairs)).count == 28 && tournament.rounds == 7)
    }

    @Test func oneAloneHasNobodyToMeet() {
        #expect(Tournament(ranks: 1) == nil && Tournament(ranks: 0) == nil && Tournament(ranks: -4) == nil)
        #expect(MeshPattern.allCases.allSatisfy { MeshSchedule($0, ranks: 1) == nil })
    }

    /// What a rank knows by itself is what the whole schedule says, whatever the pattern.
    @Test(arguments: MeshPattern.allCases, [2, 3, 8, 33])
    func everyRankKnowsItsMeetings(_ pattern: MeshPattern, _ ranks: Int) throws {
        let schedule = try #require(MeshSchedule(pattern, ranks: ranks))
        let all = (0..<schedule.rounds).flatMap(schedule.meetings)
        #expect(Set(all).count == all.count)
        #expect(all.count == (pattern == .pairs ? ranks * (ranks - 1) / 2 : ranks - 1))
        #expect(pattern != .allToOne || all.allSatisfy { $0.receiver == 0 })
        #expect(pattern != .oneToAll || all.allSatisfy { $0.sender == 0 })
        for rank in 0..<ranks {
            let own = all.filter { $0.sender == rank || $0.receiver == rank }
            #expect((0..<schedule.rounds).compactMap { schedule.meeting(of: rank, inRound: $0) } == own)
            var (walked, round) = ([MeshSchedule.Meeting](), 0)
            while let meeting = schedule.next(of: rank, fromRound: round) {
                walked.append(meeting)
                round = meeting.round + 1
            }
            #expect(walked == own)
        }
    }
}
