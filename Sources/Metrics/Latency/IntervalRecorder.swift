import Memory

/// How latencies went over time: what a recorder counts, cut into intervals by whoever counts.
///
/// No value is recorded twice. Where an interval ends, the recorder's counters are added up by bucket, and what came to each since the last cut is
/// the interval's. The rest at the end is the last one's, so that all intervals together are what the recorder holds, bucket by bucket.
///
/// Memory is bounded: where there would be more than `mostIntervals`, each two neighbours become one, and all later ones are twice as long.
@frozen
public struct IntervalRecorder: ~Copyable {
    /// The recorder's counters in one bucket: 16 buckets for each doubling.
    static var countersPerBucket: Int { 64 }
    static var bucketCount: Int { LatencyRecorder.counterCount / countersPerBucket }
    public static var mostIntervals: Int { 120 }

    /// When the interval at hand is over: what comes from then on is to be counted behind a `cut`. Never before `begin`, and where nothing is cut.
    public private(set) var endNanoseconds: UInt64 = .max
    /// An interval behind the other, `bucketCount` each.
    private let rows: OwnedTable<UInt64>
    /// What each bucket held when it was last cut.
    private let seen: OwnedTable<UInt64>
    private let plannedNanoseconds: UInt64
    private(set) var intervalNanoseconds: UInt64
    private var startNanoseconds: UInt64 = 0
    private var current = 0

    /// Makes all of its memory on the calling thread.
    ///
    /// - Parameter intervalNanoseconds: above 0; nil where nothing is to be cut, which takes no memory.
    public init(intervalNanoseconds: UInt64?) {
        precondition(intervalNanoseconds != 0, "an interval has a length")
        rows = OwnedTable(repeating: 0, count: intervalNanoseconds == nil ? 0 : Self.mostIntervals * Self.bucketCount)
        seen = OwnedTable(repeating: 0, count: intervalNanoseconds == nil ? 0 : Self.bucketCount)
        plannedNanoseconds = intervalNanoseconds ?? 0
        self.intervalNanoseconds = plannedNanoseconds
    }

    /// Forgets everything; the recorder has to be empty too.
    ///
    /// - Parameter time: when the first interval begins, by the clock of all later times.
    public mutating func begin(at time: UInt64) {
        guard plannedNanoseconds > 0 else { return }
        rows.table.fill(0)
        seen.table.fill(0)
        intervalNanoseconds = plannedNanoseconds
        startNanoseconds = time
        current = 0
        endNanoseconds = time &+ intervalNanoseconds
    }

    /// Ends the interval at hand, at `endNanoseconds` or later. Not for each frame: it reads all counters that the recorder has used, some
    /// thousands.
    ///
    /// - Parameter time: where the next values belong.
    @inline(never)
    public mutating func cut(at time: UInt64, _ recorder: borrowing LatencyRecorder) {
        let counters = recorder.counters
        take(from: recorder.minimum, to: recorder.maximum) { counters[$0] }
        move(to: time)
    }

    /// The same of counters that another than a recorder holds, such as a program in the kernel.
    ///
    /// - Parameters:
    ///   - minimum: nanoseconds, as `maximum`; above it before the first value.
    ///   - counter: of `LatencyRecorder.counterCount`; never less than it was.
    public mutating func cut(at time: UInt64, from minimum: UInt64, to maximum: UInt64, counter: (Int) -> UInt64) {
        take(from: minimum, to: maximum, counter)
        move(to: time)
    }

    /// Gives the rest to the last interval.
    public mutating func finish(_ recorder: borrowing LatencyRecorder) {
        let counters = recorder.counters
        take(from: recorder.minimum, to: recorder.maximum) { counters[$0] }
    }

    public mutating func finish(from minimum: UInt64, to maximum: UInt64, counter: (Int) -> UInt64) {
        take(from: minimum, to: maximum, counter)
    }

    @inline(__always)
    private mutating func take(from minimum: UInt64, to maximum: UInt64, _ counter: (Int) -> UInt64) {
        guard plannedNanoseconds > 0, minimum <= maximum else { return }
        let row = current &* Self.bucketCount
        for bucket in Self.bucket(of: minimum)...Self.bucket(of: maximum) {
            let first = bucket &* Self.countersPerBucket
            var total: UInt64 = 0
            for place in first..<first &+ Self.countersPerBucket { total &+= counter(place) }
            rows[row &+ bucket] &+= total &- seen[bucket]
            seen[bucket] = total
        }
    }

    private mutating func move(to time: UInt64) {
        guard plannedNanoseconds > 0 else { return }
        var next = time > startNanoseconds ? (time &- startNanoseconds) / intervalNanoseconds : 0
        while next >= UInt64(Self.mostIntervals) {
            fold()
            next /= 2
        }
        current = Int(next)
        endNanoseconds = startNanoseconds &+ (next &+ 1) &* intervalNanoseconds
    }

    /// Makes one interval of each two.
    private mutating func fold() {
        let buckets = Self.bucketCount
        for row in 0..<Self.mostIntervals {
            for bucket in 0..<buckets {
                let (one, other) = (2 &* row, 2 &* row &+ 1)
                rows[row &* buckets &+ bucket] =
                    other < Self.mostIntervals ? rows[one &* buckets &+ bucket] &+ rows[other &* buckets &+ bucket] : 0
            }
        }
        intervalNanoseconds &*= 2
    }

    private static func bucket(of value: UInt64) -> Int {
        LatencyRecorder.counterIndex(min(value, LatencyRecorder.highestTrackable)) / countersPerBucket
    }

    /// All intervals up to the one at hand, by bucket; none where nothing is cut.
    var intervals: [[UInt64]] {
        guard plannedNanoseconds > 0 else { return [] }
        return (0...current).map { row in (0..<Self.bucketCount).map { rows[row * Self.bucketCount + $0] } }
    }
}
