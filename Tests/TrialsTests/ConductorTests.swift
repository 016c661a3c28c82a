import Kernel
import Testing

@testable import Trials

/// Where threads meet between phases.
@Suite struct ConductorTests {
    private static let order = Conductor.Order(
        startNanoseconds: 5, startMonotonicNanoseconds: 5, endNanoseconds: 9, realtimeOffsetNanoseconds: 0)
    private struct Misfortune: Error, Equatable {}

    private func soon(_ nanoseconds: UInt64 = 20_000_000) -> UInt64 { Clock.monotonicNanoseconds + nanoseconds }

    @Test func allHaveToArriveAndEachCountsInItsRoleAndPlace() throws {
        let conductor = Conductor(transmitters: 2, receivers: 1)
        conductor.arrive(.transmit, .ready(.window))
        conductor.arrive(.transmit, .ready(.warmup))
        conductor.arrive(.receive, .through(.window))
        #expect(try !conductor.waitForAll(.transmit, .ready(.window), untilMonotonic: soon()))
        #expect(try conductor.wait(for: 1, .transmit, .ready(.window), untilMonotonic: soon()))
        #expect(try !conductor.waitForAll(.receive, .ready(.window), untilMonotonic: soon()))
        #expect(try conductor.waitForAll(.receive, .through(.window), untilMonotonic: soon()))
        conductor.arrive(.transmit, .ready(.window))
        #expect(try conductor.waitForAll(.transmit, .ready(.window), untilMonotonic: soon()))
    }

    /// Whoever waits sleeps until the phase opens, and gets the order that it was opened with; a phase that is open stays open.
    @Test func openingWakesWhoeverWaits() throws {
        let conductor = Conductor(transmitters: 1, receivers: 0)
        let waiter = try WorkerThread(name: "waiter") { try conductor.await(.window).endNanoseconds }
        conductor.open(.warmup, Self.order)
        Clock.sleep(nanoseconds: 20_000_000)
        #expect(!waiter.isFinished)
        conductor.open(.window, Self.order)
        let answer = try #require(waiter.join(untilMonotonic: soon(2_000_000_000)))
        #expect(try answer.get() == 9)
        #expect(try conductor.await(.window).startNanoseconds == 5)
    }

    @Test func anAbandonedTrialSendsEverybodyHome() throws {
        let conductor = Conductor(transmitters: 1, receivers: 1)
        let waiter = try WorkerThread(name: "waiter") { try conductor.await(.window).startNanoseconds }
        conductor.abandon()
        let answer = try #require(waiter.join(untilMonotonic: soon(2_000_000_000)))
        #expect(throws: TrialAbandoned.self) { try answer.get() }
        // Also those who come too late, and those who are in a loop.
        conductor.open(.window, Self.order)
        #expect(throws: TrialAbandoned.self) { try conductor.await(.window) }
        #expect(conductor.transmitStop.load() == .max && conductor.receiveStop.load() == .max)
        #expect(conductor.failure == nil)
    }

    /// The first failure is the trial's; that others then end by it is none.
    @Test func theFirstFailureIsTheOneThatIsTold() throws {
        let conductor = Conductor(transmitters: 2, receivers: 0)
        conductor.fail(TrialAbandoned())
        #expect(conductor.failure == nil)
        conductor.fail(Misfortune())
        conductor.fail(TrialError.workerStuck("transmit"))
        #expect(conductor.failure is Misfortune)
        #expect(throws: Misfortune.self) { try conductor.waitForAll(.transmit, .ready(.window), untilMonotonic: 0) }
        // A failure wakes whoever waits, well before the time is over.
        let other = Conductor(transmitters: 1, receivers: 0)
        let waiter = try WorkerThread(name: "waiter") { try other.waitForAll(.transmit, .ready(.window)) }
        other.fail(Misfortune())
        #expect(throws: Misfortune.self) { try waiter.join(untilMonotonic: soon(2_000_000_000))?.get() }
    }

    /// One side's stop is not the other's, and a stop is never taken back.
    @Test func stopsRiseAndNeverFall() {
        let conductor = Conductor(transmitters: 1, receivers: 1)
        conductor.stopTransmitters(.window)
        #expect(conductor.transmitStop.load() == Conductor.Phase.window.rawValue && conductor.receiveStop.load() == 0)
        conductor.stopTransmitters(.warmup)
        #expect(conductor.transmitStop.load() == Conductor.Phase.window.rawValue)
        conductor.abandon()
        conductor.stopReceivers(.warmup)
        #expect(conductor.receiveStop.load() == .max)
    }

    @Test func aStallIsSeen() {
        let conductor = Conductor(transmitters: 1, receivers: 1)
        #expect(!conductor.hasStalled)
        conductor.reportStall()
        #expect(conductor.hasStalled && conductor.transmitStop.load() == 0)
    }
}
