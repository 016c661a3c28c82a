import Foundation
import TestSupport
import Testing

@testable import Metrics

/// Frames received a second, twelve rounds of `--engine ring` and `--engine ring --batch 1` in turns (ABBA), 150 ms each, on a loaded machine of two CPUs.
private let wide: [Double] = [67_533, 26_456, 31_442, 21_830, 42_989, 25_728, 38_254, 24_105, 19_625, 35_863, 38_623, 46_682]
private let alone: [Double] = [17_481, 17_499, 48_597, 25_019, 19_698, 20_950, 42_703, 22_804, 25_515, 12_525, 25_967, 27_435]

private func isClose(_ left: Double, _ right: Double, within tolerance: Double = 1e-12) -> Bool {
    abs(left - right) <= tolerance * max(abs(right), 1e-300)
}

/// The figures are those of scipy 1.17.1 and statsmodels 0.15.0 for the same samples.
@Suite struct ComparisonReferenceTests {
    /// `binom.cdf`: which order statistics, and how sure.
    @Test(arguments: [
        (6, 0.95, 1, 0.96875), (10, 0.95, 2, 0.978515625), (12, 0.95, 3, 0.96142578125), (20, 0.95, 6, 0.9586105346679688),
        (30, 0.95, 10, 0.9572260547429323), (30, 0.9, 11, 0.901262853294611), (2000, 0.95, 956, 0.9534471795082164),
        (2000, 0.9, 963, 0.9064922541479805)
    ])
    func medianIntervalsLieBetweenTheRightSamples(_ count: Int, _ confidence: Double, _ rank: Int, _ level: Double) throws {
        let median = try #require(MedianInterval((1...count).map(Double.init).reversed(), confidence: confidence))
        #expect(median.interval.low == Double(rank) && median.interval.high == Double(count + 1 - rank))
        #expect(isClose(median.interval.level, level, within: 1e-9))
        #expect(median.median == Double(count + 1) / 2)
    }

    /// `exp(median(log(b / a)))`, the third ratio from either end, and `binomtest(4, 12)`.
    @Test func paired() throws {
        let comparison = try #require(PairedComparison(base: wide, new: alone))
        #expect(comparison.count == 12 && isClose(comparison.estimate, 0.739906575752672))
        #expect(isClose(comparison.interval.low, 0.4582102398287934) && isClose(comparison.interval.high, 1.1460833715071004))
        #expect(isClose(comparison.pValue, 0.3876953125))
    }

    /// `mannwhitneyu(method="exact")`; its intervals by trying which shifts of the logarithms it does not refuse.
    @Test func unpaired() throws {
        let comparison = try #require(UnpairedComparison(base: wide, new: alone))
        #expect(isClose(comparison.estimate, 0.7143129665736343))
        #expect(isClose(comparison.pValue, 0.05965706120504883))
        #expect(isClose(comparison.interval.low, 0.5359453322479757) && isClose(comparison.interval.high, 1.0092894900497513))
        #expect(isClose(comparison.equivalenceInterval.low, 0.5559760829463775))
        #expect(isClose(comparison.equivalenceInterval.high, 0.9724424751243781))
    }

    /// `mannwhitneyu(method="asymptotic")`.
    @Test func largeSetsAreApproximated() throws {
        let samples = (1...150).map(Double.init)
        let comparison = try #require(UnpairedComparison(base: samples, new: samples.map { $0 + 20.5 }))
        #expect(isClose(comparison.pValue, 0.00013729919994592905, within: 1e-9))
    }

    /// `norm.sf`.
    @Test(arguments: [
        (0, 0.5), (0.5, 0.3085375387259869), (1, 0.15865525393145707), (1.96, 0.024997895148220435), (2.9, 0.0018658133003840375),
        (3.1, 0.0009676032132183563), (5, 2.866515718791933e-07), (8, 6.22096057427174e-16), (20, 2.7536241186061556e-89),
        (-1, 0.8413447460685429)
    ])
    func normalTail(_ z: Double, _ tail: Double) { #expect(isClose(NormalTail.upper(z), tail, within: 1e-11)) }

    /// `kendalltau(method="exact")` and `theilslopes`.
    @Test(arguments: [
        (wide, 0.0303030303030303, 0.9465592891547753, 309.9107142857143),
        (alone, 0.2727272727272727, 0.24957952123750735, 746.7142857142858),
        (Array(wide[..<6]), -1.0 / 3, 0.46944444444444444, -2313)
    ])
    func drift(_ samples: [Double], _ tau: Double, _ pValue: Double, _ slope: Double) throws {
        let drift = try #require(DriftTest(samples))
        #expect(isClose(drift.tau, tau) && isClose(drift.pValue, pValue) && isClose(drift.slopePerRound, slope))
    }

    /// Beyond 60 samples the normal distribution stands in: `method="exact"` says 1.286e-05, `method="asymptotic"` without continuity 1.806e-05.
    @Test func driftOfManySamples() throws {
        let drift = try #require(DriftTest((0..<80).map { Double(($0 * 37) % 101) + Double($0) * 0.8 }))
        #expect(isClose(drift.tau, 0.3265822784810126) && (1.2e-5...1.9e-5).contains(drift.pValue))
        #expect(isClose(drift.slopePerRound, 0.8961538461538463, within: 1e-9))
    }

    /// `multipletests(method="holm")`.
    @Test func holm() {
        let adjusted = Holm.adjusted([0.01, 0.04, 0.03, 0.005, 0.2, 0.6, 0.0002])
        #expect(zip(adjusted, [0.05, 0.12, 0.12, 0.03, 0.4, 0.6, 0.0014]).allSatisfy { isClose($0, $1) }, "\(adjusted)")
        #expect(Holm.adjusted([]).isEmpty)
    }

    /// Modified z scores by `median_abs_deviation`: 10.92 for the last, 2.11 for the next.
    @Test func outliers() {
        #expect(Outliers.positions(in: wide + [200_000]) == [12])
        #expect(Outliers.positions(in: wide).isEmpty)
        #expect(Outliers.positions(in: [1, 1, 1, 1, 9]).isEmpty && Outliers.positions(in: [1, 2, 3, 90]).isEmpty)
    }
}

@Suite struct ComparisonTests {
    @Test func tooFewSamplesAreNoComparison() {
        let five = [1.0, 2, 3, 4, 5]
        #expect(MedianInterval(five) == nil && MedianInterval(five, confidence: 0.9) != nil && MedianInterval([]) == nil)
        #expect(PairedComparison(base: five, new: five) == nil)
        #expect(UnpairedComparison(base: five, new: [1, 2, 3, 4, 5, 6]) == nil)
        #expect(DriftTest([1, 2, 3, 4]) == nil)
    }

    @Test func whatHasNoRatioIsNone() {
        let six = [1.0, 2, 3, 4, 5, 6]
        #expect(PairedComparison(base: [0, 2, 3, 4, 5, 6], new: six) == nil)
        #expect(UnpairedComparison(base: six, new: [0, 2, 3, 4, 5, 6]) == nil)
        #expect(PairedComparison(base: six, new: six + [7]) == nil)
        #expect(PairedComparison(base: [0, 2, 3, 4, 5, 6], new: six, scale: .difference)?.estimate == 0)
    }

    /// Swapping both sets turns the ratio, its interval and nothing else round.
    @Test func sidesAreAlike() throws {
        for (there, back) in [
            (PairedComparison(base: wide, new: alone) as (any Comparison)?, PairedComparison(base: alone, new: wide) as (any Comparison)?),
            (UnpairedComparison(base: wide, new: alone), UnpairedComparison(base: alone, new: wide))
        ] {
            let (there, back) = (try #require(there), try #require(back))
            #expect(isClose(there.estimate * back.estimate, 1) && isClose(there.interval.low * back.interval.high, 1))
            #expect(there.pValue == back.pValue && isClose(there.smallestVisible, back.smallestVisible, within: 1e-9))
        }
    }

    @Test func equalSamplesAreEquivalentAndNotDistinct() throws {
        let same = [5.0, 5, 5, 5, 5, 5]
        for comparison in [
            PairedComparison(base: same, new: same) as (any Comparison)?, UnpairedComparison(base: same, new: same),
            PairedComparison(base: same, new: same, scale: .difference)
        ] {
            let comparison = try #require(comparison)
            #expect(!comparison.isDistinct && comparison.isEquivalent(within: 0.001) && comparison.pValue == 1)
        }
    }

    @Test func aCleanDifferenceIsSeen() throws {
        let base = (0..<12).map { 100 + Double($0 % 3) }
        let comparison = try #require(PairedComparison(base: base, new: base.map { $0 * 0.9 }))
        #expect(comparison.isDistinct && !comparison.isEquivalent(within: 0.05) && comparison.isEquivalent(within: 0.2))
        #expect(isClose(comparison.estimate, 0.9, within: 1e-9) && comparison.pValue == 2.0 / 4096)
    }

    /// A scatter of ± 4 % around an effect of 2 % needs about four times as many pairs.
    @Test func samplesNeededGrowWithTheScatter() throws {
        let base = [Double](repeating: 100, count: 6)
        let narrow = try #require(PairedComparison(base: base, new: [98, 100, 101, 103, 104, 106]))
        #expect(!narrow.isDistinct)
        let needed = try #require(narrow.samplesNeeded(margin: 0.01))
        #expect((18...40).contains(needed))
        #expect((narrow.samplesNeeded(margin: 0.05) ?? 0) < needed)
    }
}

/// Noise as on shared machines: a slow drift, 1.5 % of white noise, and one in twenty a fifth too slow.
private struct SharedMachine {
    var generator = SeededGenerator()
    private var drift = 0.0

    mutating func sample(_ speed: Double) -> Double {
        drift += gauss() * 0.02
        let factor = exp(drift + gauss() * 0.015) * (Int.random(in: 0..<20, using: &generator) == 0 ? 0.8 : 1)
        return speed * factor
    }

    private mutating func gauss() -> Double {
        (-2 * log(Double.random(in: 1e-12..<1, using: &generator))).squareRoot()
            * cos(2 * .pi * Double.random(in: 0..<1, using: &generator))
    }

    /// Rounds in turns: AB BA AB …
    mutating func turns(_ rounds: Int, _ base: Double, _ new: Double) -> (base: [Double], new: [Double]) {
        var sides: (base: [Double], new: [Double]) = ([], [])
        for round in 0..<rounds {
            if round.isMultiple(of: 2) { sides.base.append(sample(base)) }
            sides.new.append(sample(new))
            if !round.isMultiple(of: 2) { sides.base.append(sample(base)) }
        }
        return sides
    }
}

@Suite struct ComparisonSimulationTests {
    /// Nominal is 1 − the interval's level; three standard errors of 3,000 simulations lie on top of it.
    @Test(arguments: [6, 10, 12, 20]) func falseAlarmsOfTurnsKeepTheirLevel(_ rounds: Int) throws {
        var machine = SharedMachine()
        var alarms = 0
        var nominal = 0.0
        for _ in 0..<3000 {
            let sides = machine.turns(rounds, 1e6, 1e6)
            let comparison = try #require(PairedComparison(base: sides.base, new: sides.new))
            nominal = 1 - comparison.interval.level
            if comparison.isDistinct { alarms += 1 }
        }
        let rate = Double(alarms) / 3000
        #expect(rate < nominal + 3 * (nominal / 3000).squareRoot(), "\(rounds) rounds: \(rate), nominal \(nominal)")
    }

    /// One side behind the other: the drift is taken for an effect, whatever the test. That is why reports of saved results say so.
    @Test func whatIsNotInTurnsRaisesFalseAlarms() throws {
        var machine = SharedMachine()
        var alarms = 0
        for _ in 0..<500 {
            let (base, new) = ((0..<12).map { _ in machine.sample(1e6) }, (0..<12).map { _ in machine.sample(1e6) })
            if try #require(UnpairedComparison(base: base, new: new)).isDistinct { alarms += 1 }
        }
        #expect(alarms > 100, "\(alarms) of 500")
    }

    @Test func fivePercentAreFoundWithTheRightSign() throws {
        var machine = SharedMachine()
        var found = 0
        for _ in 0..<500 {
            let sides = machine.turns(20, 1e6, 0.95e6)
            let comparison = try #require(PairedComparison(base: sides.base, new: sides.new))
            if comparison.isDistinct, comparison.estimate < 1 { found += 1 }
            #expect(!(comparison.isDistinct && comparison.estimate > 1))
        }
        #expect(found > 350, "\(found) of 500")
    }

    /// Independent samples from one distribution: the unpaired interval keeps its level too.
    @Test func falseAlarmsWithoutDriftKeepTheirLevel() throws {
        var generator = SeededGenerator()
        var alarms = 0
        for _ in 0..<2000 {
            func samples(_ count: Int) -> [Double] { (0..<count).map { _ in Double.random(in: 1..<2, using: &generator) } }
            let comparison = try #require(UnpairedComparison(base: samples(8), new: samples(9)))
            if comparison.isDistinct { alarms += 1 }
            #expect(comparison.isDistinct == (comparison.pValue <= 1 - comparison.interval.level + 1e-9))
        }
        #expect(alarms < 135, "\(alarms) of 2000")
    }

    @Test func driftIsFoundAndNotInvented() throws {
        var generator = SeededGenerator()
        var found = 0
        var invented = 0
        for _ in 0..<1000 {
            let noise = (0..<12).map { _ in Double.random(in: 0..<1, using: &generator) }
            if try #require(DriftTest(noise)).pValue <= 0.05 { invented += 1 }
            if try #require(DriftTest(noise.indices.map { noise[$0] + Double($0) * 0.15 })).pValue <= 0.05 { found += 1 }
        }
        #expect(invented < 75 && found > 900, "\(invented) and \(found) of 1000")
    }
}
