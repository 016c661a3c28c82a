import TestSupport
import Testing

@testable import Metrics

private let second: UInt64 = 1_000_000_000

/// Due times of all shapes: functions of a frame's number alone, which all workers share.
@Suite struct ArrivalPatternTests {
    private static let processes: [ArrivalProcess] = [
        .constant, .poisson(seed: 7),
        .bursts(frames: 1), .bursts(frames: 32),
        .onOff(onNanoseconds: 10_000_000, offNanoseconds: 90_000_000),
        .course([RateStretch(durationNanoseconds: second, fromPps: 0, toPps: 200_000)]),
        .course([
            RateStretch(durationNanoseconds: second / 2, fromPps: 50_000, toPps: 50_000),
            RateStretch(durationNanoseconds: second / 2, fromPps: 0, toPps: 0),
            RateStretch(durationNanoseconds: second, fromPps: 150_000, toPps: 0)
        ]),
        .recorded(offsetsNanoseconds: [0, 0, 3_000, 9_000_000], periodNanoseconds: 12_000_000)
    ]

    private func pattern(_ process: ArrivalProcess, _ pps: Double = 100_000) -> ArrivalPattern {
        ArrivalPattern(process, rate: PacketRate(packetsPerSecond: pps))
    }

    private func dues(_ pattern: ArrivalPattern, _ count: Int) -> [UInt64] {
        let schedule = PacedSchedule(pattern, startNanoseconds: 0)
        return (0..<UInt64(count)).map { schedule.dueNanoseconds($0) }
    }

    @Test(arguments: processes) func dueTimesNeverFall(_ process: ArrivalProcess) {
        let pattern = pattern(process)
        let times = dues(pattern, 600_000)
        #expect(zip(times, times.dropFirst()).allSatisfy { $0 <= $1 })
    }

    @Test(arguments: processes) func framesDueCountsDueTimes(_ process: ArrivalProcess) {
        var generator = SeededGenerator()
        let pattern = pattern(process)
        for _ in 0..<500 {
            let workers = Int.random(in: 1...8, using: &generator)
            let share = WorkerShare(workerIndex: Int.random(in: 0..<workers, using: &generator), workerCount: workers)
            let schedule = PacedSchedule(pattern, share: share, startNanoseconds: 5)
            let now = UInt64.random(in: 0...(20 * second), using: &generator)
            let frames = schedule.framesDue(at: now)
            #expect(frames == 0 || schedule.dueNanoseconds(frames - 1) <= now)
            #expect(schedule.dueNanoseconds(frames) > now)
        }
    }

    @Test(arguments: processes) func workersAddUpToTheWhole(_ process: ArrivalProcess) {
        var generator = SeededGenerator()
        let pattern = pattern(process)
        let whole = PacedSchedule(pattern, startNanoseconds: 0)
        for _ in 0..<200 {
            let workers = Int.random(in: 1...8, using: &generator)
            let now = UInt64.random(in: 0...(20 * second), using: &generator)
            let parts = (0..<workers).map {
                PacedSchedule(pattern, share: WorkerShare(workerIndex: $0, workerCount: workers), startNanoseconds: 0).framesDue(at: now)
            }
            #expect(parts.reduce(0, +) == whole.framesDue(at: now))
        }
    }

    /// Over whole periods of each shape the mean rate holds to a frame or two.
    @Test(arguments: [1_000, 10_000, 100_000] as [Double]) func totalsHold(_ pps: Double) {
        let onOff = ArrivalProcess.onOff(onNanoseconds: 10_000_000, offNanoseconds: 90_000_000)
        for process in [ArrivalProcess.constant, .bursts(frames: 10), onOff] {
            let frames = PacedSchedule(pattern(process, pps), startNanoseconds: 0).framesDue(at: 10 * second - 1)
            #expect(abs(Double(frames) - 10 * pps) <= 1, "\(process)")
        }
        // A cycle of the Poisson process takes exactly as long as its frames at the rate.
        let last = PacedSchedule(pattern(.poisson(seed: 3), pps), startNanoseconds: 0).dueNanoseconds(
            UInt64(ArrivalPattern.poissonCycle) - 1)
        #expect(abs(Double(last) - Double(ArrivalPattern.poissonCycle) / pps * 1e9) <= 2)
    }

    @Test(arguments: [1, 2, 7, 32, 1_000] as [UInt64]) func burstsHaveTheAskedLength(_ length: UInt64) {
        let times = dues(pattern(.bursts(frames: length)), Int(length) * 50)
        for (frame, time) in times.enumerated() { #expect(time == UInt64(frame) / length * length * 10_000) }
    }

    @Test func onOffSendsInItsOnTimeOnly() {
        let times = dues(pattern(.onOff(onNanoseconds: 10_000_000, offNanoseconds: 90_000_000)), 100_000)
        #expect(times.allSatisfy { $0 % 100_000_000 < 10_000_000 })
        // A million a second for 10 ms.
        #expect(times[1] - times[0] == 1_000 && times[10_000] == 100_000_000)
    }

    /// From 0 to 200 kpps in a second: after t seconds 100,000 t² frames.
    @Test func aRampFollowsItsParabola() {
        let pattern = pattern(Self.processes[5])
        let schedule = PacedSchedule(pattern, startNanoseconds: 0)
        for percent in 1...100 as ClosedRange<UInt64> {
            let frames = schedule.framesDue(at: percent * second / 100 - 1)
            let exact = 100_000 * Double(percent * percent) / 10_000
            #expect(abs(Double(frames) - exact) <= max(1, exact * 0.001), "\(percent) %")
        }
        #expect(schedule.framesDue(at: second - 1) == 100_000 && schedule.dueNanoseconds(100_000) == second)
        #expect(schedule.framesDue(at: 3 * second - 1) == 300_000)
    }

    @Test func aCourseGoesFromStretchToStretch() {
        withExtendedLifetime(pattern(Self.processes[6])) { pattern in
            let schedule = PacedSchedule(pattern, startNanoseconds: 0)
            #expect(schedule.framesDue(at: second / 2 - 1) == 25_000)
            #expect(schedule.framesDue(at: second - 1) == 25_000)
            #expect(schedule.framesDue(at: 2 * second - 1) == 100_000)
            #expect(schedule.dueNanoseconds(100_000) == 2 * second)
        }
    }

    /// What a damaged frame says is meaningless, but must not end the run.
    @Test(arguments: processes) func wildFrameNumbersDontTrap(_ process: ArrivalProcess) {
        let pattern = pattern(process, 0.001)
        let schedule = PacedSchedule(pattern, share: WorkerShare(workerIndex: 6, workerCount: 7), startNanoseconds: .max)
        for frame in [UInt64.max, 1 << 63, 1 << 48] { _ = schedule.dueNanoseconds(frame) }
    }

    @Test func theLongestGapIsNoShorterThanAnyGap() {
        for process in Self.processes {
            let times = dues(pattern(process), 450_000)
            let longest = zip(times, times.dropFirst()).map { $1 - $0 }.max() ?? 0
            let bound = process.longestGapNanoseconds(meanRate: PacketRate(packetsPerSecond: 100_000))
            #expect(Double(longest) <= bound + 1, "\(process)")
        }
    }
}

/// Whether planned gaps are those of a Poisson process.
@Suite struct PoissonTests {
    /// The two-sided Kolmogorov–Smirnov test against the exponential distribution of that mean (Kolmogorov's limit with Stephens' correction).
    static func pValue(_ gaps: [Double], mean: Double) -> Double {
        let sorted = gaps.sorted()
        let count = Double(sorted.count)
        var distance = 0.0
        for (index, gap) in sorted.enumerated() {
            let expected = 1 - exponential(-gap / mean)
            distance = max(distance, expected - Double(index) / count, Double(index + 1) / count - expected)
        }
        let root = count.squareRoot()
        let scaled = (root + 0.12 + 0.11 / root) * distance
        var sum = 0.0
        for term in 1...100 {
            let order = Double(term)
            sum += (term.isMultiple(of: 2) ? -1 : 1) * exponential(-2 * order * order * scaled * scaled)
        }
        return min(1, max(0, 2 * sum))
    }

    /// e^x by halving and the series.
    private static func exponential(_ value: Double) -> Double {
        guard value > -700 else { return 0 }
        let small = value / 1024
        var term = 1.0, sum = 1.0
        for order in 1...12 {
            term *= small / Double(order)
            sum += term
        }
        for _ in 0..<10 { sum *= sum }
        return sum
    }

    private func gaps(seed: UInt64, frames: Int) -> [Double] {
        let pattern = ArrivalPattern(.poisson(seed: seed), rate: PacketRate(packetsPerSecond: 50_000))
        let schedule = PacedSchedule(pattern, startNanoseconds: 0)
        let times = (0..<UInt64(frames)).map { schedule.dueNanoseconds($0) }
        return zip(times, times.dropFirst()).map { Double($1 - $0) }
    }

    @Test func plannedGapsAreExponential() {
        var passed = 0, spread = 0
        for seed in 1...100 as ClosedRange<UInt64> {
            let gaps = gaps(seed: seed, frames: 25_000)
            let mean = gaps.reduce(0, +) / Double(gaps.count)
            let variance = gaps.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(gaps.count - 1)
            if (0.97...1.03).contains(variance.squareRoot() / mean) { spread += 1 }
            if Self.pValue(gaps, mean: 20_000) > 0.01 { passed += 1 }
        }
        #expect(passed >= 95 && spread >= 95, "\(passed) and \(spread) of 100 seeds")
    }

    /// The test has teeth: evenly spread gaps of the same mean fail it.
    @Test func otherGapsFailTheTest() {
        var generator = SeededGenerator()
        let even = (0..<2_000).map { _ in Double.random(in: 0...40_000, using: &generator) }
        #expect(Self.pValue(even, mean: 20_000) < 1e-6)
    }

    @Test func gapsAreTheSeeds() {
        #expect(gaps(seed: 5, frames: 100) == gaps(seed: 5, frames: 100))
        #expect(gaps(seed: 5, frames: 100) != gaps(seed: 6, frames: 100))
    }

    /// Numbers of frames in equal windows have a variance like their mean.
    @Test func countsAreDispersedLikeAPoissonProcess() {
        let pattern = ArrivalPattern(.poisson(seed: 11), rate: PacketRate(packetsPerSecond: 100_000))
        let schedule = PacedSchedule(pattern, startNanoseconds: 0)
        let marks = (0...2_000).map { Double(schedule.framesDue(at: UInt64($0) * 1_000_000)) }
        let counts = zip(marks, marks.dropFirst()).map { $1 - $0 }
        let mean = counts.reduce(0, +) / Double(counts.count)
        let variance = counts.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(counts.count - 1)
        // Five standard deviations of the ratio, √(2 / 2000).
        #expect(abs(variance / mean - 1) < 0.16)
    }

    @Test func theLogarithmIsExact() {
        for (value, logarithm) in [
            (0.5, -0.6931471805599453), (1, 0), (0.1, -2.302585092994046), (0x1p-53, -36.7368005696771), (0.7071, -0.346583180371942)
        ] as [(Double, Double)] {
            #expect(abs(ExponentialGaps.logarithm(value) - logarithm) < 4e-16 * max(1, abs(logarithm)))
        }
    }
}
