import Memory
import Metrics

/// What a receive loop counts of one stream.
struct StreamBook: ~Copyable {
    /// Distinct frames that came as they left, and as they didn't.
    var receivedFrames: UInt64 = 0
    var alteredFrames: UInt64 = 0
    var duplicates: UInt64 = 0
    /// Frames that came behind a later one of their own stream (RFC 4737).
    var reordered: UInt64 = 0
    /// Of distinct frames, without FCS.
    var bytes: UInt64 = 0
    var path: LatencyRecorder
    /// For each transmit worker, one more than the highest sequence number of this stream.
    let next: OwnedTable<UInt64>

    /// - Parameter workers: transmit workers.
    init(path: consuming LatencyRecorder, workers: Int) {
        self.path = path
        next = OwnedTable(repeating: 0, count: workers)
    }

    /// A distinct frame, whatever it looks like.
    @inline(__always)
    mutating func meet(_ sequence: UInt64, of worker: Int, _ frameBytes: Int) {
        bytes &+= UInt64(truncatingIfNeeded: frameBytes)
        if sequence < next[worker] { reordered &+= 1 } else { next[worker] = sequence &+ 1 }
    }
}

/// How one stream's frames were spaced where they came in.
struct StreamGapBook: ~Copyable {
    var gaps: GapRecorder
    /// Where each transmit worker's frames of the stream stand.
    let tracks: OwnedTable<GapTrack>

    /// - Parameter workers: transmit workers.
    init(gaps: consuming GapRecorder, workers: Int) {
        self.gaps = gaps
        tracks = OwnedTable(repeating: GapTrack(), count: workers)
    }

    @inline(__always)
    mutating func meet(_ nanoseconds: UInt64, of worker: Int) {
        let tracks = tracks.table
        gaps.record(nanoseconds, at: &tracks[worker])
    }

    /// The bursts that they ended in.
    mutating func finish() {
        let tracks = tracks.table
        for worker in 0..<tracks.count { gaps.finish(&tracks[worker]) }
    }
}

/// The same when the loop is over; added up over readers.
package struct StreamArrivals: Codable, Sendable {
    package var receivedFrames: UInt64 = 0
    package var alteredFrames: UInt64 = 0
    package var duplicates: UInt64 = 0
    package var reordered: UInt64 = 0
    package var bytes: UInt64 = 0
    package var path = LatencyDistribution()
    /// Nil where they weren't measured.
    package var gaps: GapDistributions?

    init() {}

    init(_ book: borrowing StreamBook) {
        receivedFrames = book.receivedFrames
        alteredFrames = book.alteredFrames
        duplicates = book.duplicates
        reordered = book.reordered
        bytes = book.bytes
        path = LatencyDistribution(book.path)
    }

    static func merging(_ books: [StreamArrivals]) -> StreamArrivals {
        var merged = StreamArrivals()
        for book in books {
            merged.receivedFrames += book.receivedFrames
            merged.alteredFrames += book.alteredFrames
            merged.duplicates += book.duplicates
            merged.reordered += book.reordered
            merged.bytes += book.bytes
        }
        merged.path = .merging(books.map(\.path))
        let gaps = books.compactMap(\.gaps)
        merged.gaps = gaps.isEmpty ? nil : .merging(gaps)
        return merged
    }
}
