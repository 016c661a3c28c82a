import Links
import Metrics
import Plans
import Results

/// What the reader of a trial's figures must know, found in its counters.
struct TrialWarnings {
    let plan: TrialPlan
    let result: TrialResult
    /// What the link watch saw.
    let event: String?
    let isDirect: Bool
    let malformedBatches: UInt64
    let transmitLink: Link?
    /// Whether each frame leaves at a time of its own; nil for as the plan says.
    var isTimed: Bool?
    /// Whether those times are a file's, which may leave any gap.
    var followsFile = false
    /// Whether the receiving host was lost before it told its book.
    var isUntold = false

    var all: [Warning] {
        let senders = SenderWarnings(plan: plan, result: result, isTimed: isTimed, hasGaps: followsFile).all
        return (book + arrivals + times + link + generator + senders + receiver + machine).compactMap { $0 }
    }

    private var ledger: Ledger { result.ledger }
    private var evidence: Evidence { result.evidence }

    private var book: [Warning?] {
        [
            lostPeer, openBook,
            ledger.sent > 0
                ? nil
                : Warning(
                    code: "nothing-measured",
                    message: result.endedBecause == .interrupted
                        ? "nothing was measured: it was interrupted before the first frame of its window"
                        : "nothing was measured: not one frame was sent in the window",
                    remedy: result.endedBecause == .interrupted
                        ? "interrupt it later, or use a shorter --warmup"
                        : "the ledger says where the offered frames are; look at the other warnings and at `vethmark link show`",
                    voidsResult: true),
            ledger.inFlightAtEnd == 0
                ? nil
                : Warning(
                    code: "in-flight",
                    message:
                        "\(FigureText.count(ledger.inFlightAtEnd, plan.pieceNoun)) may still have been on their way when the drain gave up waiting for them",
                    remedy: "they count neither as received nor as lost; wait longer before you interrupt, or shorten the path's queues"),
            ledger.sent > 0 && ledger.received + ledger.altered == 0 && !isUntold && plan.receive.receiver.abilities.needsLink
                ? Warning(
                    code: "nothing-received",
                    message:
                        "\(FigureText.count(ledger.sent, plan.pieceNoun)) \(ledger.sent == 1 ? "was" : "were") sent and none was received",
                    remedy: "check with `ethtool -S` and `ip -d link` that --rx is the other end of --tx", voidsResult: true)
                : nil,
            evidence.beyondWindow == 0
                ? nil
                : Warning(
                    code: "beyond-window",
                    message: """
                        \(FigureText.count(evidence.beyondWindow, plan.pieceNoun)) came more than \(FigureText.count(reorderWindowFrames)) frames late, \
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
                    code: "malformed-blocks",
                    message: "\(FigureText.count(malformedBatches, "block")) of the receive ring held impossible offsets",
                    remedy: "this is a fault of the kernel or of vethmark: please report it", voidsResult: true),
            plan.receive.receiver.abilities.counting == .byTheLink
                ? Warning(
                    code: "nobody-counted",
                    message: "no receiver of ours counted frames: received is what the link did not drop",
                    remedy: "use --receiver ring to have every frame counted and timed") : nil,
            ledger.duplicates == 0
                ? nil
                : Warning(
                    code: "duplicates", message: "\(FigureText.count(ledger.duplicates, plan.pieceNoun)) arrived more than once",
                    remedy: "look for a loop, a mirror or a relay on the path"),
            result.endedBecause == .interrupted
                ? Warning(
                    code: "interrupted", message: "the trial was interrupted before its time",
                    remedy: "let it run to the end to compare it with others") : nil
        ]
    }

    /// How far behind the highest sequence number the receiver can judge a frame.
    private var reorderWindowFrames: Int {
        plan.receive.receiver.side.reorderWindowFrames
    }

    /// Each received superframe has as many segments as it left with, or somebody cut or joined some.
    private var changedSuperframes: Warning? {
        guard let superframes = result.superframes, let segments = plan.transmit.segments else { return nil }
        let expected = ledger.received &* UInt64(segments)
        guard superframes.receivedSegments != expected else { return nil }
        return Warning(
            code: "superframes-changed",
            message: "the received superframes hold \(FigureText.count(superframes.receivedSegments, "segment")) and left with "
                + "\(FigureText.count(expected)): some were cut on the way",
            remedy:
                "have segmentation on along the path (`ethtool -k IF`: tx-udp-segmentation, tx-tcp-segmentation), or leave out --superframes",
            voidsResult: true)
    }

    private var lostPeer: Warning? {
        guard isUntold || result.endedBecause == .peerLost else { return nil }
        return Warning(
            code: "peer-lost",
            message: """
                the receiving host was lost\(event.map { " (\($0))" } ?? ""): \(FigureText.count(ledger.received, "frame")) \
                \(ledger.received == 1 ? "is" : "are") known to have come, and what was on its way or not yet told is in no row
                """,
            remedy: "look at what rank 1 printed last, and at the network between the hosts", voidsResult: true)
    }

    private var openBook: Warning? {
        guard !ledger.isClosed, !isUntold else { return nil }
        let surplus = evidence.surplusDrops ?? 0
        if surplus > 0 {
            return Warning(
                code: "residual",
                message:
                    "the kernel counted \(FigureText.count(surplus)) drops more than frames of ours are missing, so nobody can tell which of them were ours",
                remedy: "silence the others on this link: only on a quiet one do its drop counters speak of ours", voidsResult: true)
        }
        let shaper = transmitLink.flatMap { plan.transmit.qdiscBypass || $0.queueingDiscipline == "noqueue" ? nil : $0.queueingDiscipline }
        return Warning(
            code: "residual",
            message: """
                the book does not close: offered \(FigureText.count(ledger.offered)), not offered \(FigureText.count(ledger.notOffered)), refused \
                \(FigureText.count(ledger.refused)), sent \(FigureText.count(ledger.sent)), and \(FigureText.count(ledger.residual, plan.pieceNoun)) in no row
                """,
            remedy: shaper.map { "the queueing discipline \($0) on the sending end may have dropped them: `tc -s qdisc` tells" }
                ?? "look at the evidence counters for who else takes or makes frames on this link",
            voidsResult: true)
    }

    /// How frames came.
    private var arrivals: [Warning?] {
        let tagged = evidence.taggedFrames ?? 0
        let untagged = evidence.untaggedFrames ?? 0
        let merged = evidence.mergedFrames ?? 0
        let unreadable = evidence.unreadableMerges ?? 0
        let others = evidence.otherRunFrames ?? 0
        return [
            changedSuperframes,
            ledger.altered == 0
                ? nil
                : Warning(
                    code: "altered",
                    message:
                        "\(FigureText.count(ledger.altered, plan.pieceNoun)) came with another length or a damaged payload than they left with",
                    remedy: "look for what cuts or rewrites frames on the path", voidsResult: true),
            tagged + untagged == 0
                ? nil
                : Warning(
                    code: "tag-changed",
                    message: tagged > 0
                        ? "\(FigureText.count(tagged, plan.pieceNoun)) came with a VLAN tag more than they left with"
                        : "\(FigureText.count(untagged, plan.pieceNoun)) came with a VLAN tag less than they left with",
                    remedy: "they are counted as received; look at the bridge or switch on the path if that is not meant"),
            merged == 0
                ? nil
                : Warning(
                    code: "merged-frames",
                    message: unreadable == 0
                        ? "\(FigureText.count(merged, plan.pieceNoun)) came in that held several of ours, merged on the way (UDP GRO); those inside were counted"
                        : "\(FigureText.count(merged, plan.pieceNoun)) came in that held several of ours, merged on the way (UDP GRO), and \(unreadable) of them "
                            + "were not captured whole, so what they held counts as lost",
                    remedy: "switch merging off where it happens: ethtool -K IF rx-udp-gro-forwarding off rx-gro-list off, or gro off",
                    voidsResult: unreadable > 0),
            others == 0
                ? nil
                : Warning(
                    code: "another-vethmark", message: "another vethmark is on this link: \(others) frames of its run came in",
                    remedy: "they are not counted as received; run one at a time on a path")
        ]
    }

    /// Whether times can be relied on.
    private var times: [Warning?] {
        let stepped = evidence.clockStepNanoseconds
        let timesSet = evidence.clockTimesSet ?? 0
        return [
            abs(stepped) <= 1000 && timesSet == 0
                ? nil
                : Warning(
                    code: "clock-step",
                    message: abs(stepped) > 1000
                        ? "the wall clock was stepped by \(stepped) ns during the trial, so latency is wrong"
                        : "the wall clock was set \(timesSet == 1 ? "once" : "\(timesSet) times") during the trial, so latency may be wrong",
                    remedy: "keep time daemons from stepping the clock (slewing is fine) while a trial runs", voidsResult: true),
            missingLatency, unsureClock, otherClock,
            result.latency.clock == .mixed
                ? Warning(
                    code: "timestamps-mixed",
                    message:
                        "\(FigureText.count(evidence.earlyStamps ?? 0, plan.pieceNoun)) got their receive time before the socket and the rest in it: somebody on this "
                        + "machine asked for timestamps (SO_TIMESTAMP) for a part of the trial",
                    remedy: "stop what asks for them, such as ping or a time daemon, or use --receiver xdp", voidsResult: true) : nil,
            result.latency.clock == .early
                ? Warning(
                    code: "timestamps-early",
                    message: "receive times were taken before the socket (netif_rx), because somebody on this machine asks for timestamps "
                        + "(SO_TIMESTAMP): latency leaves out backlog and softirq",
                    remedy: "don't compare it with latency up to the socket; stop what asks for timestamps, such as ping or a time daemon")
                : nil
        ]
    }

    /// A clock that is wrong by more than half of what it measures says nothing.
    private var unsureClock: Warning? {
        guard let clock = result.latency.clockOffset, result.latency.path.count == 0, result.latency.of == nil, ledger.received > 0
        else { return nil }
        return Warning(
            code: "clock-unsure",
            message: """
                the clocks of the two hosts are known to \(FigureText.nanoseconds(clock.errorNanoseconds)) only, more than half of the median \
                latency, so there is no path latency
                """,
            remedy: "loss, order and rates hold; use a quieter control network, or hosts that PTP keeps together")
    }

    private var otherClock: Warning? {
        guard let host = evidence.receiveHost, abs(host.clockStepNanoseconds) > 1000 || host.clockTimesSet > 0 else { return nil }
        return Warning(
            code: "clock-step",
            message: "the wall clock of the receiving host was set during the trial, so latency may be wrong",
            remedy: "keep time daemons from stepping the clock (slewing is fine) while a trial runs", voidsResult: true)
    }

    private var missingLatency: Warning? {
        guard let carried = result.latency.of, result.latency.path.count != carried else { return nil }
        return Warning(
            code: "latency-incomplete",
            message:
                "\(FigureText.count(result.latency.path.count)) of \(FigureText.count(carried)) received frames have a latency; \(FigureText.count(result.latency.negative ?? 0)) seem to have come "
                + "before they were sent",
            remedy: "the clocks of both ends disagree: keep time daemons from stepping the clock, and don't mix time namespaces",
            voidsResult: true)
    }

    private var link: [Warning?] {
        [
            result.endedBecause == .linkLost
                ? Warning(
                    code: "link-lost", message: "the link was lost in mid-run (\(event ?? "the interface is gone or down"))",
                    remedy: "keep both ends up while a trial runs", voidsResult: true) : nil,
            evidence.carrierChanges > 0 && result.endedBecause != .linkLost
                ? Warning(
                    code: "carrier-changed",
                    message: "the carrier changed \(FigureText.count(evidence.carrierChanges, "time")) during the trial",
                    remedy: "keep both ends up while a trial runs", voidsResult: true) : nil,
            isDirect || plan.receive.receiver.abilities.counting == .byTheLink
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
        let isForced = plan.transmit.engine.abilities.queueingDiscipline == .never
        let passesBy = plan.transmit.qdiscBypass || isForced
        guard passesBy else {
            return Warning(
                code: "qdisc", message: "frames pass the queueing discipline \(transmitLink.queueingDiscipline) on their way out",
                remedy: "leave the qdisc bypass on, or remove it: tc qdisc del dev \(transmitLink.name) root")
        }
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
            plan.orderWarning, plan.sequenceWarning, plan.recordingWarning,
            StreamSettlement.warning(result.streams ?? []),
            result.endedBecause == .workerFailed
                ? Warning(
                    code: "transmit-failed", message: "a transmit worker was stopped by an error of the kernel",
                    remedy: "`-v` names the error; `vethmark probe` tells what works here", voidsResult: true) : nil,
            ledger.notOffered == 0
                ? nil
                : Warning(
                    code: "generator-behind",
                    message:
                        "\(FigureText.count(ledger.notOffered)) of \(FigureText.count(ledger.offered, plan.pieceNoun)) were not offered in time: the schedule ran ahead of the machine",
                    remedy: "use a lower --rate or more --threads"),
            ledger.refused == 0 || result.endedBecause == .linkLost
                ? nil
                : Warning(
                    code: "refused", message: "the kernel refused \(FigureText.count(ledger.refused, plan.pieceNoun))",
                    remedy: "look at the evidence counters"),
            evidence.retries * 100 > ledger.sent && evidence.retries > 100
                ? Warning(
                    code: "kernel-pushed-back",
                    message:
                        "the kernel dropped and gave back \(FigureText.count(evidence.retries, plan.pieceNoun)), each of which was sent again",
                    remedy: "the receiving side is the bottleneck: see the backlog drops, or raise net.core.netdev_max_backlog")
                : nil
        ]
    }

    private var receiver: [Warning?] {
        [
            ledger.receiverDropped == 0
                ? nil
                : Warning(
                    code: "receiver-drops",
                    message: "the receiver's ring had no room for \(FigureText.count(ledger.receiverDropped, plan.pieceNoun))",
                    remedy: "give the receiver a CPU of its own (--cpus), more --rx-threads or more --blocks"),
            ledger.linkDropped == 0
                ? nil
                : Warning(
                    code: "link-drops", message: "the link dropped \(FigureText.count(ledger.linkDropped, plan.pieceNoun))",
                    remedy: "the evidence says where: backlog drops call for a higher net.core.netdev_max_backlog or a lower --rate"),
            ledger.foreign == 0
                ? nil
                : Warning(
                    code: "foreign", message: "\(FigureText.count(ledger.foreign, "frame")) of others came in on the receiving end",
                    remedy: "they are not counted as received; silence their senders for a clean measurement")
        ]
    }

    private var machine: [Warning?] {
        let stolen = (evidence.cpus + (evidence.receiveHost?.cpus ?? [])).map(\.steal).max() ?? 0
        let misplaced = result.workers.filter { worker in worker.ringNode.map { $0 != worker.node } ?? false }
        return [
            stolen < 0.02
                ? nil
                : Warning(
                    code: "steal", message: "the hypervisor took up to \(Int((stolen * 100).rounded())) % of a CPU away",
                    remedy: "repeat on a quieter host, or compare only within one interleaved run"),
            misplaced.isEmpty
                ? nil
                : Warning(
                    code: "ring-on-other-node",
                    message:
                        "\(FigureText.count(misplaced.count, "worker")) \(misplaced.count == 1 ? "has its" : "have their") ring on another NUMA node than their CPU",
                    remedy: "free memory on that node, or choose other CPUs with --cpus")
        ]
    }
}

extension TrialPlan {
    /// What whoever asked for an engine by name must know of its TCP frames.
    var sequenceWarning: Warning? {
        guard !sendsSuperframes, let segments = transmit.segments,
            mix.streams.contains(where: { $0.frame.network != .raw && $0.frame.transport == .tcp })
        else {
            return nil
        }
        return Warning(
            code: "tcp-sequence-by-slot",
            message: """
                TCP sequence numbers are the kernel's: of up to \(segments) frames that are cut out of a slot each is a payload further, and PSH stands \
                in the last one only
                """,
            remedy: "use --engine ring, which sends TCP headers as the plan has them")
    }

    /// What of a stream's capture file is not sent.
    var recordingWarning: Warning? {
        let short = mix.streams.compactMap { stream in stream.replay.flatMap { $0.skipped.total > 0 ? (stream.name, $0) : nil } }
        guard !short.isEmpty else { return nil }
        let words = short.map { name, recording in
            "\(FigureText.count(UInt64(recording.skipped.total), "record")) of \(recording.path) in stream \(name) (\(recording.skipped.words))"
        }
        return Warning(
            code: "records-skipped", message: "not sent: \(words.joined(separator: "; "))",
            remedy: "this is for your information; `vethmark replay` sends frames without a signature too, and a larger --mtu larger ones")
    }

    /// What whoever asked for an engine by name must know of its order.
    var orderWarning: Warning? {
        guard let run = transmit.runFrames else { return nil }
        return Warning(
            code: "order-by-slot",
            message: """
                frames leave in runs of \(run) of a kind, for a slot of engine \(transmit.engine.rawValue) repeats one frame: shares are the \
                plan's over \(run * frame.cycle) frames of a worker, the order is not
                """,
            remedy: "use --engine ring, which sends the plan's frames in the plan's order, or a smaller --segments")
    }
}
