import Engines
import Frames
import Kernel
import Links
import Metrics
import Plans
import Results
import Traffic

/// Turns what the workers counted and what the kernel counted into one closed book.
struct Settlement {
    let trial: Trial
    let window: Trial.Window
    let transmit: [TransmitWorker.Outcome]
    let receive: [WorkerResult]
    /// Nil if nobody of ours counted.
    let arrivals: Arrivals?
    /// What another host, which received, said of the window besides.
    var elsewhere: ReceiverOutcome?
    let before: CounterSnapshot
    /// Nil if an end of the link was gone by then.
    let after: CounterSnapshot?

    func settle() -> (result: TrialResult, warnings: [Warning]) {
        var evidence = self.evidence
        let ledger = LossAttribution(
            counts: counts, drops: drops(evidence), isDirect: trial.link?.isDirect ?? true, drain: window.drain
        ).ledger(noting: &evidence)
        var result = TrialResult(
            index: trial.index, startedAtNanoseconds: window.startNanoseconds, engine: trial.plan.transmit.engine,
            receiver: trial.plan.receive.receiver, endedBecause: reason, ledger: ledger, rates: rates(ledger),
            latency: latency, pacing: pacing, sizes: sizes(ledger), workers: workers, intervals: window.intervals.lines,
            evidence: evidence, warmupFrames: trial.warmupFrames, trusted: false)
        result.reordering = arrivals?.reordering.flatMap {
            ReorderingResult($0, arrivals?.density, received: ledger.received + ledger.altered)
        }
        result.superframes = SuperframeResult(
            plan: trial.plan, ledger: ledger, rates: result.rates, receivedSegments: arrivals?.counts.receivedSegments ?? 0,
            receivedBytes: arrivals?.bytes ?? 0)
        if trial.plan.mix.isSeveral {
            result.streams =
                StreamSettlement(
                    plan: trial.plan, kinds: sentKinds, arrivals: arrivals?.streams ?? [], departures: transmit.map(\.streams),
                    rates: result.rates
                ).results
        }
        let warnings = TrialWarnings(
            plan: trial.plan, result: result, event: window.event, isDirect: trial.link?.isDirect ?? true,
            malformedBatches: arrivals?.malformedBatches ?? 0,
            transmitLink: trial.link?.transmit.link, isTimed: trial.isTimed, followsFile: trial.replay != nil,
            isUntold: arrivals?.isPartial ?? false
        ).all
        result.trusted = ledger.isClosed && !warnings.contains { $0.voidsResult }
        return (result, warnings)
    }

    /// Nil as well if the receiving host was lost before it told its book.
    private var told: Arrivals? { arrivals.flatMap { $0.isPartial ? nil : $0 } }

    private var workers: [WorkerResult] {
        transmit.map { outcome in
            var result = outcome.result
            result.sleptNanoseconds = outcome.sleptNanoseconds
            if !trial.isTimed { result.idleNanoseconds = idleNanoseconds(outcome) }
            return result
        } + receive
    }

    /// Every worker has the whole window for its share: a figure of several is that of fewer for as long as one of them doesn't send. Whoever has sent
    /// all of a count is done.
    private func idleNanoseconds(_ worker: TransmitWorker.Outcome) -> UInt64 {
        let (start, end) = sendingNanoseconds
        let share = WorkerShare(workerIndex: worker.result.index, workerCount: trial.plan.transmit.workers)
        // Of a count smaller than the number of workers some have no share.
        if let count = trial.plan.load.frameCount, share.frames(ofTotal: count) == 0 { return 0 }
        if worker.sentFrames == 0 { return end - start }
        let first = worker.firstNanoseconds ?? start
        let after = window.reason == .duration && end > worker.lastNanoseconds ? end - worker.lastNanoseconds : 0
        return min(end - start, (first > start ? first - start : 0) + after)
    }

    /// From the first frame of any worker to the end of the last call.
    private var sendingNanoseconds: (start: UInt64, end: UInt64) {
        // Before its first frame a call of the xdp engine makes a page pool: no time of sending.
        let start = transmit.compactMap(\.firstNanoseconds).min() ?? window.startNanoseconds
        return (start, max(start, transmit.map(\.lastNanoseconds).max() ?? start))
    }

    private var reason: TrialResult.EndReason {
        guard let failure = transmit.map(\.failure).first(where: { $0 != 0 }) else { return window.reason }
        let words = SystemError(call: "send", number: failure).description
        trial.log.debug("a transmit worker was stopped by \(words)")
        let gone = [ErrorNumber.networkDown, ErrorNumber.noSuchDevice, ErrorNumber.noSuchAddress]
        return gone.contains(failure) ? .linkLost : .workerFailed
    }

    // MARK: the ledger

    /// What both sides counted, before anybody asks where the rest is.
    private var counts: LossAttribution.Counts {
        var counts = LossAttribution.Counts()
        for worker in transmit {
            counts.ledger.offered += worker.offeredFrames
            counts.ledger.notOffered += worker.notOfferedFrames
            counts.ledger.refused += worker.refusedFrames
            counts.ledger.sent += worker.sentFrames
        }
        if let arrivals {
            counts.ledger.received = arrivals.counts.receivedFrames
            counts.ledger.altered = arrivals.counts.alteredFrames
            counts.ledger.duplicates = arrivals.duplicates
            counts.ledger.reordered = arrivals.reordered
            counts.ledger.foreign = arrivals.counts.foreignFrames
        }
        // Where frames go nowhere, what was completed is what came.
        if trial.receiveKind.abilities.counting == .bySender { counts.ledger.received = counts.ledger.sent }
        counts.behindTheLastFrames = framesBehindTheLast
        return counts
    }

    /// Sent frames with higher sequence numbers than any that came: only those can still be on their way.
    private var framesBehindTheLast: UInt64 {
        transmit.indices.reduce(0) { sum, worker in
            let seen = arrivals?.expected ?? []
            let expected = worker < seen.count ? seen[worker] : 0
            let sent = transmit[worker].sentFrames
            return sum + (sent > expected ? sent - expected : 0)
        }
    }

    /// What the kernel counted as dropped, each frame once.
    ///
    /// `tx_dropped` of the sending veth counts every try, and a try that ended with ENOBUFS left the
    /// frame in its slot (Linux 6.6 and later): those are taken off. XDP verdicts on the receiving end
    /// are in its own statistics only, and so are drops of the backlog behind its NAPI.
    private func drops(_ evidence: Evidence) -> LossAttribution.Drops {
        let tries = evidence.transmitLink.txDropped
        let refused = tries > evidence.retries ? tries - evidence.retries : 0
        let receiver = trial.receiveKind
        let verdicts = evidence.ethtool.reduce(UInt64(0)) { receiver.isLinkDrop(counter: $1.key) ? $0 &+ $1.value : $0 }
        var drops = LossAttribution.Drops(
            onTheLink: refused &+ verdicts &+ (evidence.backlogDropsBehindNAPI ?? 0), byTheReceiver: evidence.ringDrops)
        drops.isUntold = arrivals?.isPartial ?? false
        if receiver.abilities.counting == .byTheLink {
            drops.isUncounted = true
            // The veth's own count of what it delivered: what a qdisc threw away before it is in no drop counter of the link.
            drops.deliveredByTheLink = evidence.transmitLink.txPackets
        }
        return drops
    }

    // MARK: rates and latency

    private func sizes(_ ledger: Ledger) -> [SizeResult] {
        let sent = sentKinds.reduce(into: [Int: UInt64]()) { $0[$1.key.byteCount, default: 0] += $1.value }
        let received = told?.sizes
        let all = Set(sent.keys).union((received ?? [:]).keys)
        return all.sorted().map { size in
            SizeResult(
                sizeBytes: size + trial.plan.fcsBytes, sent: sent[size] ?? 0, received: received.map { $0[size] ?? 0 })
        }
    }

    /// Frames leave in the schedule's order, so what each worker sent is as many rounds of it, and a part of one.
    private var sentKinds: [FrameKind: UInt64] {
        transmit.reduce(into: [:]) { all, worker in all.merge(worker.kinds, uniquingKeysWith: +) }
    }

    private func rates(_ ledger: Ledger) -> TrialResult.Rates {
        let (start, lastCall) = sendingNanoseconds
        // A paced window lasts as long as it was planned: the last frame is due before its end.
        let isPaced = trial.plan.load.packetRate != nil
        let planned = isPaced && window.reason == .duration ? trial.plan.load.durationNanoseconds ?? 0 : 0
        let sending = max(lastCall - start, planned)
        let firstArrival = arrivals?.firstNanoseconds ?? 0
        let lastArrival = arrivals?.lastNanoseconds ?? 0
        // From arrival to arrival: what the path holds back each frame for is not the time in which they come.
        let receiving = max(lastArrival > firstArrival ? lastArrival - firstArrival : 0, sending)
        func rate(_ count: UInt64, _ nanoseconds: UInt64) -> Double { nanoseconds == 0 ? 0 : Double(count) / Double(nanoseconds) * 1e9 }
        let arrived = ledger.received + ledger.altered
        let sentBytes = transmit.reduce(0) { $0 + $1.sentBytes }
        // Superframes are on no wire.
        let fcs = UInt64(trial.plan.fcsBytes)
        let overhead = trial.plan.sendsSuperframes ? 0 : UInt64(EthernetWire.overheadBytes)
        // Where nobody of ours looked, what arrived is of the sizes that were sent.
        let arrivedBytes =
            told?.bytes ?? (ledger.sent == 0 ? 0 : UInt64((Double(sentBytes) * Double(arrived) / Double(ledger.sent)).rounded()))
        let rxL2Bytes = arrivedBytes + fcs * arrived
        return TrialResult.Rates(
            txPps: rate(ledger.sent, sending), rxPps: rate(arrived, receiving), txL2Bps: rate(sentBytes + fcs * ledger.sent, sending) * 8,
            rxL2Bps: rate(rxL2Bytes, receiving) * 8,
            rxL1Bps: rate(rxL2Bytes + overhead * arrived, receiving) * 8, durationNanoseconds: sending,
            receiveDurationNanoseconds: receiving)
    }

    private var latency: TrialResult.Latency {
        var latency = measuredLatency
        guard let clock = elsewhere?.clock else { return latency }
        latency.clockOffset = clock
        guard let median = latency.path.p50, !clock.suffices(forNanoseconds: median) else { return latency }
        // Nobody knows what they were.
        (latency.of, latency.negative, latency.overflow) = (nil, nil, nil)
        (latency.path, latency.unbatched, latency.response) = (.notMeasured, .notMeasured, .notMeasured)
        (latency.pathHistogram, latency.responseHistogram, latency.pathOverTime) = ([], [], nil)
        return latency
    }

    private var measuredLatency: TrialResult.Latency {
        let path = arrivals?.path ?? LatencyDistribution()
        let response = arrivals?.response ?? LatencyDistribution()
        let isPaced = trial.isTimed
        let isMeasured = told != nil
        return TrialResult.Latency(
            of: !isMeasured ? nil : arrivals.map { ($0.timedFrames ?? counts.ledger.received) - $0.counts.untimedFrames },
            clock: isMeasured ? receiveClock : nil,
            negative: isMeasured ? path.negative : nil, overflow: isMeasured ? path.overflow : nil,
            path: path.summary,
            unbatched: (arrivals?.unbatched ?? LatencyDistribution()).summary,
            response: isPaced ? response.summary : .notMeasured,
            sendLag: isPaced ? LatencyDistribution.merging(transmit.map(\.lag)).summary : .notMeasured,
            pathHistogram: path.bars, responseHistogram: isPaced ? response.bars : [], pathOverTime: arrivals?.intervals?.overTime)
    }

    private var pacing: PacingResult? {
        PacingResult(
            plan: trial.plan, departures: .merging(transmit.compactMap(\.departures)), arrivals: arrivals?.gaps ?? GapDistributions(),
            lag: LatencyDistribution.merging(transmit.map(\.lag)).summary)
    }

    private var receiveClock: ReceiveClock {
        guard trial.receiveKind.abilities.hasSocketClock else { return .program }
        let early = arrivals?.counts.earlyStamps ?? 0
        guard early > 0 else { return .socket }
        return early == (arrivals?.timedFrames ?? counts.ledger.received) + counts.ledger.altered ? .early : .mixed
    }

    // MARK: the evidence

    private var evidence: Evidence {
        var evidence = Evidence()
        evidence.ringPackets = arrivals?.ringPackets ?? 0
        evidence.ringDrops = receive.reduce(0) { $0 + $1.ringDrops }
        evidence.retries = transmit.reduce(0) { $0 + $1.result.retries }
        evidence.staleFrames = arrivals?.counts.staleFrames ?? 0
        evidence.beyondWindow = arrivals?.beyondWindow ?? 0
        evidence.queueChanges = arrivals?.queueChanges
        evidence.residentBytes = MachineFacts.residentPeakBytes
        let means = transmit.compactMap(\.meanCallNanoseconds)
        evidence.meanCallNanoseconds = means.isEmpty ? 0 : means.reduce(0, +) / Double(means.count)
        addArrivals(to: &evidence)
        addTime(to: &evidence)
        if let after { addCounters(after, to: &evidence) }
        if let elsewhere { add(elsewhere, to: &evidence) }
        return evidence
    }

    /// What came, and how.
    private func addArrivals(to evidence: inout Evidence) {
        guard let arrivals else { return }
        evidence.otherRunFrames = arrivals.counts.otherRunFrames
        evidence.taggedFrames = arrivals.counts.taggedFrames
        evidence.untaggedFrames = arrivals.counts.untaggedFrames
        evidence.mergedFrames = arrivals.counts.mergedFrames
        evidence.unreadableMerges = arrivals.counts.unreadableMerges
        evidence.earlyStamps = arrivals.counts.earlyStamps
    }

    /// The other host's half of the counters.
    private func add(_ other: ReceiverOutcome, to evidence: inout Evidence) {
        evidence.receiveLink = other.link
        evidence.carrierChanges += other.carrierChanges
        evidence.ethtool.merge(other.ethtool) { here, _ in here }
        evidence.receiveHost = other.host
    }

    /// Whether the window went on as it should.
    private func addTime(to evidence: inout Evidence) {
        evidence.clockStepNanoseconds = trial.clockStepNanoseconds
        evidence.clockTimesSet = trial.clockTimesSet
        evidence.longestPauseNanoseconds = window.pauses.longestNanoseconds
        evidence.awayNanoseconds = window.pauses.awayNanoseconds
        evidence.drainGaveUp = window.drain == .gaveUp
        evidence.neighbours = trial.neighbours.map(\.processIdentifier)
        evidence.coreDistance = trial.cores.evidence
    }

    private func addCounters(_ after: CounterSnapshot, to evidence: inout Evidence) {
        if let a = before.transmit, let b = after.transmit {
            evidence.transmitLink = b.counters - a.counters
            evidence.carrierChanges += UInt64(b.carrierChanges &- a.carrierChanges)
        }
        if let a = before.receive, let b = after.receive {
            evidence.receiveLink = b.counters - a.counters
            evidence.carrierChanges += UInt64(b.carrierChanges &- a.carrierChanges)
        }
        evidence.ethtool = CounterSnapshot.moved("tx/", before.transmitEthtool, after.transmitEthtool)
            .merging(CounterSnapshot.moved("rx/", before.receiveEthtool, after.receiveEthtool)) { first, _ in first }
        evidence.cpus = CPUEvidence.differences(from: before.kernel, to: after.kernel)
        evidence.throttledNanoseconds = after.throttledNanoseconds &- min(before.throttledNanoseconds, after.throttledNanoseconds)
        evidence.backlogDropsBehindNAPI = backlogDropsBehindNAPI(evidence)
    }

    /// In veth's default mode a full backlog is the sender's `tx_dropped`. Behind NAPI (live frames, GRO, programs) frames come to a
    /// backlog only by RPS, and `enqueue_to_backlog` then counts them in `rx_dropped` of the receiving end alone, together
    /// with what `veth_get_stats64` adds there: conversions that failed, and live frames that found the ring full; and with frames too large
    /// for that end (`__dev_forward_skb`), which the sender's `tx_dropped` holds already. The backlogs' own count (`softnet_stat`) holds none
    /// of those, but drops of the whole machine.
    private func backlogDropsBehindNAPI(_ evidence: Evidence) -> UInt64 {
        func sum(_ prefix: String, _ suffix: String) -> UInt64 {
            evidence.ethtool.reduce(0) { $1.key.hasPrefix(prefix) && $1.key.hasSuffix(suffix) ? $0 &+ $1.value : $0 }
        }
        guard sum("rx/rx_queue_", "_xdp_packets") > 0 else { return 0 }
        let others = sum("rx/rx_queue_", "_drops") &- sum("rx/rx_queue_", "_xdp_drops") &+ sum("tx/tx_queue_", "_xdp_xmit_errors")
        let backlogs = evidence.cpus.reduce(0) { $0 &+ $1.backlogDropped }
        return evidence.receiveLink.rxDropped > others ? min(evidence.receiveLink.rxDropped - others, backlogs) : 0
    }
}
