import Testing

@testable import Methods

/// The example search of RFC 9971's appendix: one load, four goals, six points in time.
///
/// Two of its cells contradict the document: "20% exceed" at points 5 and 6 is printed as a lower
/// bound, and by its own classification code, 42.857 % and 27.273 % being more than 20 %, it is an upper one. Ours is the code's, and the library's.
@Suite struct AppendixTests {
    private static let goals = [
        SearchGoal("RFC2544", loss: 0, exceed: 0, width: 0.01, initial: 60, final: 60, sum: 60, preceding: 0),
        SearchGoal("TST009", loss: 0, exceed: 0.5, width: 0.01, initial: 60, final: 60, sum: 120, preceding: 0),
        SearchGoal("1s final", loss: 0.005, exceed: 0.5, width: 0.01, initial: 1, final: 1, sum: 120, preceding: 0),
        SearchGoal("20% exceed", loss: 0.005, exceed: 0.2, width: 0.01, initial: 60, final: 60, sum: 60, preceding: 0)
    ]

    /// How many trials, how long, how lossy; and what the four goals make of all so far.
    private static let points: [(count: Int, seconds: Double, loss: Double, bounds: [LoadVerdict.Bound])] = [
        (59, 1, 0, [.undecided, .undecided, .undecided, .undecided]),
        (1, 1, 0.01, [.upper, .undecided, .undecided, .undecided]),
        (59, 1, 0.01, [.upper, .undecided, .undecided, .upper]),
        (1, 1, 0, [.upper, .undecided, .lower, .upper]),
        (1, 60, 0.001, [.upper, .undecided, .lower, .upper]),
        (1, 60, 0, [.upper, .lower, .lower, .upper])
    ]

    private var verdicts: [LoadVerdict] {
        let scale = LoadScale(minimum: 1_000, maximum: 10_000_000, relativeWidths: [0.01])
        return Self.goals.map { LoadVerdict(SearchTarget.chain(to: $0, on: scale)[0]) }
    }

    @Test func everyPointHasTheVerdictsOfTheRFC() {
        var verdicts = verdicts
        for (number, point) in Self.points.enumerated() {
            for index in verdicts.indices {
                for _ in 0..<point.count { verdicts[index].add(TrialOutcome(lossRatio: point.loss), seconds: point.seconds) }
            }
            #expect(verdicts.map(\.bound) == point.bounds, "point \(number + 1)")
        }
        // Of TST009, "1s final" and "20% exceed": one million, one million, and 999 thousand frames a second out of a million.
        #expect(verdicts.dropFirst().map(\.quantileLossRatio) == [0, 0, 0.001])
    }

    @Test func timeThatIsMissingCountsAsLost() {
        var verdict = verdicts[1]
        #expect(verdict.quantileLossRatio == nil)
        verdict.add(TrialOutcome(lossRatio: 0), seconds: 59)
        #expect(verdict.quantileLossRatio == nil)
        verdict.add(TrialOutcome(lossRatio: 0), seconds: 60)
        #expect(verdict.quantileLossRatio == 0)
        var whole = verdicts[3]
        whole.add(TrialOutcome(lossRatio: 0), seconds: 60)
        #expect(whole.quantileLossRatio == 0)
        var long = LoadVerdict(
            SearchTarget.chain(
                to: SearchGoal(loss: 0, exceed: 0, width: 0.01, initial: 1, final: 1, sum: 3, preceding: 0),
                on: LoadScale(minimum: 1, maximum: 2, relativeWidths: [0.01]))[0])
        long.add(TrialOutcome(lossRatio: 0), seconds: 1)
        #expect(long.quantileLossRatio == 1 && long.bound == .undecided)
    }
}
