import Control
import TestSupport
import Testing

/// The figures of `docs/scale.md` are those of `swift run -c release vethmark-bench-scale`; here is what is quick.
@Suite struct MeshSimulationTests {
    /// A thousand seeds, small meshes, up to four faults each.
    @Test func rulesHoldOverAThousandSeeds() throws {
        var generator = SeededGenerator()
        let first = generator.next() >> 1
        var (held, missed, slowest) = (0, 0, UInt64(0))
        for seed in first..<first + 1_000 {
            let ranks = Int.random(in: 2...14, using: &generator)
            let pattern = MeshPattern.allCases.randomElement(using: &generator)!
            var simulation = try #require(
                MeshSimulation(.init(pattern, ranks: ranks, faults: Int.random(in: 0...4, using: &generator), seed: seed)))
            simulation.run()
            #expect(simulation.violations.isEmpty, "\(pattern) of \(ranks): \(simulation.violations)")
            if !simulation.violations.isEmpty { return }
            (held, missed) = (held + simulation.tally.held, missed + simulation.tally.missed)
            slowest = max(slowest, simulation.tally.slowestNoticeNanoseconds)
        }
        // Faults did strike, some in the middle of a meeting, and were noticed in time.
        #expect(held > 5_000 && missed > 100 && slowest > 3_000_000_000 && slowest < 5_000_000_000)
    }

    @Test(arguments: MeshPattern.allCases, [0, 20])
    func tenThousandRanksMeet(_ pattern: MeshPattern, _ faults: Int) throws {
        let rounds = pattern == .pairs ? 2 : 2_000
        var simulation = try #require(MeshSimulation(.init(pattern, ranks: 10_000, rounds: rounds, faults: faults, seed: 7)))
        simulation.run()
        #expect(simulation.violations.isEmpty, "\(simulation.violations)")
        let meetings = pattern == .pairs ? 10_000 : 2_000
        #expect(simulation.tally.held <= meetings && simulation.tally.held >= meetings - 2 * faults - (pattern == .pairs ? 2 * faults : 0))
        if faults == 0 {
            // prepare, ready, open, stop, drained, outcome twice, finished; and three or four counts.
            let perMeeting = Double(simulation.tally.messages) / Double(meetings)
            #expect(simulation.tally.held == meetings && perMeeting >= 11 && perMeeting <= 12.1)
        }
    }

    /// One seed, one course.
    @Test func aSeedIsACourse() throws {
        let tallies = try (0..<2).map { _ in
            var simulation = try #require(MeshSimulation(.init(.pairs, ranks: 40, faults: 6, seed: 99)))
            simulation.run()
            return "\(simulation.tally)"
        }
        #expect(tallies[0] == tallies[1])
    }

    @Test func walksLeaveOutWhatCantBe() throws {
        let schedule = try #require(MeshSchedule(.pairs, ranks: 4))
        var walk = MeshWalk(schedule, rank: 0)
        let begun = walk.advance()
        let first = try #require(begun)
        let isTheOne = walk.lose(walk.other(in: first))
        #expect(isTheOne)
        walk.leave()
        var seen = [walk.other(in: first)]
        while let next = walk.advance() {
            seen.append(walk.other(in: next))
            if seen.count == 2 { walk.miss(.closed) } else { walk.hold() }
        }
        #expect(Set(seen) == [1, 2, 3] && walk.isDone && walk.heldCount == 1)
        #expect(walk.missed.map(\.reason) == [.lostRank(seen[0]), .ended(.closed)])
    }
}
