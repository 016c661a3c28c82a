import Plans
import Results

/// CPU time that a trial took for each received frame, in nanoseconds, in three parts that don't overlap.
///
/// What is certain is added up: the workers' own time during the window (CLOCK_THREAD_CPUTIME_ID and rusage of their threads), and the softirq time of the CPUs that they
/// or the receiving softirq were given. Other CPUs, other programs and interrupts are nobody's.
///
/// Softirqs that run while a worker is in a system call are in the worker's own time as well, unless the kernel keeps irq time apart
/// (CONFIG_IRQ_TIME_ACCOUNTING): what a CPU's tasks are charged beyond its user and system time is that share, and it is taken off.
public struct CPUCost: Codable, Equatable, Sendable {
    public private(set) var userNanoseconds: Double = 0
    public private(set) var systemNanoseconds: Double = 0
    public private(set) var softirqNanoseconds: Double = 0

    public var sumNanoseconds: Double { userNanoseconds + systemNanoseconds + softirqNanoseconds }

    /// Nil if nothing was received.
    init?(_ trial: TrialResult, _ placement: Placement, _ name: PlacementName?) {
        guard trial.ledger.received > 0 else { return nil }
        let given = Set(placement.softirqCPUs ?? [])
        for cpu in given.union(trial.workers.map(\.cpu)) {
            let workers = trial.workers.filter { $0.cpu == cpu }
            let user = Double(workers.reduce(0) { $0 + $1.userNanoseconds })
            var system = Double(workers.reduce(0) { $0 + $1.systemNanoseconds })
            if let evidence = trial.evidence.cpus.first(where: { $0.cpu == cpu }), let total = evidence.totalNanoseconds.map({ Double($0) })
            {
                let softirq = evidence.softirq * total
                let charged = user + system - (evidence.user + evidence.system) * total
                system -= min(softirq, system, max(0, charged))
                softirqNanoseconds += softirq
                // NAPI threads are tasks of the kernel's, alone on the CPUs that were given to them.
                if name == .napiThread, given.contains(cpu) { system = max(system, evidence.system * total) }
            }
            userNanoseconds += user
            systemNanoseconds += system
        }
        userNanoseconds /= Double(trial.ledger.received)
        systemNanoseconds /= Double(trial.ledger.received)
        softirqNanoseconds /= Double(trial.ledger.received)
    }
}
