import Links
import Metrics

/// What the reader of a trial's figures must know, found in its counters.
struct TrialWarnings {
    let plan: TrialPlan
    let result: TrialResult
    /// What the link watch saw.
    let event: String?
    let isDirect: Bool
    let malformedBatches: UInt64
    let transmitLink: Link?

    var all: [Warning] { (book + link + generator + receiver + machine).compactMap { $0 } }

    private var ledger: Ledger { result.ledger }
    private var evidence: Evidence { result.evidence }

    private var book: [Warning?] {
        [
            ledger.isClosed
                ? nil
                : Warning(
                    code: "residual",
                    message: """
                        the book does not close: offered \(ledger.offered), not offered \(ledger.notOffered), refused \
                        \(ledger.refused), sent \(ledger.sent), and \(ledger.residual) frames in no row
                        """,
                    remedy: "look at the evidence counters for who else takes or makes frames on this link",
                    voidsResult: true),
            ledger.sent > 0 && ledger.received == 0 && plan.receive.receiver != .null
                ? Warning(
                    code: "nothing-received", message: "\(ledger.sent) frames were sent and none was received",
                    remedy: "check with `ethtool -S` and `ip -d link` that --rx is the other end of --tx", voidsResult: true)
                : nil,
            evidence.beyondWindow == 0
                ? nil
                : Warning(
                    code: "beyond-window",
                    message: """
                        \(evidence.beyondWindow) frames came more than \(SequenceTracker.defaultWindowFrames) frames late, \
                        too late to tell a late one from a duplicate
                        """,
                    remedy: "look for what holds frames back that long on the path", voidsResult: true),
            (evidence.queueChanges ?? 0) == 0
                ? nil
                : Warning(
                    code: "queue-changed",
                    message: "frames of one worker came by several receive queues, where the counting program can't count for certain",
                    remedy: "give each worker a queue of its own with --queues, or use --receiver ring", voidsResult: true),
            malformedBatches == 0
                ? nil
                : Warning(
                    code: "malformed-blocks", message: "\(malformedBatches) blocks of the receive ring held impossible offsets",
                    remedy: "this is a fault of the kernel or of vethmark: please report it", voidsResult: true),
            plan.receive.receiver == .none
                ? Warning(
                    code: "nobody-counted",
                    message: "no receiver of ours counted frames: received is what the link did not drop",
                    remedy: "use --receiver ring to have every frame counted and timed") : nil,
            ledger.duplicates == 0
                ? nil
                : Warning(
                    code: "duplicates", message: "\(ledger.duplicates) frames arrived more than once",
                    remedy: "look for a loop, a mirror or a relay on the path"),
            result.endedBecause == .interrupted
                ? Warning(
                    code: "interrupted", message: "the trial was interrupted before its time",
                    remedy: "let it run to the end to compare it with others") : nil
        ]
    }

    private var link: [Warning?] {
        [
            result.endedBecause == .linkLost
                ? Warning(
                    code: "link-lost", message: "the link was lost in mid-run (\(event ?? "the interface is gone or down"))",
                    remedy: "keep both ends up while a trial runs", voidsResult: true) : nil,
            evidence.carrierChanges > 0 && result.endedBecause != .linkLost
                ? Warning(
                    code: "carrier-changed", message: "the carrier changed \(evidence.carrierChanges) times during the trial",
                    remedy: "keep both ends up while a trial runs", voidsResult: true) : nil,
            isDirect
                ? nil
                : Warning(
                    code: "path-not-direct",
                    message: "the receiving end is not the transmitting veth's peer; loss on the path between them is told by "
                        + "sequence numbers, not by kernel counters",
                    remedy: "`ethtool -S` shows a veth's peer_ifindex if a direct pair was meant"),
            queueingDisciplineWarning
        ]
    }

    /// Since 6.16 a qdisc on a veth can push back, with a fault up to 6.17.9 that stalls the queue
    /// (CVE-2025-68232); before, it only adds a queue and its lock. Whoever goes past it (`__dev_direct_xmit`) measures another path than
    /// everybody else's frames take.
    private var queueingDisciplineWarning: Warning? {
        guard let transmitLink, !["noqueue", "noop", ""].contains(transmitLink.queueingDiscipline) else { return nil }
        // AF_XDP and live frames have no other way.
        let passesBy = plan.transmit.qdiscBypass || [.afXDP, .xdp].contains(plan.transmit.engine)
        guard passesBy else {
            return Warning(
                code: "qdisc", message: "frames pass the queueing discipline \(transmitLink.queueingDiscipline) on their way out",
                remedy: "leave the qdisc bypass on, or remove it: tc qdisc del dev \(transmitLink.name) root")
        }
        let isForced = [.afXDP, .xdp].contains(plan.transmit.engine)
        return Warning(
            code: "qdisc-bypassed",
            message:
                "frames went past the queueing discipline \(transmitLink.queueingDiscipline) of \(transmitLink.name), which shapes or drops "
                + "other senders' frames",
            remedy: isForced
                ? "use --engine gso, or ring with --no-qdisc-bypass, to have them pass it"
                : "use --no-qdisc-bypass to have them pass it; this is for your information if the bare path was meant")
    }

    private var generator: [Warning?] {
        [
            result.endedBecause == .workerFailed
                ? Warning(
                    code: "transmit-failed", message: "a transmit worker was stopped by an error of the kernel",
                    remedy: "`-v` names the error; `vethmark probe` tells what works here", voidsResult: true) : nil,
            ledger.notOffered == 0
                ? nil
                : Warning(
                    code: "generator-behind",
                    message:
                        "\(ledger.notOffered) of \(ledger.offered) frames were not offered in time: the schedule ran ahead of the machine",
                    remedy: "use a lower --rate or more --threads"),
            ledger.refused == 0 || result.endedBecause == .linkLost
                ? nil
                : Warning(
                    code: "refused", message: "the kernel refused \(ledger.refused) frames", remedy: "look at the evidence counters"),
            evidence.retries * 100 > ledger.sent && evidence.retries > 100
                ? Warning(
                    code: "kernel-pushed-back",
                    message: "the kernel dropped and gave back \(evidence.retries) frames, each of which was sent again",
                    remedy: "the receiving side is the bottleneck: see the backlog drops, or raise net.core.netdev_max_backlog")
                : nil
        ]
    }

    private var receiver: [Warning?] {
        [
            ledger.receiverDropped == 0
                ? nil
                : Warning(
                    code: "receiver-drops", message: "the receiver's ring had no room for \(ledger.receiverDropped) frames",
                    remedy: "give the receiver a CPU of its own (--cpus), more --rx-threads or more --blocks"),
            ledger.linkDropped == 0
                ? nil
                : Warning(
                    code: "link-drops", message: "the link dropped \(ledger.linkDropped) frames",
                    remedy: "the evidence says where: backlog drops call for a higher net.core.netdev_max_backlog or a lower --rate"),
            ledger.foreign == 0
                ? nil
                : Warning(
                    code: "foreign", message: "\(ledger.foreign) frames of others came in on the receiving end",
                    remedy: "they are not counted as received; silence their senders for a clean measurement")
        ]
    }

    private var machine: [Warning?] {
        let stolen = evidence.cpus.map(\.steal).max() ?? 0
        let misplaced = result.workers.filter { worker in worker.ringNode.map { $0 != worker.node } ?? false }
        return [
            abs(evidence.clockStepNanoseconds) <= 1000
                ? nil
                : Warning(
                    code: "clock-step",
                    message: "the wall clock was stepped by \(evidence.clockStepNanoseconds) ns during the trial, so latency is wrong",
                    remedy: "keep time daemons from stepping the clock (slewing is fine) while a trial runs", voidsResult: true),
            stolen < 0.02
                ? nil
                : Warning(
                    code: "steal", message: "the hypervisor took up to \(Int((stolen * 100).rounded())) % of a CPU away",
                    remedy: "repeat on a quieter host, or compare only within one interleaved run"),
            misplaced.isEmpty
                ? nil
                : Warning(
                    code: "ring-on-other-node",
                    message: "\(misplaced.count) workers have their ring on another NUMA node than their CPU",
                    remedy: "free memory on that node, or choose other CPUs with --cpus")
        ]
    }
}
