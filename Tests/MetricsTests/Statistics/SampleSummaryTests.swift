import Foundation
import Metrics
import TestSupport
import Testing

private func isClose(_ left: Double?, _ right: Double, within tolerance: Double = 1e-5) -> Bool {
    left.map { abs($0 - right) <= tolerance * max(1, abs(right)) } ?? false
}

@Suite struct SampleSummaryTests {
    @Test func noSamples() {
        let summary = SampleSummary([])
        #expect(summary.count == 0 && summary.standardDeviation == nil && summary.confidenceLow == nil)
    }

    @Test func oneSampleHasNoSpread() {
        #expect(SampleSummary([4.5]) == SampleSummary(count: 1, median: 4.5, mean: 4.5, min: 4.5, max: 4.5))
    }

    @Test func oddAndEvenMedians() {
        #expect(SampleSummary([9, 1, 2]).median == 2)
        #expect(SampleSummary([9, 1, 2, 4]).median == 3)
    }

    /// t(0.975, 2) = 4.302653.
    @Test func threeSamples() {
        let summary = SampleSummary([10, 12, 14])
        #expect(summary.mean == 12 && summary.min == 10 && summary.max == 14)
        #expect(isClose(summary.standardDeviation, 2))
        #expect(isClose(summary.confidenceLow, 12 - 4.302653 * 2 / 3.0.squareRoot()))
        #expect(isClose(summary.confidenceHigh, 12 + 4.302653 * 2 / 3.0.squareRoot()))
    }

    @Test func equalSamplesHaveAPointInterval() {
        let summary = SampleSummary([5, 5, 5, 5])
        #expect(summary.standardDeviation == 0 && summary.confidenceLow == 5 && summary.confidenceHigh == 5)
    }

    /// 97.5 % quantiles of t by numerical integration of its density, on both sides of the table's end.
    @Test(arguments: [
        (2, 12.706205), (11, 2.228139), (31, 2.042272), (32, 2.039513), (41, 2.021075), (101, 1.983972),
        (1_001, 1.962339)
    ])
    func intervalsUseStudentsT(_ count: Int, _ quantile: Double) {
        let summary = SampleSummary((0..<count).map { Double($0) })
        let half = ((summary.confidenceHigh ?? 0) - (summary.confidenceLow ?? 0)) / 2
        let error = (summary.standardDeviation ?? 0) / Double(count).squareRoot()
        #expect(isClose(half / error, quantile))
    }

    @Test func intervalsCoverTheMean() {
        var generator = SeededGenerator()
        var covered = 0
        for _ in 0..<2_000 {
            // Twelve uniform numbers make a nearly normal one; the mean is 6.
            let summary = SampleSummary(
                (0..<5).map { _ in
                    (0..<12).reduce(0.0) { sum, _ in sum + Double.random(in: 0..<1, using: &generator) }
                })
            if let low = summary.confidenceLow, let high = summary.confidenceHigh, low <= 6, 6 <= high { covered += 1 }
        }
        #expect((1_850...1_940).contains(covered))
    }

    @Test func roundTrip() throws {
        let summary = SampleSummary([1, 2, 4])
        #expect(try JSONDecoder().decode(SampleSummary.self, from: JSONEncoder().encode(summary)) == summary)
    }
}

@Suite struct RatioSummaryTests {
    @Test func ratioOfMedians() throws {
        let summary = try #require(RatioSummary([3, 100, 2], over: [1, 2, 0.5]))
        #expect(summary.ratio == 3)
        #expect(summary.confidenceLow <= 3 && 3 <= summary.confidenceHigh)
    }

    @Test func steadySamplesGiveAPoint() {
        #expect(RatioSummary([6, 6, 6], over: [4, 4]) == RatioSummary(ratio: 1.5, confidenceLow: 1.5, confidenceHigh: 1.5))
    }

    @Test func theSameSeedGivesTheSameInterval() {
        let samples = [1.0, 1.2, 1.1, 1.4, 1.3]
        let baseline = [1.0, 0.9, 1.1, 1.05]
        #expect(RatioSummary(samples, over: baseline, seed: 7) == RatioSummary(samples, over: baseline, seed: 7))
    }

    @Test func anIntervalTellsADifferenceFromNone() throws {
        let fast = (0..<15).map { 130 + Double($0 % 5) }
        let slow = (0..<15).map { 100 + Double($0 % 5) }
        let faster = try #require(RatioSummary(fast, over: slow))
        #expect(faster.confidenceLow > 1.25 && faster.confidenceHigh < 1.35)
        let same = try #require(RatioSummary(slow, over: slow))
        #expect(same.ratio == 1 && same.confidenceLow < 1 && same.confidenceHigh > 1)
    }

    @Test func whatCannotBeCompared() {
        #expect(RatioSummary([], over: [1]) == nil)
        #expect(RatioSummary([1], over: []) == nil)
        #expect(RatioSummary([1], over: [1, 0]) == nil)
        #expect(RatioSummary([1], over: [-1]) == nil)
        #expect(RatioSummary([.nan], over: [1]) == nil)
        #expect(RatioSummary([1], over: [.infinity]) == nil)
    }
}
