import Kernel
import Results

extension CPUEvidence {
    /// What each CPU did between two readings, by CPU number.
    static func differences(from before: KernelCounters, to after: KernelCounters) -> [CPUEvidence] {
        after.times.keys.sorted().map { cpu in
            let a = before.times[cpu] ?? .init()
            let b = after.times[cpu] ?? .init()
            let total = Double(max(b.total &- a.total, 1))
            func share(_ mode: KeyPath<KernelCounters.Times, UInt64>) -> Double {
                // iowait and steal may run backwards by a tick.
                b[keyPath: mode] > a[keyPath: mode] ? Double(b[keyPath: mode] - a[keyPath: mode]) / total : 0
            }
            let old = before.backlog[cpu] ?? .init()
            let new = after.backlog[cpu] ?? .init()
            var one = CPUEvidence(
                cpu: cpu, user: share(\.user), system: share(\.system), softirq: share(\.softirq),
                steal: share(\.steal), idle: share(\.idle),
                netRxSoftirqs: (after.netRx[cpu] ?? 0) &- (before.netRx[cpu] ?? 0),
                netTxSoftirqs: (after.netTx[cpu] ?? 0) &- (before.netTx[cpu] ?? 0),
                // 32-bit counters: the difference is right across a wrap.
                backlogProcessed: UInt64(new.processed &- old.processed),
                backlogDropped: UInt64(new.dropped &- old.dropped),
                timeSqueezed: UInt64(new.timeSqueezed &- old.timeSqueezed))
            one.totalNanoseconds = (b.total &- a.total) * KernelCounters.tickNanoseconds
            return one
        }
    }
}
