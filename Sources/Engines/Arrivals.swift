import Metrics
import XDP

/// All that a receiver counted in a phase, whether threads of ours did or a program in the kernel.
package struct Arrivals: Codable, Sendable {
    package var counts = ArrivalCounts()
    /// Of the received frames, those that carried a time; nil for all.
    package var timedFrames: UInt64?
    package var duplicates: UInt64 = 0
    package var reordered: UInt64 = 0
    /// Nil where nobody recorded how far out of turn they came.
    package var reordering: ReorderTally?
    /// Likewise.
    package var density: ReorderDensityTally?
    package var beyondWindow: UInt64 = 0
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
    /// Of `path`; nil where nobody cut it.
    package var intervals: IntervalHistograms?
    /// Nil where nobody measured them.
    package var gaps: GapDistributions?
    /// Empty where there is only one.
    package var streams: [StreamArrivals] = []
    /// Whether the receiving end was lost before it told all: then what is missing here may have come all the same.
    package var isPartial = false

    /// Nothing came.
    package init() {}
}

extension Arrivals {
    /// The books of threads, added up.
    package init(_ workers: [ReceiveWorker.Outcome]) {
        for worker in workers {
            counts += worker.counts
            duplicates += worker.sequences.duplicates
            reordered += worker.sequences.reordered
            reordering = (reordering ?? ReorderTally()) + worker.reordering
            density = (density ?? ReorderDensityTally()) + worker.density
            beyondWindow += worker.sequences.beyondWindow
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
        intervals = .merging(workers.compactMap(\.intervals))
        streams = (workers.first?.streams ?? []).indices.map { stream in .merging(workers.map { $0.streams[stream] }) }
    }

    /// The book of a counting program. It knows no planned times, and which frames went alone it doesn't tell.
    package init(_ report: CounterReport) {
        let sequence = report.sequence
        counts.alteredFrames = report.workers.reduce(0) { $0 + $1.alteredFrames }
        counts.receivedFrames = sequence.received - counts.alteredFrames
        duplicates = sequence.duplicates
        reordered = sequence.reordered
        beyondWindow = sequence.beyondWindow
        counts.foreignFrames = report.foreignFrames
        counts.otherRunFrames = report.otherRunFrames
        counts.staleFrames = report.staleFrames
        queueChanges = 0
        for worker in report.workers {
            counts.untimedFrames += worker.untimedFrames
            counts.taggedFrames += worker.taggedFrames
            counts.untaggedFrames += worker.untaggedFrames
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
