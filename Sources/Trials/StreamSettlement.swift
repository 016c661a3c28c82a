import Engines
import Frames
import Metrics
import Plans
import Results
import Traffic

/// Each stream's part of the book: what was sent of it follows from the schedule's order, what came was counted frame by frame.
struct StreamSettlement {
    let plan: TrialPlan
    /// Sent frames by stream and length.
    let kinds: [FrameKind: UInt64]
    /// Empty if nobody of ours counted.
    let arrivals: [StreamArrivals]
    /// Of each worker, its streams' departures; empty where streams keep no paces of their own.
    let departures: [[StreamDepartures]]
    let rates: TrialResult.Rates

    var results: [StreamResult] {
        plan.mix.streams.enumerated().map { number, stream in
            let own = kinds.filter { $0.key.stream == number }
            let sent = own.values.reduce(0, +)
            let sentBytes = own.reduce(0) { $0 + UInt64($1.key.byteCount + EthernetWire.fcsBytes) * $1.value }
            var result = StreamResult(
                name: stream.name, share: stream.share, ledger: .init(sent: sent),
                rates: .init(
                    txPps: perSecond(sent, rates.durationNanoseconds), txL2Bps: perSecond(sentBytes * 8, rates.durationNanoseconds)))
            result.pacing = pacing(number)
            guard number < arrivals.count else { return result }
            let came = arrivals[number]
            let arrived = came.receivedFrames + came.alteredFrames
            result.ledger.received = came.receivedFrames
            result.ledger.altered = came.alteredFrames
            let lost = sent > arrived ? sent - arrived : 0
            result.ledger.lost = lost
            result.ledger.lossRatio = sent == 0 ? 0 : Double(lost) / Double(sent)
            result.ledger.duplicates = came.duplicates
            result.ledger.reordered = came.reordered
            result.rates.rxPps = perSecond(arrived, rates.receiveDurationNanoseconds)
            result.rates.rxL2Bps = perSecond(
                (came.bytes + UInt64(EthernetWire.fcsBytes) * arrived) * 8, rates.receiveDurationNanoseconds)
            result.latency = .init(path: came.path.summary)
            return result
        }
    }

    private func pacing(_ number: Int) -> PacingResult? {
        let own = departures.compactMap { number < $0.count ? $0[number] : nil }
        guard !own.isEmpty else { return nil }
        return PacingResult(
            burstGapNanoseconds: plan.burstGapNanoseconds(ofStream: number), departures: .merging(own.map(\.gaps)),
            arrivals: (number < arrivals.count ? arrivals[number].gaps : nil) ?? GapDistributions(),
            lag: LatencyDistribution.merging(own.map(\.lag)).summary)
    }

    /// More of a stream came than was sent: then a slot didn't leave in its turn, and streams can't be told apart by the schedule. All streams
    /// together are counted otherwise.
    static func warning(_ results: [StreamResult]) -> Warning? {
        func came(_ book: StreamResult.Book) -> UInt64 { (book.received ?? 0) + (book.altered ?? 0) }
        guard let stream = results.first(where: { came($0.ledger) > $0.ledger.sent }) else { return nil }
        return Warning(
            code: "streams-uncertain",
            message: "\(came(stream.ledger)) frames of stream \(stream.name) came and \(stream.ledger.sent) were sent by the schedule: "
                + "what each stream lost is not certain",
            remedy: "the totals hold; look at refused frames and retries", voidsResult: true)
    }

    private func perSecond(_ count: UInt64, _ nanoseconds: UInt64) -> Double {
        nanoseconds == 0 ? 0 : Double(count) / Double(nanoseconds) * 1e9
    }
}
