import Control
import Kernel
import TestSupport
import Testing

@Suite struct ClockTests {
    /// Another clock: 3 s ahead or behind at most, 50 ppm faster or slower at most.
    private struct OtherClock {
        let offset: Int64
        let ppm: Double

        init(offset: Int64, ppm: Double) { (self.offset, self.ppm) = (offset, ppm) }

        init(_ generator: inout SeededGenerator) {
            offset = Int64.random(in: -3_000_000_000...3_000_000_000, using: &generator)
            ppm = Double.random(in: -50...50, using: &generator)
        }

        func time(_ moment: Int64) -> Int64 { moment + offset(at: moment) }
        func offset(at moment: Int64) -> Int64 { offset + Int64((Double(moment) * ppm / 1e6).rounded()) }
    }

    /// Delays each way of their own, up to half a millisecond now and then, and one way longer by `lopsided`.
    private func exchange(_ moment: Int64, _ clock: OtherClock, _ generator: inout SeededGenerator, lopsided: Int64) -> ClockExchange {
        func delay() -> Int64 { 5_000 + Int64(generator.nextOfAnyLength(bits: 19)) }
        let heard = moment + delay() + max(0, lopsided)
        let answered = heard + Int64.random(in: 500...50_000, using: &generator)
        return ClockExchange(
            sentNanoseconds: moment, heardNanoseconds: clock.time(heard), answeredNanoseconds: clock.time(answered),
            returnedNanoseconds: answered + delay() + max(0, -lopsided))
    }

    private func measured(_ start: Int64, _ clock: OtherClock, _ generator: inout SeededGenerator) throws -> ClockOffset {
        let lopsided = Bool.random(using: &generator) ? Int64.random(in: -200_000...200_000, using: &generator) : 0
        let exchanges = (0..<32).map { exchange(start + Int64($0) * 1_000_000, clock, &generator, lopsided: lopsided) }
        return try #require(ClockOffset(exchanges))
    }

    private func expectTruth(_ told: ClockOffset, _ clock: OtherClock, _ generatorIsAt: Int) {
        let departure = abs(told.offsetNanoseconds - clock.offset(at: told.atNanoseconds))
        #expect(departure <= told.errorNanoseconds, "round \(generatorIsAt): \(clock), \(told)")
    }

    /// Before, during and after, and at moments in between, before and behind.
    @Test func theTruthLiesWithinTheError() throws {
        var generator = SeededGenerator()
        for round in 0..<2_000 {
            let clock = round == 0 ? OtherClock(offset: 3_000_000_000, ppm: 50) : OtherClock(&generator)
            let start = Int64.random(in: 1...100_000_000_000, using: &generator)
            let length = Int64.random(in: 200_000_000...60_000_000_000, using: &generator)
            let points = try [0, length / 2, length].map { try measured(start + $0, clock, &generator) }
            for point in points { expectTruth(point, clock, round) }
            let course = ClockCourse(points.shuffled(using: &generator))
            #expect(course.points == points && course.unevenNanoseconds == 0)
            for _ in 0..<8 {
                let moment = Int64.random(in: (start - length / 4)...(start + length + length / 4), using: &generator)
                expectTruth(try #require(course.offset(atNanoseconds: moment)), clock, round)
            }
            // The error is nothing that anybody could have known better: half the shortest round trip, not a round number.
            let inside = try #require(course.offset(atNanoseconds: start + length / 3))
            #expect(inside.errorNanoseconds <= points.map(\.errorNanoseconds).max()! + 2)
            let slack = Double(points[0].errorNanoseconds + points[2].errorNanoseconds) * 1e6
            let apart = Double(points[2].atNanoseconds - points[0].atNanoseconds)
            #expect(abs(try #require(course.driftPPM) - clock.ppm) <= slack / apart + 0.01)
            // One offset for the whole of it, as receivers take.
            let taken = points[0].offsetNanoseconds
            let worst = try #require(course.error(ofNanoseconds: taken, fromNanoseconds: start, toNanoseconds: start + length))
            for moment in stride(from: start, through: start + length, by: Int(length / 16)) {
                #expect(abs(clock.offset(at: moment) - taken) <= worst)
            }
        }
    }

    /// The shortest round trip is the one that is taken, and no error is smaller than half of it.
    @Test func theShortestRoundTripDecides() throws {
        let slow = ClockExchange(sentNanoseconds: 0, heardNanoseconds: 900, answeredNanoseconds: 900, returnedNanoseconds: 1_000)
        let quick = ClockExchange(sentNanoseconds: 5_000, heardNanoseconds: 5_140, answeredNanoseconds: 5_150, returnedNanoseconds: 5_090)
        #expect(ClockOffset([slow, quick]) == ClockOffset(atNanoseconds: 5_045, offsetNanoseconds: 100, errorNanoseconds: 42))
    }

    /// What can't have been is no measurement, however short its round trip.
    @Test(arguments: [
        ClockExchange(sentNanoseconds: 0, heardNanoseconds: 0, answeredNanoseconds: 20, returnedNanoseconds: 10),
        ClockExchange(sentNanoseconds: 10, heardNanoseconds: 0, answeredNanoseconds: 0, returnedNanoseconds: 5),
        ClockExchange(sentNanoseconds: 0, heardNanoseconds: 20, answeredNanoseconds: 10, returnedNanoseconds: 30),
        ClockExchange(sentNanoseconds: 0, heardNanoseconds: .max, answeredNanoseconds: .max, returnedNanoseconds: 30),
        ClockExchange(sentNanoseconds: 0, heardNanoseconds: .min, answeredNanoseconds: .min, returnedNanoseconds: 30),
        ClockExchange(sentNanoseconds: 0, heardNanoseconds: .min, answeredNanoseconds: .max, returnedNanoseconds: 30)
    ])
    func theImpossibleIsNoMeasurement(_ exchange: ClockExchange) { #expect(ClockOffset([exchange]) == nil) }

    /// A clock that was set in the middle of a trial: the course says by how much it isn't a line, and its error grows by that.
    @Test func aStepIsTold() throws {
        func point(_ seconds: Int64, _ offset: Int64) -> ClockOffset {
            ClockOffset(atNanoseconds: seconds * 1_000_000_000, offsetNanoseconds: offset, errorNanoseconds: 1_000)
        }
        let even = ClockCourse([point(0, 0), point(1, 1_500), point(2, 1_000)])
        #expect(even.unevenNanoseconds == 0)
        let stepped = ClockCourse([point(0, 0), point(1, 50_000), point(2, 0)])
        #expect(stepped.unevenNanoseconds == 50_000 - 2_001)
        #expect(try #require(stepped.offset(atNanoseconds: 500_000_000)).errorNanoseconds == 1_001 + 47_999)
    }

    @Test func oneClockHasNoError() throws {
        let course = ClockCourse([.shared(atNanoseconds: 5), .shared(atNanoseconds: 9)])
        for moment in [0, 5, 7, 9, 1_000_000_000_000] as [Int64] {
            #expect(course.offset(atNanoseconds: moment) == .shared(atNanoseconds: moment))
        }
        #expect(course.error(ofNanoseconds: 0, fromNanoseconds: 0, toNanoseconds: 100) == 0 && course.driftPPM == 0)
        let empty = ClockCourse()
        #expect(
            empty.offset(atNanoseconds: 0) == nil && empty.driftPPM == nil
                && empty.error(ofNanoseconds: 0, fromNanoseconds: 0, toNanoseconds: 1) == nil)
    }

    /// Over a channel whose other end is 3 s ahead and runs 50 ppm fast.
    @Test func anotherEndsClockIsMeasured() throws {
        let begin = Int64(Clock.realtimeNanoseconds)
        let clock = OtherClock(offset: 3_000_000_000, ppm: 50)
        let (near, far) = PlayedChannel.pair(
            clocks: ({ Int64(Clock.realtimeNanoseconds) - begin }, { clock.time(Int64(Clock.realtimeNanoseconds) - begin) }))
        let deadline = Clock.monotonicNanoseconds + 5_000_000_000
        let told = try #require(try ClockOffset.measured(over: near, exchanges: 8, gapNanoseconds: 1_000, untilMonotonic: deadline))
        expectTruth(told, clock, 0)
        let back = try #require(try ClockOffset.measured(over: far, exchanges: 8, gapNanoseconds: 1_000, untilMonotonic: deadline))
        #expect(abs(back.offsetNanoseconds + told.offsetNanoseconds) < 1_000_000)
        #expect(try ClockOffset.measured(over: near, untilMonotonic: 0) == nil)
        near.close()
        #expect(throws: ControlError.self) { _ = try ClockOffset.measured(over: far, untilMonotonic: deadline) }
    }
}
