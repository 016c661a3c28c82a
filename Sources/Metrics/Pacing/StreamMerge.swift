import Memory

/// Several streams' schedules as one row: what is due first stands first; of what is due at the same time, the stream of the lower number.
///
/// Which frame stands where is a function of its place alone, but one that takes thousands of steps to work out from nothing. Places are asked for nearly in
/// order, so it walks: a heap of each stream's next frame, and the latest `windowRows` places kept for whoever comes out of turn. What is asked for
/// behind those, or far ahead, is worked out from nothing, with the same outcome.
///
/// Its tables are somebody else's, and one thread's: whoever asks moves it.
@usableFromInline
struct StreamMerge {
    /// Each from 0 on, and over all workers.
    private let lanes: MemoryTable<PacedSchedule>
    /// Of each stream's next frame: its number, and when it is due.
    private let next: MemoryTable<UInt64>
    private let due: MemoryTable<UInt64>
    /// Streams as a binary heap, the one that is due first in front.
    private let heap: MemoryTable<UInt8>
    private let window: MemoryTable<StreamDeparture>
    /// The next place to walk to, and the first that the window has.
    private var row: UInt64 = 0
    private var firstKept: UInt64 = 0

    /// A power of two.
    static let windowRows = 1 << 13
    /// Farther ahead than this it doesn't walk.
    static let longestWalk: UInt64 = 1 << 20
    /// When no frame is due any more: nobody's time.
    private static let farthestNanoseconds: UInt64 = 1 << 62

    /// - Parameters:
    ///   - lanes: up to 256, made with `startNanoseconds` 0 and no merges themselves.
    ///   - next, due, heap: as many places each.
    ///   - window: `windowRows` places.
    init(
        lanes: MemoryTable<PacedSchedule>, next: MemoryTable<UInt64>, due: MemoryTable<UInt64>, heap: MemoryTable<UInt8>,
        window: MemoryTable<StreamDeparture>
    ) {
        precondition(
            (1...256).contains(lanes.count) && next.count == lanes.count && due.count == lanes.count && heap.count == lanes.count
                && window.count == Self.windowRows, "a place for each stream")
        self.lanes = lanes
        self.next = next
        self.due = due
        self.heap = heap
        self.window = window
        for stream in 0..<lanes.count {
            next[stream] = 0
            heap[stream] = UInt8(stream)
        }
        settle()
    }

    /// Whose turn place `row` is.
    mutating func departure(_ row: UInt64) -> StreamDeparture {
        if row >= self.row {
            if row &- self.row > Self.longestWalk { go(to: row) }
            while self.row <= row { step() }
        }
        guard row >= firstKept, self.row &- row <= UInt64(Self.windowRows) else { return workedOut(row).departure }
        return window[Int(truncatingIfNeeded: row) & (Self.windowRows &- 1)]
    }

    /// How many frames of all streams are due.
    func framesDue(after elapsedNanoseconds: UInt64) -> UInt64 {
        var sum: UInt64 = 0
        for stream in 0..<lanes.count { sum &+= lanes[stream].rowFramesDue(at: elapsedNanoseconds) }
        return sum
    }

    private mutating func step() {
        let stream = Int(heap[0])
        window[Int(truncatingIfNeeded: row) & (Self.windowRows &- 1)] = StreamDeparture(
            stream: stream, own: next[stream], offsetNanoseconds: due[stream])
        row &+= 1
        next[stream] &+= 1
        due[stream] = lanes[stream].offset(ofRow: next[stream])
        sink(from: 0)
    }

    // MARK: the heap

    private func isEarlier(_ a: UInt8, _ b: UInt8) -> Bool {
        let (first, second) = (due[Int(a)], due[Int(b)])
        return first < second || (first == second && a < b)
    }

    private func sink(from place: Int) {
        var place = place
        while true {
            var child = 2 &* place &+ 1
            guard child < heap.count else { return }
            if child &+ 1 < heap.count, isEarlier(heap[child &+ 1], heap[child]) { child &+= 1 }
            guard isEarlier(heap[child], heap[place]) else { return }
            let stream = heap[place]
            heap[place] = heap[child]
            heap[child] = stream
            place = child
        }
    }

    /// Due times and the heap from each stream's next frame.
    private func settle() {
        for stream in 0..<lanes.count { due[stream] = lanes[stream].offset(ofRow: next[stream]) }
        for place in stride(from: heap.count / 2 - 1, through: 0, by: -1) { sink(from: place) }
    }

    // MARK: from nothing

    private mutating func go(to row: UInt64) {
        let (departure, before) = workedOut(row)
        let time = departure.offsetNanoseconds
        for stream in 0..<lanes.count {
            // Of what is due at the same time, lower numbers are through and higher ones still to come.
            next[stream] =
                stream == departure.stream
                ? departure.own : stream < departure.stream ? framesDue(of: stream, until: time) : before[stream]
        }
        settle()
        self.row = row
        firstKept = row
    }

    /// - Returns: whose turn it is, and how many frames of each stream are due before that time.
    private func workedOut(_ row: UInt64) -> (departure: StreamDeparture, before: [UInt64]) {
        var (early, late): (UInt64, UInt64) = (0, 1)
        while late < Self.farthestNanoseconds, framesDue(after: late) <= row { (early, late) = (late, late * 2) }
        if framesDue(after: 0) > row { late = 0 }
        while late > early + 1 {
            let middle = early + (late - early) / 2
            if framesDue(after: middle) <= row { early = middle } else { late = middle }
        }
        let before = (0..<lanes.count).map { late == 0 ? 0 : framesDue(of: $0, until: late - 1) }
        var rest = row &- before.reduce(0, &+)
        for stream in 0..<lanes.count {
            let here = framesDue(of: stream, until: late) &- before[stream]
            if rest < here { return (StreamDeparture(stream: stream, own: before[stream] &+ rest, offsetNanoseconds: late), before) }
            rest &-= here
        }
        // A damaged frame's number must not end the run.
        return (StreamDeparture(stream: 0, own: before[0], offsetNanoseconds: Self.farthestNanoseconds), before)
    }

    private func framesDue(of stream: Int, until nanoseconds: UInt64) -> UInt64 { lanes[stream].rowFramesDue(at: nanoseconds) }
}

/// A merge as schedules hold it: no reference in it, and only the way to it.
@frozen
@usableFromInline
struct MergedArrivals {
    /// One.
    @usableFromInline let merge: MemoryTable<StreamMerge>

    init(_ merge: MemoryTable<StreamMerge>) { self.merge = merge }

    @usableFromInline @inline(never)
    func departure(_ row: UInt64) -> StreamDeparture { merge[0].departure(row) }

    @usableFromInline @inline(never)
    func offset(ofRow row: UInt64) -> UInt64 { merge[0].departure(row).offsetNanoseconds }

    func framesDue(after elapsedNanoseconds: UInt64) -> UInt64 { merge[0].framesDue(after: elapsedNanoseconds) }
}
