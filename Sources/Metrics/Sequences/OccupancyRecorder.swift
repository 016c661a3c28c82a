import Memory

/// How full a buffer would be that puts one sequence in order: RFC 5236's buffer occupancies (section 3.8), by the algorithm of section 7.2.
///
/// A frame ahead of the one expected is held until those between are there. What is missing when the buffer is full counts as lost.
struct OccupancyRecorder: ~Copyable {
    /// RFC 5236's BT: frames that the buffer holds.
    let threshold: Int
    /// By the frames held once a frame has come, from 0 on.
    let frequencies: OwnedTable<UInt64>
    /// Frames that came when they already counted as lost.
    private(set) var beyond: UInt64 = 0

    /// What is held, a ring in the order of numbers: where frames are lost and none is late, all that is held or let go stands at its ends.
    private var held: RunRing
    private var occupancy = 0
    private var expected: UInt64 = 0

    init(threshold: Int) {
        precondition(threshold > 0, "a buffer has room")
        self.threshold = threshold
        frequencies = OwnedTable(repeating: 0, count: threshold + 1)
        held = RunRing(capacity: threshold)
    }

    mutating func reset() {
        frequencies.table.fill(0)
        held.removeAll()
        (beyond, occupancy, expected) = (0, 0, 0)
    }

    /// Frames in order, or a single late one.
    mutating func take(_ run: FrameRun) {
        var (next, left) = (run.start, run.count)
        if next < expected {
            let late = min(left, expected - next)
            beyond += late
            next += late
            left -= late
        }
        while left > 0 {
            if next == expected {
                // Those behind the first are none that are held, so only the last one can free any.
                frequencies[occupancy] += left - 1
                expected += left
                release()
                frequencies[occupancy] += 1
                return
            }
            let room = UInt64(threshold - occupancy)
            if room > 0 {
                let count = min(left, room)
                for _ in 0..<count {
                    occupancy += 1
                    frequencies[occupancy] += 1
                }
                held.insert(FrameRun(start: next, count: count))
                next += count
                left -= count
                continue
            }
            skipMissing(before: next)
            frequencies[occupancy] += 1
            next += 1
            left -= 1
        }
    }

    /// The buffer is full, and `sequence` came: all before the least number that is there count as lost.
    private mutating func skipMissing(before sequence: UInt64) {
        expected = held.count > 0 ? min(sequence, held[0].start) : sequence
        release()
        if expected == sequence {
            expected += 1
            release()
        } else {
            // Section 3.8 has it in the buffer; the listing of section 7.2 forgets it, and would wait for it until the buffer is full again.
            occupancy += 1
            held.insert(FrameRun(start: sequence, count: 1))
        }
    }

    /// What is expected leaves the buffer for as long as it is there.
    private mutating func release() {
        while held.count > 0, held[0].start == expected {
            expected = held[0].end
            occupancy -= Int(held[0].count)
            held.removeFirst(held[0].count)
        }
    }
}
