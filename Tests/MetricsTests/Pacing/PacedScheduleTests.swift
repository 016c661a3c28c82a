import Metrics
import TestSupport
import Testing

private let day: UInt64 = 86_400_000_000_000
private let second: UInt64 = 1_000_000_000

private func schedule(_ rate: Double, _ share: WorkerShare = .whole, start: UInt64 = 0) -> PacedSchedule {
    PacedSchedule(totalRate: PacketRate(packetsPerSecond: rate), share: share, startNanoseconds: start)
}

private func randomRate(_ generator: inout SeededGenerator) -> Double {
    // Log-uniform, 0.01 pps to 10 Gpps; every other one whole.
    let magnitude = Double.random(in: 1..<10, using: &generator)
    let power = Int.random(in: -2...9, using: &generator)
    let rate = (0..<abs(power)).reduce(magnitude) { rate, _ in power < 0 ? rate / 10 : rate * 10 }
    return Bool.random(using: &generator) ? max(1, rate.rounded()) : rate
}

@Suite struct PacedScheduleTests {
    @Test func firstFrameIsDueAtTheStart() {
        let schedule = schedule(1_000, start: 1_700_000_000 * second)
        #expect(schedule.dueNanoseconds(0) == 1_700_000_000 * second)
        #expect(schedule.dueNanoseconds(1) == 1_700_000_000 * second + 1_000_000)
        #expect(schedule.framesDue(at: 1_700_000_000 * second - 1) == 0)
        #expect(schedule.framesDue(at: 1_700_000_000 * second) == 1)
        #expect(schedule.framesDue(at: 0) == 0)
    }

    @Test(arguments: [1, 3, 7, 999, 100_000, 1_488_095, 3_000_000, 14_880_952, 20_000_000])
    func wholeRatesAreMetExactlyForADay(_ rate: UInt64) {
        let schedule = schedule(Double(rate))
        for seconds in [1, 5, 3_600, 86_400] as [UInt64] {
            // Due times in [0, seconds): a frame at the very end is the next window's.
            #expect(schedule.framesDue(at: seconds * second - 1) == rate * seconds)
            #expect(schedule.dueNanoseconds(rate * seconds) == seconds * second)
        }
    }

    @Test func dueTimesAreTheFloorOfTheExactQuotient() {
        var generator = SeededGenerator()
        for _ in 0..<20_000 {
            let rate = UInt64.random(in: 1...20_000_000, using: &generator)
            let frame = UInt64.random(in: 0...(rate * 86_400), using: &generator)
            let exact = UInt128(frame) * 1_000_000_000 / UInt128(rate)
            #expect(schedule(Double(rate)).dueNanoseconds(frame) == UInt64(exact))
        }
    }

    @Test func fractionalRatesAreWithinANanosecondAfterADay() {
        // 0.375 = 3/8 and 1234567.0625 = 19753073/16 are exact in binary.
        for (rate, numerator, denominator) in [
            (0.375, 3, 8),
            (1_234_567.0625, 19_753_073, 16)
        ] as [(Double, UInt128, UInt128)] {
            let frame = UInt64(rate * 86_400)
            let exact = UInt64(UInt128(frame) * 1_000_000_000 * denominator / numerator)
            #expect(schedule(rate).dueNanoseconds(frame) == exact)
        }
    }

    @Test func dueTimesAndFramesDueAreInverse() {
        var generator = SeededGenerator()
        for _ in 0..<5_000 {
            let workers = Int.random(in: 1...8, using: &generator)
            let share = WorkerShare(workerIndex: Int.random(in: 0..<workers, using: &generator), workerCount: workers)
            let start = UInt64.random(in: 0...(2_000_000_000 * second), using: &generator)
            let schedule = schedule(randomRate(&generator), share, start: start)
            let now = start + generator.nextOfAnyLength(bits: 47)
            let frames = schedule.framesDue(at: now)
            #expect(frames == 0 || schedule.dueNanoseconds(frames - 1) <= now)
            #expect(schedule.dueNanoseconds(frames) > now)
        }
    }

    @Test func framesDueAtADueTimeCountsThatFrame() {
        var generator = SeededGenerator()
        for _ in 0..<5_000 {
            // Below 1 Gpps no two frames share a nanosecond.
            let rate = min(randomRate(&generator), 900_000_000)
            let schedule = schedule(rate, start: 1_000)
            let frame = UInt64(rate * Double.random(in: 0..<1_000_000, using: &generator))
            let due = schedule.dueNanoseconds(frame)
            #expect(schedule.framesDue(at: due) == frame + 1)
            #expect(schedule.framesDue(at: due - 1) == frame)
        }
    }

    @Test func workersAddUpToTheWhole() {
        var generator = SeededGenerator()
        for _ in 0..<1_000 {
            let rate = randomRate(&generator)
            let workers = Int.random(in: 1...16, using: &generator)
            let now = generator.nextOfAnyLength(bits: 46)
            let parts = (0..<workers).map {
                schedule(rate, WorkerShare(workerIndex: $0, workerCount: workers)).framesDue(at: now)
            }
            #expect(parts.reduce(0, +) == schedule(rate).framesDue(at: now))
            #expect((parts.max() ?? 0) - (parts.min() ?? 0) <= 1)
        }
    }

    @Test func workersTakeTurns() {
        let schedules = (0..<3).map { schedule(3_000_000, WorkerShare(workerIndex: $0, workerCount: 3), start: 100) }
        #expect(schedules.map { $0.dueNanoseconds(0) } == [100, 433, 766])
        #expect(schedules.map { $0.dueNanoseconds(1) } == [1_100, 1_433, 1_766])
    }

    @Test func theEndsOfTheAllowedRange() {
        let slowest = schedule(PacketRate.allowed.lowerBound)
        #expect(slowest.dueNanoseconds(1) == 1_000_000 * second)
        #expect(slowest.framesDue(at: day) == 1)
        let fastest = schedule(PacketRate.allowed.upperBound)
        #expect(fastest.framesDue(at: 0) == 1_000)
        #expect(fastest.dueNanoseconds(999) == 0)
        #expect(fastest.dueNanoseconds(1_000) == 1)
    }

    /// What it says is meaningless, but a damaged frame must not end the run.
    @Test func wildFrameNumbersWrapInsteadOfTrapping() {
        let share = WorkerShare(workerIndex: 6, workerCount: 7)
        let late = schedule(0.001, share, start: .max).dueNanoseconds(.max)
        #expect(late == schedule(0.001, share, start: 0).dueNanoseconds(.max) &- 1)
    }
}

@Suite struct WorkerShareTests {
    @Test(
        arguments: [
            (0, [0, 0, 0]), (1, [1, 0, 0]), (5, [2, 2, 1]), (6, [2, 2, 2]), (1_000_000, [333_334, 333_333, 333_333])
        ] as [(UInt64, [UInt64])])
    func countsAreShared(_ total: UInt64, _ shares: [UInt64]) {
        #expect((0..<3).map { WorkerShare(workerIndex: $0, workerCount: 3).frames(ofTotal: total) } == shares)
    }

    @Test func anyCountAddsUp() {
        var generator = SeededGenerator()
        for _ in 0..<2_000 {
            let workers = Int.random(in: 1...64, using: &generator)
            let total = generator.nextOfAnyLength(bits: 64)
            let shares = (0..<workers).map { WorkerShare(workerIndex: $0, workerCount: workers).frames(ofTotal: total) }
            #expect(shares.reduce(0, +) == total)
        }
    }

    @Test func rowIndexesOfAllWorkersAreAllNumbers() {
        let indexes = (0..<4).flatMap { worker in
            (0..<10 as Range<UInt64>).map { WorkerShare(workerIndex: worker, workerCount: 4).rowIndex(ofFrame: $0) }
        }
        #expect(indexes.sorted() == Array(0..<40))
    }
}
