import Metrics
import XDP

/// All that a receiver counted in a phase, whether threads of ours did or a program in the kernel.
package struct Arrivals {
    /// Distinct frames that came as they left.
    package var receivedFrames: UInt64 = 0
    /// Of these, those that carried a time; nil for all.
    package var timedFrames: UInt64?
    /// Distinct frames with another length or payload than they left with.
    package var alteredFrames: UInt64 = 0
    package var duplicates: UInt64 = 0
    package var reordered: UInt64 = 0
    package var beyondWindow: UInt64 = 0
    package var foreignFrames: UInt64 = 0
    /// Of the foreign frames, those of another vethmark.
    package var otherRunFrames: UInt64 = 0
    package var staleFrames: UInt64 = 0
    package var taggedFrames: UInt64 = 0
    package var untaggedFrames: UInt64 = 0
    package var mergedFrames: UInt64 = 0
    package var unreadableMerges: UInt64 = 0
    package var earlyStamps: UInt64 = 0
    /// Of distinct frames, without FCS.
    package var bytes: UInt64 = 0
    /// The same frames by their length without FCS.
    package var sizes: [Int: UInt64] = [:]
    /// For each transmit worker, one more than the highest sequence number seen; may be shorter than their number.
    package var expected: [UInt64] = []
    /// Nil where sockets count, for which it doesn't matter.
    package var queueChanges: UInt64?
    package var ringPackets: UInt64 = 0
    package var malformedBatches: UInt64 = 0
    /// 0 if none came.
    package var firstNanoseconds: UInt64 = 0
    package var lastNanoseconds: UInt64 = 0
    package var path = LatencyDistribution()
    package var unbatched = LatencyDistribution()
    package var response = LatencyDistribution()
    /// Nil where nobody measured them.
    package var gaps: GapDistributions?
    /// Empty where there is only one.
    package var streams: [StreamArrivals] = []
}

extension Arrivals {
    /// The books of threads, added up.
    package init(_ workers: [ReceiveWorker.Outcome]) {
        for worker in workers {
            receivedFrames += worker.receivedFrames
            alteredFrames += worker.alteredFrames
            duplicates += worker.sequences.duplicates
            reordered += worker.sequences.reordered
            beyondWindow += worker.sequences.beyondWindow
            foreignFrames += worker.foreignFrames
            otherRunFrames += worker.otherRunFrames
            staleFrames += worker.staleFrames
            taggedFrames += worker.taggedFrames
            untaggedFrames += worker.untaggedFrames
            mergedFrames += worker.mergedFrames
            unreadableMerges += worker.unreadableMerges
            earlyStamps += worker.earlyStamps
            ringPackets += worker.ringPackets
            malformedBatches += worker.malformedBatches
            sizes.merge(worker.sizes, uniquingKeysWith: +)
        }
        bytes = sizes.reduce(0) { $0 + UInt64($1.key) * $1.value }
        expected = (0..<(workers.map(\.expected.count).max() ?? 0)).map { stream in
            workers.map { stream < $0.expected.count ? $0.expected[stream] : 0 }.max() ?? 0
        }
        firstNanoseconds = workers.map(\.firstNanoseconds).filter { $0 > 0 }.min() ?? 0
        lastNanoseconds = workers.map(\.lastNanoseconds).max() ?? 0
        path = .merging(workers.map(\.path))
        unbatched = .merging(workers.map(\.unbatched))
        response = .merging(workers.map(\.response))
        gaps = .merging(workers.map(\.gaps))
        streams = (workers.first?.streams ?? []).indices.map { stream in .merging(workers.map { $0.streams[stream] }) }
    }

    /// The book of a counting program. It knows no planned times, and which frames went alone it doesn't tell.
    package init(_ report: CounterReport) {
        let sequence = report.sequence
        alteredFrames = report.workers.reduce(0) { $0 + $1.alteredFrames }
        receivedFrames = sequence.received - alteredFrames
        duplicates = sequence.duplicates
        reordered = sequence.reordered
        beyondWindow = sequence.beyondWindow
        foreignFrames = report.foreignFrames
        otherRunFrames = report.otherRunFrames
        staleFrames = report.staleFrames
        queueChanges = 0
        for worker in report.workers {
            taggedFrames += worker.taggedFrames
            untaggedFrames += worker.untaggedFrames
            bytes += worker.receivedBytes
            queueChanges = (queueChanges ?? 0) + worker.queueChanges
            sizes.merge(worker.sizes, uniquingKeysWith: +)
        }
        expected = report.workers.map(\.sequence.expected)
        firstNanoseconds = report.workers.map(\.firstNanoseconds).filter { $0 > 0 }.min() ?? 0
        lastNanoseconds = report.workers.map(\.lastNanoseconds).max() ?? 0
        path = report.latency
    }
}
