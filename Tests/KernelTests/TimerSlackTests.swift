import Testing

@testable import Kernel

@Suite struct TimerSlackTests {
    /// A thread refuses it for itself, and nobody else notices.
    @Test func aThreadRefusesSlack() throws {
        let before = Clock.timerSlackNanoseconds
        let worker = try WorkerThread(name: "vm-slack") { () -> [UInt64] in
            let own = Clock.timerSlackNanoseconds
            Clock.refuseTimerSlack()
            return [own, Clock.timerSlackNanoseconds]
        }
        let slack = try worker.join().get()
        #expect(slack == [before, 1])
        #expect(Clock.timerSlackNanoseconds == before)
    }
}
