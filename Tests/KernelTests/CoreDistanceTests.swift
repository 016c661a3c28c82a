import Glibc
import Testing

@testable import Kernel

@Suite struct CoreDistanceTests {
    private static let cpus = Topology.read().allowedCPUs

    /// Nil comes where others hold a CPU for a while.
    private func reading(_ first: Int, _ second: Int) -> CoreDistance? {
        for _ in 0..<200 {
            if let found = CoreDistance.between(first, second) { return found }
            Clock.sleep(nanoseconds: 50_000_000)
        }
        return nil
    }

    /// No line crosses a chip in less than a few of its clocks, and none takes as long as a system call with a switch of threads; a core is shared by two threads, not by ten.
    @Test func twoCPUsAreApart() throws {
        try #require(Self.cpus.count > 1)
        let found = try #require(reading(Self.cpus[0], Self.cpus[1]))
        #expect(found.latencyNanoseconds > 2 && found.latencyNanoseconds < 5_000)
        #expect(found.slowdownRatio > 0.2 && found.slowdownRatio < 10)
    }

    @Test func aCPUIsAtNoDistanceFromItself() {
        #expect(CoreDistance.between(Self.cpus[0], Self.cpus[0]) == nil)
    }

    @Test(arguments: [(0, 8000), (8000, 0)]) func aCPUThatIsNotThereHasNone(_ first: Int, _ second: Int) {
        let begun = Clock.monotonicNanoseconds
        #expect(CoreDistance.between(first, second) == nil)
        #expect(Clock.monotonicNanoseconds - begun < 5_000_000_000)
        #expect(left() == 0)
    }

    /// A thread that nothing of ours can push aside.
    @Test func aCPUThatOthersHoldHasNone() throws {
        try #require(Self.cpus.count > 1)
        let cpu = Self.cpus[1]
        let stop = SharedCounters(count: 2)
        let holder = try WorkerThread(name: "holder") {
            try Affinity.pinThisThread(toCPU: cpu)
            var priority = sched_param(sched_priority: 10)
            let number = sched_setscheduler(0, SCHED_FIFO, &priority)
            stop.cell(1).storeReleasing(number == 0 ? 1 : 2)
            while stop.cell(0).load() == 0 {}
        }
        while stop.cell(1).loadAcquiring() == 0 { Clock.sleep(nanoseconds: 1_000_000) }
        let found = CoreDistance.between(Self.cpus[0], cpu)
        stop.cell(0).store(1)
        _ = try holder.join().get()
        try #require(stop.value(1) == 1, "SCHED_FIFO needs CAP_SYS_NICE")
        #expect(found == nil)
        #expect(left() == 0, "a thread is still at it")
    }

    /// Threads of measurements that are still there; `/proc` lists one for a moment behind its end.
    private func left() -> Int {
        func count() -> Int { ThreadTable.threads(named: ["vm-core"]).filter { $0.process == ProcessFacts.identifier }.count }
        for _ in 0..<1000 where count() > 0 { Clock.sleep(nanoseconds: 5_000_000) }
        return count()
    }
}
