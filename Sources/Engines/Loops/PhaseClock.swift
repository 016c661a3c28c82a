import Kernel
import Results

/// What one phase took of this thread.
struct PhaseTimes: Sendable {
    package var userNanoseconds: UInt64 = 0
    package var systemNanoseconds: UInt64 = 0
    package var wallNanoseconds: UInt64 = 0
    /// On a CPU, and ready to run but kept from it; nil where the kernel doesn't tell.
    package var schedule: ThreadSchedule?
    /// The CPUs that the thread was seen on, at the phase's ends.
    package var cpus: [Int] = []
}

/// Measures a phase of the thread that makes it.
struct PhaseClock {
    private let before = ThreadTimes.ofThisThread
    private let schedule = ThreadSchedule.ofThisThread
    private let cpu = Affinity.currentCPU
    private let start = Clock.monotonicNanoseconds

    package var elapsed: PhaseTimes {
        let wall = Clock.monotonicNanoseconds - start
        let after = ThreadTimes.ofThisThread
        var times = PhaseTimes(
            userNanoseconds: after.userNanoseconds - before.userNanoseconds,
            systemNanoseconds: after.systemNanoseconds - before.systemNanoseconds, wallNanoseconds: wall)
        if let schedule, let now = ThreadSchedule.ofThisThread {
            times.schedule = now
            times.schedule?.runNanoseconds -= schedule.runNanoseconds
            times.schedule?.waitNanoseconds -= schedule.waitNanoseconds
        }
        times.cpus = Set([cpu, Affinity.currentCPU]).sorted()
        return times
    }
}

extension WorkerResult {
    mutating func take(_ times: PhaseTimes) {
        userNanoseconds = times.userNanoseconds
        systemNanoseconds = times.systemNanoseconds
        wallNanoseconds = times.wallNanoseconds
        runNanoseconds = times.schedule?.runNanoseconds
        waitNanoseconds = times.schedule?.waitNanoseconds
        ranOn = times.cpus
    }
}
