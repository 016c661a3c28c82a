import Frames
import Kernel
import Metrics
import TestSupport
import Testing
import Traffic

@testable import Engines
@testable import Plans

/// The paced loop while calls fail and the wall clock is set.
@Suite(.serialized) struct PacedFaultTests {
    private struct Paced {
        var tally: TransmitTally
        var refused: UInt64
        var completed: UInt64
        var wire: Wire
        var lag: LatencyDistribution
        var departures: GapDistributions
        var tookNanoseconds: UInt64
    }

    private static let stream = StreamIdentifier(epoch: 2, worker: 0, key: 5)

    /// - Parameter stopAfter: somebody raises the stop then.
    private func send(
        _ faults: Faults, rate: Double, windowNanoseconds: UInt64, quota: UInt64 = .max, stopAfter: UInt64? = nil,
        process: ArrivalProcess = .constant
    ) throws -> Paced {
        let flags = SharedCounters(count: 2)
        let wire = Wire()
        let templates = try TrialPlan(PlanDraft(), limits: PlanLimits()).templates(transmitAddress: nil, receiveAddress: nil)
        var port = try FaultyTransmitPort(faults, wire: wire, minimumSlots: 256, templates: templates, stop: flags.cell(0))
        let memory = try WorkerMemory(recorders: PacingBook.recorders, streams: 0)
        var book = PacingBook(memory, burstGapNanoseconds: UInt64(0.5e9 / rate))
        var tally = TransmitTally()
        let begin = Clock.monotonicNanoseconds
        let start = faults.clockTickNanoseconds == nil ? Clock.realtimeNanoseconds : Wire.clockStart
        let order = TransmitInstructions(
            stream: Self.stream, quota: quota, batchFrames: 32, phase: 2, stop: flags.cell(0), sent: flags.cell(1), completedBefore: 0)
        let stopper = try stopAfter.map { nanoseconds in
            try WorkerThread(name: "stopper") {
                Clock.sleep(nanoseconds: nanoseconds)
                flags.cell(0).store(2)
            }
        }
        var filler = SignatureFiller()
        let pattern = ArrivalPattern(process, rate: PacketRate(packetsPerSecond: rate))
        withExtendedLifetime(pattern) {
            pacedTransmitLoop(
                &port, &filler, order, PacedSchedule(pattern, startNanoseconds: start), endNanoseconds: start + windowNanoseconds, &book,
                &tally)
        }
        book.departures.finish(&book.last)
        let took = Clock.monotonicNanoseconds - begin
        _ = stopper?.join()
        let refused = finishTransmitting(&port, &tally)
        return Paced(
            tally: tally, refused: refused, completed: port.completedFrames, wire: wire, lag: LatencyDistribution(book.lag),
            departures: GapDistributions(book.departures), tookNanoseconds: took)
    }

    private static let millisecond: UInt64 = 1_000_000
    /// A look at the clock takes 1 µs, and time stands still between two.
    private static let tick: UInt64 = 1_000

    /// By any faults a pacer offers no frame twice and none out of turn, and keeps a lag for each that it filled.
    @Test(arguments: 200..<240 as Range<UInt64>) func everyPacedFrameIsSentOrRefused(_ seed: UInt64) throws {
        var faults = Faults.any(seed: seed)
        faults.clockTickNanoseconds = Self.tick
        let paced = try send(faults, rate: 100_000, windowNanoseconds: 20 * Self.millisecond)
        let words = "\(faults): \(paced.tally)"
        #expect(paced.tally.filledFrames == paced.completed + paced.refused && paced.tally.filledFrames <= 2_000, "\(words)")
        #expect(paced.wire.isInOrder(Self.stream) && UInt64(paced.wire.frames.count) == paced.completed, "\(words)")
        #expect(paced.lag.count == paced.tally.filledFrames && paced.lag.negative == 0, "\(words)")
        #expect(paced.tally.retries == paced.wire.calls(endedBy: ErrorNumber.noBuffers), "\(words)")
        if faults.downAfterFrames > 2_000, faults.stopAtCall == .max, faults.illFormedFrame == nil {
            #expect(paced.completed == 2_000, "\(words)")
        }
    }

    /// The clock leaps over the window's end: what fell due meanwhile is not made up for, and the loop ends.
    @Test func aLeapOfTheClockEndsTheWindow() throws {
        let paced = try send(
            Faults(clockStep: (100, 3_600_000_000_000), clockTickNanoseconds: Self.tick), rate: 10_000,
            windowNanoseconds: 400 * Self.millisecond)
        #expect(paced.tally.filledFrames == 100 && paced.refused == 0 && paced.completed == 100)
        #expect(paced.tally.lookedNanoseconds < Wire.clockStart + 11 * Self.millisecond)
    }

    /// A leap inside of the window makes a thousand frames due at once; all of them leave, and their lag says so.
    @Test func aSmallLeapIsCaughtUpWith() throws {
        let paced = try send(
            Faults(clockStep: (100, Int64(100 * Self.millisecond)), clockTickNanoseconds: Self.tick), rate: 10_000,
            windowNanoseconds: 200 * Self.millisecond)
        #expect(paced.tally.filledFrames == 2_000 && paced.completed == 2_000 && paced.refused == 0)
        // Frame 100 was due at 10 ms, and the clock was just there when it leapt.
        let worst = paced.lag.summary.max ?? 0
        #expect(worst > 99 * Self.millisecond && worst < 101 * Self.millisecond)
    }

    /// A window that a leap leaves no time for: what is due in the grace behind it still leaves, the rest was not offered.
    @Test func afterTheGraceNothingLeaves() throws {
        let paced = try send(
            Faults(clockStep: (100, Int64(390 * Self.millisecond)), clockTickNanoseconds: Self.tick), rate: 10_000,
            windowNanoseconds: 400 * Self.millisecond)
        // All are due at once, 1 µs takes each, and there are 2 ms, and the rest of the window before.
        #expect(paced.tally.filledFrames > 100 + 1_900 && paced.tally.filledFrames < 100 + 2_200)
        #expect(paced.completed == paced.tally.filledFrames && paced.refused == 0)
        let late = try send(
            Faults(clockStep: (100, Int64(390 * Self.millisecond)), clockTickNanoseconds: 50 * Self.tick), rate: 10_000,
            windowNanoseconds: 400 * Self.millisecond)
        #expect(late.tally.filledFrames > 100 && late.tally.filledFrames < 400 && late.refused == 0)
        #expect(late.tally.lookedNanoseconds < Wire.clockStart + 402 * Self.millisecond)
    }

    /// Set back, the clock makes frames wait for a second time; whoever wants an end gets it all the same.
    @Test func aClockSetBackKeepsNobodyFromStopping() throws {
        let paced = try send(
            Faults(clockStep: (100, -3_600_000_000_000)), rate: 10_000, windowNanoseconds: 10_000 * Self.millisecond,
            stopAfter: 60 * Self.millisecond)
        #expect(paced.tally.filledFrames >= 1 && paced.tally.filledFrames < 1_000 && paced.refused == 0)
        #expect(paced.tookNanoseconds < 5_000 * Self.millisecond)
    }

    /// Stamps are of the port's clock, and no frame of another time: neither before it was due nor before the one in front of it.
    @Test func stampsFollowTheClock() throws {
        let paced = try send(
            Faults(clockStep: (50, Int64(50 * Self.millisecond)), clockTickNanoseconds: Self.tick), rate: 10_000,
            windowNanoseconds: 100 * Self.millisecond)
        let times = paced.wire.frames.map { $0.timestampNanoseconds }
        let gaps = zip(times, times.dropFirst()).map { Int64($1) - Int64($0) }
        #expect(times.count == 1_000 && gaps.allSatisfy { $0 > 0 })
        #expect((gaps.max() ?? 0) >= Int64(50 * Self.millisecond) && gaps.firstIndex(of: gaps.max() ?? 0) == 49)
    }

    /// A link that goes down ends a pacer at once; what it had filled is refused.
    @Test func aLinkThatGoesDownEndsThePacer() throws {
        let paced = try send(
            Faults(downAfterFrames: 50, clockTickNanoseconds: Self.tick), rate: 10_000, windowNanoseconds: 2_000 * Self.millisecond)
        #expect(paced.tally.failure == ErrorNumber.networkDown && paced.completed == 50)
        #expect(paced.refused == 1 && paced.tally.filledFrames == 51)
    }

    /// On a machine that has nothing else to do, what leaves is what was planned: a clock that is looked at makes frames a few ticks late.
    @Test(arguments: [1, 2, 8, 32] as [UInt64]) func burstsLeaveAsPlanned(_ length: UInt64) throws {
        let paced = try send(
            Faults(clockTickNanoseconds: Self.tick), rate: Double(length) * 12_500, windowNanoseconds: 20 * Self.millisecond,
            quota: length * 10, process: .bursts(frames: length))
        let bursts = paced.departures.bursts.summary
        #expect(paced.completed == length * 10 && bursts.count == 10, "\(bursts)")
        #expect(bursts.min == length && bursts.max == length, "\(bursts)")
        #expect(paced.departures.gaps.count == paced.completed - 1)
    }

    /// Every shape: a stamp for each frame, none before it was due.
    @Test(
        arguments: [
            .poisson(seed: 4), .onOff(onNanoseconds: 20_000, offNanoseconds: 20_000),
            .course([RateStretch(durationNanoseconds: 10_000_000, fromPps: 0, toPps: 200_000)])
        ] as [ArrivalProcess]) func noFrameLeavesBeforeItsTime(_ process: ArrivalProcess) throws
    {
        let paced = try send(
            Faults(clockTickNanoseconds: Self.tick), rate: 100_000, windowNanoseconds: 10 * Self.millisecond, process: process)
        let pattern = ArrivalPattern(process, rate: PacketRate(packetsPerSecond: 100_000))
        withExtendedLifetime(pattern) {
            let schedule = PacedSchedule(pattern, startNanoseconds: Wire.clockStart)
            let owed = schedule.framesDue(at: Wire.clockStart + 10 * Self.millisecond - 1)
            #expect(UInt64(paced.wire.frames.count) == owed && owed > 500)
            for (number, frame) in paced.wire.frames.enumerated() {
                let due = schedule.dueNanoseconds(UInt64(number))
                #expect(frame.timestampNanoseconds >= due && frame.timestampNanoseconds - due < 200 * Self.tick, "\(number)")
            }
        }
    }
}
