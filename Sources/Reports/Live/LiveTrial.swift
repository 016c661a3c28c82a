import Metrics
import Results

/// The trial that runs, made of one look at it after the other.
public struct LiveTrial: Sendable {
    /// Of the last look; nil before the first.
    public private(set) var reading: TrialReading?
    public private(set) var tx = LiveSeries()
    public private(set) var rx = LiveSeries()
    /// Missing frames over those sent, look by look.
    public private(set) var loss = LiveSeries()
    /// The 99th percentile of path latency look by look, nanoseconds.
    public private(set) var latency = LiveSeries()
    /// Looks of the last second or so, the latest one last.
    private var looks: [Look] = []
    /// Whether trials follow each other in one row of figures, as they do where each is short.
    public var isContinued = false

    private struct Look {
        /// CLOCK_MONOTONIC.
        let nanoseconds: UInt64
        let reading: TrialReading
    }

    public init() {}

    /// - Parameter time: CLOCK_MONOTONIC, nanoseconds.
    public mutating func add(_ reading: TrialReading, at time: UInt64) {
        if let last = self.reading, !Self.goesOn(last, reading) { restart() }
        // A phase begins with nothing counted.
        if looks.isEmpty, reading.elapsedNanoseconds >= Self.leastNanoseconds, reading.elapsedNanoseconds <= time {
            var start = TrialReading(phase: reading.phase, trialIndex: reading.trialIndex, trialCount: reading.trialCount)
            start.workers = reading.workers.map {
                TrialReading.Worker(role: $0.role, index: $0.index, cpu: $0.cpu, node: $0.node, frames: 0)
            }
            looks = [Look(nanoseconds: time - reading.elapsedNanoseconds, reading: start)]
        }
        if let before = looks.last, reading.phase == .running || reading.phase == .warmingUp {
            let seconds = Double(max(time &- before.nanoseconds, 1)) / 1e9
            tx.add(Double(Self.more(reading.sent, before.reading.sent)) / seconds)
            rx.add(Double(Self.more(reading.received, before.reading.received)) / seconds)
            addBooks(reading, since: before.reading)
        }
        looks.append(Look(nanoseconds: time, reading: reading))
        if let first = looks.firstIndex(where: { time &- $0.nanoseconds <= Self.spanNanoseconds }), first > 0 { looks.removeFirst(first) }
        self.reading = reading
    }

    /// Over which rates are told.
    private static let spanNanoseconds: UInt64 = 1_100_000_000
    /// Of so short a time nothing can be said.
    private static let leastNanoseconds: UInt64 = 20_000_000

    /// Counts of one phase go on in the next only when that one drains it.
    private static func goesOn(_ before: TrialReading, _ now: TrialReading) -> Bool {
        now.trialIndex == before.trialIndex && (now.phase == before.phase || now.phase == .draining) && now.sent >= before.sent
    }

    private mutating func restart() {
        looks = []
        reading = nil
        guard isContinued else {
            (tx, rx, loss, latency) = (LiveSeries(), LiveSeries(), LiveSeries(), LiveSeries())
            return
        }
        tx.addGap()
        rx.addGap()
        loss.addGap()
        latency.addGap()
    }

    private mutating func addBooks(_ reading: TrialReading, since before: TrialReading) {
        guard let now = reading.arrivals else {
            loss.add(nil)
            return latency.add(nil)
        }
        let earlier = before.arrivals ?? .init()
        let sent = Self.more(reading.sent, before.sent)
        loss.add(sent > 0 ? min(1, Double(Self.more(now.missing, earlier.missing)) / Double(sent)) : nil)
        latency.add(now.latency.since(earlier.latency).value(atPercentile: 99).map { Double($0) })
    }

    /// A trial of which nothing was seen yet.
    public mutating func begin() { restart() }

    private static func more(_ now: UInt64, _ before: UInt64) -> UInt64 { now - min(now, before) }

    // MARK: what is told

    /// Frames a second over the last second; nil before the second look.
    public var rates: (tx: Double, rx: Double)? {
        guard let (first, last, seconds) = span else { return nil }
        return (Double(Self.more(last.sent, first.sent)) / seconds, Double(Self.more(last.received, first.received)) / seconds)
    }

    /// The same of the worker at a place of `reading.workers`.
    public func rate(ofWorker place: Int) -> Double? {
        guard let (first, last, seconds) = span, place < first.workers.count, place < last.workers.count else { return nil }
        return Double(Self.more(last.workers[place].frames, first.workers[place].frames)) / seconds
    }

    private var span: (TrialReading, TrialReading, Double)? {
        guard let first = looks.first, let last = looks.last, last.nanoseconds > first.nanoseconds else { return nil }
        return (first.reading, last.reading, Double(last.nanoseconds - first.nanoseconds) / 1e9)
    }

    /// Frames that were sent and have not come.
    public struct Outstanding: Equatable, Sendable {
        /// Those that later ones have overtaken; nil where no reader tells.
        public var missing: UInt64?
        public var rest: UInt64
        /// `in flight`; where no reader tells, and so many aren't explained by a tenth of a second, `in flight or lost`.
        public var word: String
    }

    public var outstanding: Outstanding {
        guard let reading else { return Outstanding(missing: nil, rest: 0, word: "in flight") }
        let all = Self.more(reading.sent, reading.received)
        if let arrivals = reading.arrivals {
            let missing = min(arrivals.missing, all)
            return Outstanding(missing: missing, rest: all - missing, word: "in flight")
        }
        let isExplained = Double(all) <= max((rates?.tx ?? 0) * 0.1, 1)
        return Outstanding(missing: nil, rest: all, word: isExplained ? "in flight" : "in flight or lost")
    }
}
