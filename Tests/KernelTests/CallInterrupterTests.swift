import CLinux
import Kernel
import Testing

@Suite struct CallInterrupterTests {
    /// The thread sleeps for an hour at a time, and is out of it at once.
    @Test func aThreadInACallIsStopped() throws {
        let brake = try CallInterrupter()
        let thread = try WorkerThread(name: "sleeper") { () -> Int in
            brake.enter()
            defer { brake.leave() }
            var calls = 0
            while !brake.isStopping {
                calls += 1
                interruptibleSleep(seconds: 3600)
            }
            return calls
        }
        Clock.sleep(nanoseconds: 20_000_000)
        brake.stop()
        #expect(try thread.join().get() <= 1)
    }

    /// Nobody stops it, and its call ends all the same.
    @Test func aCallEndsAtTheDeadline() throws {
        let brake = try CallInterrupter()
        let thread = try WorkerThread(name: "sleeper") { () -> UInt64 in
            let start = Clock.monotonicNanoseconds
            brake.enter(untilMonotonic: start + 50_000_000)
            defer { brake.leave() }
            interruptibleSleep(seconds: 5)
            return Clock.monotonicNanoseconds - start
        }
        let took = try thread.join().get()
        #expect(took >= 50_000_000 && took < 4_000_000_000)
    }

    @Test func stoppingNobodyReturns() throws {
        let brake = try CallInterrupter()
        brake.stop()
        #expect(brake.isStopping)
    }

    /// Whoever stops a stage may be late, and the thread in the next.
    @Test func aLateStopDoesNotEndTheNextStage() throws {
        let brake = try CallInterrupter()
        #expect(!brake.isStopping)
        brake.enter(stage: 1)
        brake.leave()
        brake.enter(stage: 2)
        defer { brake.leave() }
        brake.request(through: 1)
        #expect(!brake.isStopping)
        brake.request(through: 2)
        #expect(brake.isStopping)
        // An earlier one takes nothing back.
        brake.request(through: 1)
        #expect(brake.isStopping)
    }
}

/// `nanosleep(2)`, which a signal ends.
private func interruptibleSleep(seconds: Int) {
    var duration = timespec(tv_sec: seconds, tv_nsec: 0)
    nanosleep(&duration, nil)
}
