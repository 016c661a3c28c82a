import Memory

/// How far from its place each frame of one sequence came: RFC 5236's displacements (section 3.3), by the algorithm of section 7.1.
///
/// A frame's place is its receive index: how many came before it, numbers that never come left out. Whether a number comes is known once `threshold`
/// more frames are there, so those wait in a window. Frames are taken by runs: where a run is at its place, all of it is counted at once.
struct DisplacementRecorder: ~Copyable {
    /// RFC 5236's DT: who is further away counts as lost.
    let threshold: Int
    /// By displacement, from `-threshold` on: negative is early.
    let frequencies: OwnedTable<UInt64>
    /// Frames that were further away from their place than the threshold.
    private(set) var beyond: UInt64 = 0

    /// The latest frames, `threshold` and one at most, in a ring of runs.
    private var window: RunRing
    private var waiting = 0
    /// The receive index that the next frame out of the window gets.
    private var index: UInt64 = 0
    /// A bit for each number that left the window before its index was reached: none is `threshold` or more ahead of it.
    private let early: OwnedTable<UInt64>
    private var earlyCount = 0
    /// Frames that came into the window and left it, and how many had come in when a late one last did.
    private var entered: UInt64 = 0
    private var left: UInt64 = 0
    private var lastLate: UInt64 = 0

    init(threshold: Int) {
        precondition(threshold > 0, "a displacement has room")
        self.threshold = threshold
        frequencies = OwnedTable(repeating: 0, count: 2 * threshold + 1)
        window = RunRing(capacity: threshold + 1)
        var words = 1
        while words * 64 <= threshold { words *= 2 }
        early = OwnedTable(repeating: 0, count: words)
    }

    mutating func reset() {
        frequencies.table.fill(0)
        early.table.fill(0)
        window.removeAll()
        (beyond, waiting, index, earlyCount) = (0, 0, 0, 0)
        (entered, left, lastLate) = (0, 0, 0)
    }

    /// Frames in order, the first of which is ahead of all that came before.
    mutating func take(_ run: FrameRun) {
        var run = run
        while run.count > 0 {
            let room = UInt64(threshold + 1 - waiting)
            if room > 0 {
                append(run.removeFirst(min(run.count, room)))
                continue
            }
            guard window[0].start == index else {
                consume()
                continue
            }
            if window.count == 1, window[0].end == run.start {
                // Nothing but frames at their places, here and to come.
                frequencies[threshold] += run.count
                index += run.count
                window.advanceFirst(by: run.count)
                (entered, left) = (entered + run.count, left + run.count)
                return
            }
            let count = min(run.count, window[0].count)
            consumeInPlace(count)
            append(run.removeFirst(count))
        }
    }

    /// A frame behind one that came before.
    mutating func takeLate(_ sequence: UInt64) {
        if waiting > threshold { consume() }
        guard sequence >= index else {
            // Its index went by as that of a lost one.
            beyond += 1
            return
        }
        append(FrameRun(start: sequence, count: 1))
        lastLate = entered
    }

    /// No more frames will come.
    mutating func finish() {
        while waiting > 0 {
            if window[0].start == index { consumeInPlace(window[0].count) } else { consume() }
        }
    }

    /// The oldest frames of the window, whose numbers are their indices.
    private mutating func consumeInPlace(_ count: UInt64) {
        frequencies[threshold] += count
        index += count
        drop(count)
    }

    /// The oldest frame of the window gets the next index.
    private mutating func consume() {
        if !isThere(index) { index = nextThere() }
        let sequence = window[0].start
        drop(1)
        let displacement = Int64(bitPattern: index) - Int64(bitPattern: sequence)
        guard displacement.magnitude <= UInt64(threshold) else {
            beyond += 1
            // Early ones leave their index to the next frame. A late one was waited for and had its turn: the listing of section 7.1 keeps the index,
            // and would call every later frame early by one.
            if displacement > 0 { passIndex() }
            return
        }
        frequencies[threshold + Int(displacement)] += 1
        passIndex()
        // Nobody else has its bit: what is there lies less than `threshold` ahead of the new index.
        if displacement < 0 { markEarly(sequence) }
    }

    private mutating func passIndex() {
        let (word, bit) = bit(of: index)
        if early[word] & bit != 0 {
            early[word] &= ~bit
            earlyCount -= 1
        }
        index += 1
    }

    private mutating func markEarly(_ sequence: UInt64) {
        let (word, bit) = bit(of: sequence)
        early[word] |= bit
        earlyCount += 1
    }

    private func bit(of sequence: UInt64) -> (word: Int, bit: UInt64) {
        (Int(truncatingIfNeeded: sequence >> 6) & (early.count - 1), 1 << (sequence & 63))
    }

    private func isEarly(_ sequence: UInt64) -> Bool {
        let (word, bit) = bit(of: sequence)
        return early[word] & bit != 0
    }

    /// Whether all that came or waits from the index on stands in the window in its order, the least in front: so it is where frames are lost and none is late, and there
    /// a window need not be searched for each.
    private var isAscending: Bool { earlyCount == 0 && lastLate <= left }

    /// Whether a frame came, or waits in the window: mostly near its front.
    private func isThere(_ sequence: UInt64) -> Bool {
        if isAscending { return window[0].contains(sequence) }
        if earlyCount > 0, isEarly(sequence) { return true }
        for position in 0..<window.count where window[position].contains(sequence) { return true }
        return false
    }

    /// The least number from the index on that came or waits. There always is one while frames wait: each has an index to come.
    private func nextThere() -> UInt64 {
        if isAscending { return max(window[0].start, index) }
        var least = UInt64.max
        if earlyCount > 0 {
            for distance in 0..<UInt64(threshold) where isEarly(index + distance) {
                least = index + distance
                break
            }
        }
        for position in 0..<window.count where window[position].end > index { least = min(least, max(window[position].start, index)) }
        return least
    }

    private mutating func append(_ run: FrameRun) {
        waiting += Int(run.count)
        entered += run.count
        window.append(run)
    }

    private mutating func drop(_ count: UInt64) {
        waiting -= Int(count)
        left += count
        window.removeFirst(count)
    }
}

extension FrameRun {
    /// Its first frames, which it loses.
    fileprivate mutating func removeFirst(_ count: UInt64) -> FrameRun {
        defer {
            start += count
            self.count -= count
        }
        return FrameRun(start: start, count: count)
    }
}
