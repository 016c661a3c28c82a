import Foundation
import TestSupport
import Testing

@testable import Metrics

@Suite struct LatencySamplingTests {
    @Test(arguments: [("all", 1), ("1/1", 1), ("off", 0), ("1/2", 2), ("1/1000", 1_000), ("1/65536", 65_536)] as [(String, UInt64)])
    func wordsAreRead(_ word: String, _ period: UInt64) throws {
        let sampling = try #require(LatencySampling(word))
        #expect(sampling.period == period && LatencySampling(sampling.description) == sampling)
        #expect(try JSONDecoder().decode(LatencySampling.self, from: JSONEncoder().encode(sampling)) == sampling)
    }

    @Test(arguments: ["", "none", "1", "1/0", "1/-2", "1/65537", "2/3", "1/2/3", "1/ 2", "0", "16"]) func othersAreRefused(_ word: String) {
        #expect(LatencySampling(word) == nil)
    }

    /// The first frame, and every so many behind it; of none, none.
    @Test func oneFrameInSoManyHasATime() {
        var generator = SeededGenerator()
        for period in [0, 1, 2, 3, 64, 65_536] + (0..<20).map({ _ in UInt64.random(in: 2...5_000, using: &generator) }) {
            var countdown = SampleCountdown(period: period)
            for sequence in 0..<70_000 as Range<UInt64> {
                let time = countdown.time(sequence + 1)
                let wanted = period > 0 && sequence % period == 0 ? sequence + 1 : 0
                guard time == wanted else {
                    Issue.record("1/\(period): frame \(sequence) has \(time)")
                    return
                }
            }
        }
    }
}
