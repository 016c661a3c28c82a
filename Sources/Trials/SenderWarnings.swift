import Metrics
import Plans
import Results

/// Whether the senders had their CPUs, and the window its time: a figure is only as good as the machine was there to make it.
///
/// The bounds are told in docs/measuring.md. At full speed the sender's time *is* the figure, so what is taken from it voids;
/// at a rate the schedule knows what was not offered in time, and send lag tells the rest.
struct SenderWarnings {
    let plan: TrialPlan
    let result: TrialResult
    /// Whether each frame has its time; nil for as the plan says.
    var isTimed: Bool?
    /// Whether times without a frame are meant.
    var hasGaps = false

    /// From here on it is worth a word.
    static let noticeableShare = 0.05
    /// From here on the figure is another one. Shared machines move by a tenth and more from minute to minute anyway, and a sender on each
    /// CPU waits as long for nothing but the machine's own housekeeping.
    static let voidingShare = 0.20
    /// How much longer than planned a window may last: the last call, a drain of the transmit ring.
    static let overrunShare = 0.10
    static let overrunNanoseconds: UInt64 = 150_000_000

    var all: [Warning?] { [away, paused, overrun, idle, waited, withheld, throttled, moved, neighbours] }

    private var evidence: Evidence { result.evidence }
    private var isPaced: Bool { isTimed ?? (plan.load.packetRate != nil) }
    private var windowNanoseconds: UInt64 { result.rates.durationNanoseconds }
    private var senders: [WorkerResult] { result.workers.filter { $0.role == .transmit } }

    private func seconds(_ nanoseconds: UInt64) -> String { FigureText.nanoseconds(nanoseconds) }
    private func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }

    private var away: Warning? {
        guard let away = evidence.awayNanoseconds, away > 0 else { return nil }
        return Warning(
            code: "stopped", message: "the process was stopped, or got no CPU at all, for \(seconds(away)) of the window",
            remedy: "let it run alone: no SIGSTOP, no Ctrl-Z, no other load on its CPUs", voidsResult: true)
    }

    /// Ten frames' time at the plan's rate, and never less than what a busy machine makes of a tick.
    private var paused: Warning? {
        guard let pause = evidence.longestPauseNanoseconds, result.ledger.sent > 0 else { return nil }
        let expected = plan.load.packetRate.map { UInt64(10e9 / $0.packetsPerSecond) } ?? 0
        guard pause >= max(300_000_000, expected, plannedPauseNanoseconds), evidence.awayNanoseconds == 0, !isCounted, !(hasGaps && isPaced)
        else { return nil }
        return Warning(
            code: "sending-paused", message: "no frame was sent for \(seconds(pause)) of the window",
            remedy: "look for what stopped them: an end that went down or got a smaller MTU, a full queue, a CPU taken away",
            voidsResult: true)
    }

    /// Some shapes have pauses of their own.
    private var plannedPauseNanoseconds: UInt64 {
        guard let rate = plan.load.packetRate, plan.isShaped else { return 0 }
        return UInt64(min(9e18, plan.process.longestGapNanoseconds(meanRate: rate) + 3e8))
    }

    /// A counted run has nothing left to send when its last frame is out.
    private var isCounted: Bool { result.endedBecause == .count || plan.load.frameCount.map { result.ledger.sent >= $0 } ?? false }

    private var overrun: Warning? {
        guard let planned = plan.load.durationNanoseconds, result.endedBecause == .duration, evidence.awayNanoseconds == 0,
            windowNanoseconds > planned + UInt64(Double(planned) * Self.overrunShare) + Self.overrunNanoseconds
        else { return nil }
        return Warning(
            code: "window-overran", message: "the window lasted \(seconds(windowNanoseconds)), and \(seconds(planned)) were planned",
            remedy: "look for what kept the senders in the kernel: a full queue, a CPU taken away", voidsResult: true)
    }

    /// A worker that sends late, or not at all: whatever the reason, the figure is not that of so many workers.
    private var idle: Warning? {
        guard !isPaced, windowNanoseconds > 0, let worst = senders.max(by: { $0.idleNanoseconds ?? 0 < $1.idleNanoseconds ?? 0 }),
            let idle = worst.idleNanoseconds
        else { return nil }
        let share = Double(idle) / Double(windowNanoseconds)
        // Where nobody sent anything there is no figure to be wrong.
        guard share >= Self.noticeableShare, result.ledger.sent > 0 else { return nil }
        let isAlone = senders.count == 1
        return Warning(
            code: "worker-idle",
            message: worst.frames == 0 && !isAlone
                ? "transmit worker \(worst.index) sent no frame while others did"
                : "transmit worker \(worst.index) was not sending for \(seconds(idle))\(isAlone ? "" : " while others were"), \(percent(share)) of the window",
            remedy: "repeat it, or let it run longer; if it stays so, use \(isAlone ? "" : "fewer --threads or ")another --engine",
            voidsResult: share >= Self.voidingShare)
    }

    private func share(_ part: UInt64?, of worker: WorkerResult) -> Double {
        guard let part, let wall = worker.wallNanoseconds, wall > 0 else { return 0 }
        return Double(part) / Double(wall)
    }

    /// Of a sender's waiting what others are to blame for: not the trial's own workers on its CPU, nor, behind NAPI, the softirq thread that
    /// carries its very frames.
    private func waitedShare(_ worker: WorkerResult) -> Double {
        let own = result.workers.filter {
            $0.host == worker.host && $0.cpu == worker.cpu && ($0.role != worker.role || $0.index != worker.index)
        }
        let usesNAPI = evidence.ethtool.keys.contains { $0.hasPrefix("rx/rx_queue_") && $0.hasSuffix("_xdp_packets") }
        let softirq = usesNAPI ? evidence.cpus.first { $0.cpu == worker.cpu }?.softirq ?? 0 : 0
        return max(0, share(worker.waitNanoseconds, of: worker) - own.reduce(0) { $0 + share($1.runNanoseconds, of: $1) } - softirq)
    }

    private var waited: Warning? {
        let worst = senders.map { waitedShare($0) }.max() ?? 0
        guard worst >= Self.noticeableShare else { return nil }
        return Warning(
            code: "cpu-shared", message: "a transmit worker was kept from its CPU for \(percent(worst)) of the window by other threads",
            remedy: "stop what else runs there, or choose other CPUs with --cpus", voidsResult: worst >= Self.voidingShare && !isPaced)
    }

    /// Neither on a CPU, nor waiting for one, nor asleep of its own will: stopped, throttled, or blocked. Interrupts and stolen time may be
    /// missing from a thread's time on its CPU (CONFIG_IRQ_TIME_ACCOUNTING, CONFIG_PARAVIRT_TIME_ACCOUNTING).
    private var withheld: Warning? {
        // A call for live frames sets a program up and takes it down again, and sleeps meanwhile: its window is that of the frames.
        guard !isPaced, !result.engine.abilities.makesFramesInKernel else { return nil }
        let worst = senders.map { withheldShare($0) }.max() ?? 0
        guard worst >= Self.noticeableShare else { return nil }
        return Warning(
            code: "cpu-withheld", message: "a transmit worker was neither running nor ready to run for \(percent(worst)) of the window",
            remedy: "look for a CPU quota of its control group, a stop signal, or a queue that blocks it",
            voidsResult: worst >= Self.voidingShare)
    }

    private func withheldShare(_ worker: WorkerResult) -> Double {
        guard let run = worker.runNanoseconds, let wait = worker.waitNanoseconds else { return 0 }
        let known = share(run, of: worker) + share(wait, of: worker) + share(worker.sleptNanoseconds, of: worker)
        let cpu = evidence.cpus.first { $0.cpu == worker.cpu }
        // Where a thread's time holds its softirqs, adding them again would go beyond the whole.
        let besides = cpu.map { $0.softirq + $0.steal } ?? 0
        return max(0, 1 - (known + besides <= 1.02 ? known + besides : known + (cpu?.steal ?? 0)))
    }

    private var throttled: Warning? {
        guard let throttled = evidence.throttledNanoseconds, windowNanoseconds > 0 else { return nil }
        let share = Double(throttled) / Double(windowNanoseconds)
        guard share >= 0.01 else { return nil }
        return Warning(
            code: "cpu-throttled",
            message: "the CPU quota of a control group kept this process from running for \(seconds(throttled)) in all",
            remedy: "run it in a group without a quota (cpu.max, cpu.cfs_quota_us), or raise the container's CPU limit",
            voidsResult: share >= Self.voidingShare && !isPaced)
    }

    private var moved: Warning? {
        let moved = result.workers.filter { worker in worker.ranOn.map { $0 != [worker.cpu] } ?? false }
        guard let first = moved.first, let seen = first.ranOn else { return nil }
        let list = seen.map { "\($0)" }.joined(separator: " and ")
        return Warning(
            code: "worker-moved",
            message: "\(moved.count == 1 ? "a worker" : "\(moved.count) workers") did not stay on the CPU of the placement: "
                + "\(first.role.rawValue) worker \(first.index), pinned to CPU \(first.cpu), was seen on \(list)",
            remedy: "leave its threads where they are (taskset, cpusets), or place them with --cpus")
    }

    private var neighbours: Warning? {
        guard let others = evidence.neighbours, !others.isEmpty else { return nil }
        let list = others.map { "\($0)" }.joined(separator: ", ")
        return Warning(
            code: "another-run-here", message: "another vethmark (process \(list)) works on the same CPUs",
            remedy: "run one at a time, or give each CPUs of its own with --cpus")
    }
}
