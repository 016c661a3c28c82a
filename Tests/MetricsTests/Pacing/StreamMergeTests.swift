import TestSupport
import Testing

@testable import Metrics

private let second: UInt64 = 1_000_000_000

/// Streams that keep paces of their own, taken together: nothing but their own due times, in order.
@Suite struct StreamMergeTests {
    private static func pace(_ process: ArrivalProcess, _ pps: Double) -> StreamPace {
        StreamPace(process, rate: PacketRate(packetsPerSecond: pps))
    }

    private static let ramp = [RateStretch(durationNanoseconds: second / 10, fromPps: 0, toPps: 40_000)]

    static let mixes: [[StreamPace]] = [
        [pace(.constant, 10_000)],
        // The same times over and over, and a stream's burst in the middle of another's.
        [pace(.constant, 10_000), pace(.constant, 10_000), pace(.constant, 20_000)],
        [
            pace(.bursts(frames: 7), 9_000), pace(.poisson(seed: 3), 12_000.5),
            pace(.onOff(onNanoseconds: 1_000_000, offNanoseconds: 9_000_000), 5_000)
        ],
        [
            pace(.course(ramp), 20_000), pace(.constant, 1), pace(.bursts(frames: 400), 333.3),
            pace(.recorded(offsetsNanoseconds: [0, 0, 3_000, 9_000_000], periodNanoseconds: 12_000_000), 1000.0 / 3)
        ],
        (0..<64).map { pace($0.isMultiple(of: 3) ? .poisson(seed: UInt64($0)) : .bursts(frames: UInt64($0 + 1)), 100 + Double($0) * 7.1) }
    ]

    private func pattern(_ paces: [StreamPace]) -> ArrivalPattern {
        ArrivalPattern(.streams(paces), rate: PacketRate(packetsPerSecond: paces.reduce(0) { $0 + $1.rate.packetsPerSecond }))
    }

    /// By sorting each stream's due times.
    private func expected(_ paces: [StreamPace], until end: UInt64) -> [StreamDeparture] {
        var all: [StreamDeparture] = []
        for (stream, pace) in paces.enumerated() {
            let own = ArrivalPattern(pace.process, rate: pace.rate)
            let schedule = PacedSchedule(own, startNanoseconds: 0)
            var number: UInt64 = 0
            while true {
                let due = withExtendedLifetime(own) { schedule.dueNanoseconds(number) }
                guard due <= end else { break }
                all.append(StreamDeparture(stream: stream, own: number, offsetNanoseconds: due))
                number += 1
            }
        }
        return all.sorted { ($0.offsetNanoseconds, $0.stream, $0.own) < ($1.offsetNanoseconds, $1.stream, $1.own) }
    }

    @Test(arguments: mixes) func theRowIsAllDueTimesSorted(_ paces: [StreamPace]) {
        let expected = expected(paces, until: second)
        let pattern = pattern(paces)
        let schedule = PacedSchedule(pattern, startNanoseconds: 5)
        for (row, departure) in expected.enumerated() {
            #expect(schedule.departure(ofFrame: UInt64(row)) == departure, "place \(row)")
            guard schedule.departure(ofFrame: UInt64(row)) == departure else { return }
        }
        #expect(schedule.framesDue(at: 5 + second) == UInt64(expected.count))
        #expect(schedule.framesDue(at: 5 + second / 3) == UInt64(expected.count { $0.offsetNanoseconds <= second / 3 }))
        #expect(schedule.dueNanoseconds(7) == 5 + expected[7].offsetNanoseconds)
    }

    /// What is asked for far behind or far ahead is what a walk comes to.
    @Test(arguments: mixes) func placesOutOfTurnAreTheSame(_ paces: [StreamPace]) {
        var generator = SeededGenerator()
        let expected = expected(paces, until: second)
        let pattern = pattern(paces), walked = pattern.separated()
        let schedule = PacedSchedule(pattern, startNanoseconds: 0), walk = PacedSchedule(walked, startNanoseconds: 0)
        for _ in 0..<20 {
            let row = UInt64.random(in: 0..<UInt64(expected.count), using: &generator)
            #expect(schedule.departure(ofFrame: row) == expected[Int(row)], "place \(row)")
        }
        // A leap, and on from there.
        let far = StreamMerge.longestWalk + 12_345
        let leapt = (far..<(far + 50)).map { walk.departure(ofFrame: $0) }
        let stepped = pattern.separated()
        let steps = PacedSchedule(stepped, startNanoseconds: 0)
        for row in stride(from: UInt64(0), through: far, by: 1 << 16) { _ = steps.departure(ofFrame: row) }
        #expect(leapt == (far..<(far + 50)).map { steps.departure(ofFrame: $0) })
        withExtendedLifetime((pattern, walked, stepped)) {}
    }

    /// However many workers share the row, it is the same row.
    @Test(arguments: mixes, [2, 5]) func workersShareOneRow(_ paces: [StreamPace], _ workers: Int) {
        let pattern = pattern(paces)
        let whole = PacedSchedule(pattern, startNanoseconds: 0)
        for worker in 0..<workers {
            let own = pattern.separated()
            let schedule = PacedSchedule(own, share: WorkerShare(workerIndex: worker, workerCount: workers), startNanoseconds: 0)
            for number in 0..<UInt64(500) {
                let row = number * UInt64(workers) + UInt64(worker)
                let (part, all) = (schedule.departure(ofFrame: number), whole.departure(ofFrame: row))
                #expect(part == all, "worker \(worker), frame \(number)")
            }
            withExtendedLifetime(own) {}
        }
        withExtendedLifetime(pattern) {}
    }

    @Test func aDamagedNumberEndsNothing() {
        let pattern = pattern(Self.mixes[2])
        let schedule = PacedSchedule(pattern, startNanoseconds: 0)
        #expect(schedule.departure(ofFrame: 1 << 60).offsetNanoseconds > 0)
        #expect(schedule.departure(ofFrame: 0).own == 0)
    }

    @Test func theLongestSilenceIsTheSteadiestStreams() {
        let paces = [Self.pace(.constant, 1_000), Self.pace(.bursts(frames: 32), 100)]
        #expect(ArrivalProcess.streams(paces).longestGapNanoseconds(meanRate: PacketRate(packetsPerSecond: 1_100)) == 1e6)
    }
}
