import Frames
import Kernel
import Links
import Metrics
import XDP

/// Turns what the workers counted and what the kernel counted into one closed book.
struct Settlement {
    let trial: Trial
    let window: Trial.Window
    let transmit: [TransmitWorker.Outcome]
    let receive: [ReceiveWorker.Outcome]
    /// What the `xdp` receiver counted.
    let counter: CounterReport?
    let before: CounterSnapshot
    /// Nil if an end of the link was gone by then.
    let after: CounterSnapshot?

    func settle() -> (result: TrialResult, warnings: [Warning]) {
        let evidence = self.evidence
        let ledger = self.ledger(evidence)
        let rates = self.rates(ledger)
        let reason = self.reason
        var result = TrialResult(
            index: trial.index, startedAtNanoseconds: window.startNanoseconds, engine: trial.plan.transmit.engine,
            receiver: trial.plan.receive.receiver, endedBecause: reason, ledger: ledger, rates: rates,
            latency: latency, workers: transmit.map(\.result) + receive.map(\.result), intervals: window.intervals,
            evidence: evidence, trusted: false)
        let warnings = TrialWarnings(
            plan: trial.plan, result: result, event: window.event, isDirect: trial.link?.isDirect ?? true,
            malformedBatches: receive.reduce(0) { $0 + $1.malformedBatches },
            transmitLink: trial.link?.transmit.link
        ).all
        result.trusted = ledger.isClosed && !warnings.contains { $0.voidsResult }
        return (result, warnings)
    }

    private var reason: TrialResult.EndReason {
        guard let failure = transmit.map(\.failure).first(where: { $0 != 0 }) else { return window.reason }
        let words = SystemError(call: "send", number: failure).description
        trial.log.debug("a transmit worker was stopped by \(words)")
        let gone = [ErrorNumber.networkDown, ErrorNumber.noSuchDevice, ErrorNumber.noSuchAddress]
        return gone.contains(failure) ? .linkLost : .workerFailed
    }

    // MARK: the ledger

    private func ledger(_ evidence: Evidence) -> Ledger {
        var ledger = Ledger()
        for worker in transmit {
            ledger.offered += worker.offeredFrames
            ledger.notOffered += worker.notOfferedFrames
            ledger.refused += worker.refusedFrames
            ledger.sent += worker.sentFrames
        }
        for worker in receive {
            ledger.received += worker.result.frames
            ledger.duplicates += worker.sequences.duplicates
            ledger.reordered += worker.sequences.reordered
            ledger.foreign += worker.foreignFrames
        }
        if let counter {
            ledger.received += counter.sequence.received
            ledger.duplicates += counter.sequence.duplicates
            ledger.reordered += counter.sequence.reordered
            ledger.foreign += counter.foreignFrames
        }
        guard let link = trial.link else {
            // The null port is its own receiver: what it completed is what it counted.
            ledger.received = ledger.sent
            return ledger
        }
        if trial.plan.receive.receiver == .none {
            // Nobody of ours listened: what the link didn't drop is for somebody else to count.
            ledger.linkDropped = min(ledger.sent, dropsOnThePair(evidence))
            ledger.received = ledger.sent - ledger.linkDropped
            return ledger
        }
        let lost = ledger.lost
        if link.isDirect {
            ledger.linkDropped = min(lost, dropsOnThePair(evidence))
            ledger.receiverDropped = min(lost - ledger.linkDropped, evidence.ringDrops)
        } else {
            // Between the ends stands something whose counters we can't read: the path itself is
            // what is measured, and what neither arrived nor found the ring full was lost on it.
            ledger.receiverDropped = min(lost, evidence.ringDrops)
            ledger.linkDropped = lost - ledger.receiverDropped
        }
        return ledger
    }

    /// Frames that a direct pair dropped for good, from counters that each move once for a frame.
    ///
    /// `tx_dropped` of the sending veth counts every try, and a try that ended with ENOBUFS left the
    /// frame in its slot (Linux 6.6 and later): those are taken off. XDP verdicts on the receiving end
    /// are in its own statistics only.
    private func dropsOnThePair(_ evidence: Evidence) -> UInt64 {
        let tries = evidence.transmitLink.txDropped
        let dropped = tries > evidence.retries ? tries - evidence.retries : 0
        let verdicts = evidence.ethtool.reduce(UInt64(0)) { sum, counter in
            let name = counter.key
            // Our own program drops what it has counted, and what an AF_XDP socket had no room for is in the socket's own counters.
            if name.hasSuffix("_xdp_drops"), self.counter != nil { return sum }
            if name.hasSuffix("_drops"), trial.plan.receive.receiver == .afXDP { return sum }
            let isVerdict = name.hasPrefix("rx/") && (name.hasSuffix("_xdp_drops") || name.hasSuffix("_drops"))
            return isVerdict ? sum &+ counter.value : sum
        }
        return dropped &+ verdicts
    }

    // MARK: rates and latency

    private func rates(_ ledger: Ledger) -> TrialResult.Rates {
        // Before its first frame a call of the xdp engine makes a page pool: no time of sending.
        let start = transmit.compactMap(\.firstNanoseconds).min() ?? window.startNanoseconds
        let lastCall = transmit.map(\.lastNanoseconds).max() ?? window.startNanoseconds
        // A paced window lasts as long as it was planned: the last frame is due before its end.
        let planned = window.reason == .duration ? trial.plan.load.durationNanoseconds ?? 0 : 0
        let sending = max(lastCall > start ? lastCall - start : 0, planned, 1)
        let lastArrival = max(receive.map(\.lastNanoseconds).max() ?? 0, counter?.workers.map(\.lastNanoseconds).max() ?? 0)
        let receiving = max(lastArrival > start ? lastArrival - start : 0, sending)
        let size = FrameSchedule.meanSizeBytes(of: trial.templates)
        let txPps = Double(ledger.sent) / Double(sending) * 1e9
        let rxPps = Double(ledger.received) / Double(receiving) * 1e9
        return TrialResult.Rates(
            txPps: txPps, rxPps: rxPps, txL2Bps: txPps * size * 8, rxL2Bps: rxPps * size * 8,
            rxL1Bps: rxPps * (size + Double(EthernetWire.overheadBytes)) * 8, durationNanoseconds: sending,
            receiveDurationNanoseconds: receiving)
    }

    private var latency: TrialResult.Latency {
        let path = counter?.latency ?? LatencyDistribution.merging(receive.map(\.path))
        let response = LatencyDistribution.merging(receive.map(\.response))
        let isPaced = trial.plan.load.packetRate != nil
        return TrialResult.Latency(
            path: path.summary,
            unbatched: LatencyDistribution.merging(receive.map(\.unbatched)).summary,
            response: isPaced ? response.summary : .notMeasured,
            sendLag: isPaced ? LatencyDistribution.merging(transmit.map(\.lag)).summary : .notMeasured,
            pathHistogram: path.bars, responseHistogram: isPaced ? response.bars : [])
    }

    // MARK: the evidence

    private var evidence: Evidence {
        var evidence = Evidence()
        evidence.ringPackets = receive.reduce(0) { $0 + $1.ringPackets }
        evidence.ringDrops = receive.reduce(0) { $0 + $1.result.ringDrops }
        evidence.retries = transmit.reduce(0) { $0 + $1.result.retries }
        evidence.staleFrames = receive.reduce(0) { $0 + $1.staleFrames }
        evidence.beyondWindow = receive.reduce(0) { $0 + $1.sequences.beyondWindow } + (counter?.sequence.beyondWindow ?? 0)
        evidence.staleFrames += counter?.staleFrames ?? 0
        evidence.queueChanges = counter.map { $0.workers.reduce(0) { $0 + $1.queueChanges } }
        evidence.residentBytes = MachineFacts.residentPeakBytes
        let calls = transmit.reduce(0) { $0 + $1.result.systemCalls }
        let time = transmit.reduce(0) { $0 + $1.callNanoseconds }
        evidence.meanCallNanoseconds = calls > 0 ? Double(time) / Double(calls) : 0
        guard let after else { return evidence }
        if let a = before.transmit, let b = after.transmit {
            evidence.transmitLink = b.counters - a.counters
            evidence.carrierChanges += UInt64(b.carrierChanges &- a.carrierChanges)
        }
        if let a = before.receive, let b = after.receive {
            evidence.receiveLink = b.counters - a.counters
            evidence.carrierChanges += UInt64(b.carrierChanges &- a.carrierChanges)
        }
        evidence.ethtool = moved("tx/", before.transmitEthtool, after.transmitEthtool)
            .merging(moved("rx/", before.receiveEthtool, after.receiveEthtool)) { first, _ in first }
        evidence.cpus = CPUEvidence.differences(from: before.kernel, to: after.kernel)
        evidence.clockStepNanoseconds = after.realtimeOffsetNanoseconds - before.realtimeOffsetNanoseconds
        return evidence
    }

    /// Counters that changed; `peer_ifindex` is no counter and never does.
    private func moved(_ prefix: String, _ before: [String: UInt64], _ after: [String: UInt64]) -> [String: UInt64] {
        var moved: [String: UInt64] = [:]
        for (name, value) in after {
            let difference = value &- (before[name] ?? 0)
            if difference != 0 { moved[prefix + name] = difference }
        }
        return moved
    }
}
