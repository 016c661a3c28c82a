import Kernel
import Testing

@testable import Engines
@testable import Plans

/// Where threads meet between phases.
@Suite struct PhaseBarrierTests {
    private static let order = PhaseInputs(
        startNanoseconds: 5, startMonotonicNanoseconds: 5, endNanoseconds: 9, realtimeOffsetNanoseconds: 0)
    private struct Misfortune: Error, Equatable {}

    private func soon(_ nanoseconds: UInt64 = 20_000_000) -> UInt64 { Clock.monotonicNanoseconds + nanoseconds }

    @Test func allHaveToArriveAndEachCountsInItsRoleAndPlace() throws {
        let barrier = PhaseBarrier(transmitters: 2, receivers: 1)
        barrier.arrive(.transmit, .ready(.window))
        barrier.arrive(.transmit, .ready(.warmup))
        barrier.arrive(.receive, .through(.window))
        #expect(try !barrier.waitForAll(.transmit, .ready(.window), untilMonotonic: soon()))
        #expect(try barrier.wait(for: 1, .transmit, .ready(.window), untilMonotonic: soon()))
        #expect(try !barrier.waitForAll(.receive, .ready(.window), untilMonotonic: soon()))
        #expect(try barrier.waitForAll(.receive, .through(.window), untilMonotonic: soon()))
        barrier.arrive(.transmit, .ready(.window))
        #expect(try barrier.waitForAll(.transmit, .ready(.window), untilMonotonic: soon()))
    }

    /// Whoever waits sleeps until the phase opens, and gets the order that it was opened with; a phase that is open stays open.
    @Test func openingWakesWhoeverWaits() throws {
        let barrier = PhaseBarrier(transmitters: 1, receivers: 0)
        let waiter = try WorkerThread(name: "waiter") { try barrier.await(.window).endNanoseconds }
        barrier.open(.warmup, Self.order)
        Clock.sleep(nanoseconds: 20_000_000)
        #expect(!waiter.isFinished)
        barrier.open(.window, Self.order)
        let answer = try #require(waiter.join(untilMonotonic: soon(2_000_000_000)))
        #expect(try answer.get() == 9)
        #expect(try barrier.await(.window).startNanoseconds == 5)
    }

    @Test func anAbandonedTrialSendsEverybodyHome() throws {
        let barrier = PhaseBarrier(transmitters: 1, receivers: 1)
        let waiter = try WorkerThread(name: "waiter") { try barrier.await(.window).startNanoseconds }
        barrier.abandon()
        let answer = try #require(waiter.join(untilMonotonic: soon(2_000_000_000)))
        #expect(throws: TrialAbandoned.self) { try answer.get() }
        // Also those who come too late, and those who are in a loop.
        barrier.open(.window, Self.order)
        #expect(throws: TrialAbandoned.self) { try barrier.await(.window) }
        #expect(barrier.transmitStop.load() == .max && barrier.receiveStop.load() == .max)
        #expect(barrier.failure == nil)
    }

    /// The first failure is the trial's; that others then end by it is none.
    @Test func theFirstFailureIsTheOneThatIsTold() throws {
        let barrier = PhaseBarrier(transmitters: 2, receivers: 0)
        barrier.fail(TrialAbandoned())
        #expect(barrier.failure == nil)
        barrier.fail(Misfortune())
        barrier.fail(TrialError.workerStuck("transmit"))
        #expect(barrier.failure is Misfortune)
        #expect(throws: Misfortune.self) { try barrier.waitForAll(.transmit, .ready(.window), untilMonotonic: 0) }
        // A failure wakes whoever waits, well before the time is over.
        let other = PhaseBarrier(transmitters: 1, receivers: 0)
        let waiter = try WorkerThread(name: "waiter") { try other.waitForAll(.transmit, .ready(.window)) }
        other.fail(Misfortune())
        #expect(throws: Misfortune.self) { try waiter.join(untilMonotonic: soon(2_000_000_000))?.get() }
    }

    /// One side's stop is not the other's, and a stop is never taken back.
    @Test func stopsRiseAndNeverFall() {
        let barrier = PhaseBarrier(transmitters: 1, receivers: 1)
        barrier.stopTransmitters(.window)
        #expect(barrier.transmitStop.load() == TrialPhase.window.rawValue && barrier.receiveStop.load() == 0)
        barrier.stopTransmitters(.warmup)
        #expect(barrier.transmitStop.load() == TrialPhase.window.rawValue)
        barrier.abandon()
        barrier.stopReceivers(.warmup)
        #expect(barrier.receiveStop.load() == .max)
    }

    @Test func aStallIsSeen() {
        let barrier = PhaseBarrier(transmitters: 1, receivers: 1)
        #expect(!barrier.hasStalled)
        barrier.reportStall()
        #expect(barrier.hasStalled && barrier.transmitStop.load() == 0)
    }
}
