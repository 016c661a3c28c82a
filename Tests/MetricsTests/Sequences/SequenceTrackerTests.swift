import Memory
import Metrics
import TestSupport
import Testing

/// What the tracker must do, told with a set of all numbers ever seen.
private struct SequenceModel {
    let windowFrames: UInt64
    var seen: Set<UInt64> = []
    var tally = SequenceTally()

    mutating func record(_ sequence: UInt64) -> SequenceTracker.Arrival {
        if sequence >= tally.expected {
            tally.expected = sequence + 1
            tally.received += 1
            seen.insert(sequence)
            return .inOrder
        }
        if tally.expected - sequence > windowFrames {
            tally.beyondWindow += 1
            return .beyondWindow
        }
        guard seen.insert(sequence).inserted else {
            tally.duplicates += 1
            return .duplicate
        }
        tally.received += 1
        tally.reordered += 1
        tally.maximumSequenceLag = max(tally.maximumSequenceLag, tally.expected - 1 - sequence)
        return .reordered
    }
}

/// Feeds `sequences` to tracker and model, expecting the same answer to each.
@discardableResult
private func track(_ sequences: [UInt64], windowFrames: Int = 64) -> SequenceTally {
    let words = SequenceTracker.byteCount(windowFrames: windowFrames) / 8
    // A word on either side tells whether the tracker keeps to its memory.
    let guarded = UnsafeMutablePointer<UInt64>.allocate(capacity: words + 2)
    defer { guarded.deallocate() }
    guarded.initialize(repeating: 0xA5A5_A5A5_A5A5_A5A5, count: words + 2)
    var tracker = SequenceTracker(memory: MemoryTable(start: guarded + 1, count: words), windowFrames: windowFrames)
    var model = SequenceModel(windowFrames: UInt64(windowFrames))
    var disagreements: [UInt64] = []
    for sequence in sequences where tracker.record(sequence) != model.record(sequence) {
        disagreements.append(sequence)
    }
    #expect(disagreements == [])
    #expect(tracker.tally == model.tally)
    #expect(tracker.highest == (sequences.isEmpty ? nil : model.tally.expected - 1))
    #expect(guarded[0] == 0xA5A5_A5A5_A5A5_A5A5 && guarded[words + 1] == 0xA5A5_A5A5_A5A5_A5A5)
    return tracker.tally
}

@Suite struct SequenceTrackerTests {
    @Test func nothingSeen() {
        #expect(track([]) == SequenceTally())
        #expect(track([]).missing == 0)
    }

    @Test func inOrder() {
        let tally = track(Array(0..<1_000))
        #expect(tally.received == 1_000 && tally.missing == 0 && tally.duplicates == 0 && tally.reordered == 0)
    }

    @Test func everySixteenthDropped() {
        let tally = track((0..<1_600).filter { $0 % 16 != 3 })
        #expect(tally.received == 1_500 && tally.missing == 100 && tally.reordered == 0 && tally.duplicates == 0)
    }

    @Test func oneRepeated() {
        let tally = track([0, 1, 2, 2, 3])
        #expect(tally.received == 4 && tally.duplicates == 1 && tally.missing == 0 && tally.reordered == 0)
    }

    @Test func twoSwapped() {
        let tally = track([0, 1, 3, 2, 4])
        #expect(tally.received == 5 && tally.reordered == 1 && tally.maximumSequenceLag == 1 && tally.missing == 0)
    }

    /// RFC 4737 section 3.3: 7, 8 and 9 are reordered, for 11 came before them.
    @Test func severalLate() {
        let tally = track(Array(0...6) + [10, 11, 7, 8, 9, 12])
        #expect(tally.reordered == 3 && tally.maximumSequenceLag == 4 && tally.missing == 0)
    }

    @Test func firstFramesMissing() {
        let tally = track([5, 6])
        #expect(tally.expected == 7 && tally.received == 2 && tally.missing == 5 && tally.reordered == 0)
    }

    @Test func aDuplicateOfALateFrameIsNoReordering() {
        let tally = track([0, 2, 1, 1])
        #expect(tally.reordered == 1 && tally.duplicates == 1)
    }

    @Test func windowEdges() {
        // Highest 64, window 64: 1 is the oldest that can be told, 0 is not.
        #expect(track(Array(1...64) + [1]).duplicates == 1)
        #expect(track(Array(2...64) + [1]).reordered == 1)
        #expect(track(Array(1...64) + [0]).beyondWindow == 1)
        #expect(track(Array(1...64) + [0]).received == 64)
    }

    @Test(arguments: [62, 63, 64, 65, 66, 127, 128, 129, 1 << 20] as [UInt64])
    func jumpsClearWhatTheyPass(_ jump: UInt64) {
        for start in 0..<70 as Range<UInt64> {
            let highest = start + jump
            let everything = stride(from: highest, through: 0, by: -1).prefix(200)
            let tally = track(Array(0...start) + [highest] + everything)
            #expect(tally.received <= tally.expected)
        }
    }

    @Test func aWildNumberEndsInBoundedTime() {
        let wild: UInt64 = (1 << 48) - 1
        let tally = track([0, 1, wild, 2, 3], windowFrames: 131_072)
        #expect(tally.beyondWindow == 2 && tally.received == 3 && tally.expected == wild + 1)
    }

    @Test func resetForgets() {
        let memory = OwnedTable<UInt64>(repeating: .max, count: 1)
        var tracker = SequenceTracker(memory: memory.table, windowFrames: 64)
        for sequence in [0, 1, 1, 5] as [UInt64] { tracker.record(sequence) }
        tracker.reset()
        #expect(tracker.tally == SequenceTally() && tracker.highest == nil)
        // 0 and 1 must be first copies again, behind 5.
        for sequence in [5, 1, 0] as [UInt64] { tracker.record(sequence) }
        #expect(tracker.tally.reordered == 2 && tracker.tally.duplicates == 0)
    }

    @Test(arguments: [64, 128, 1024])
    func randomStreams(windowFrames: Int) {
        var generator = SeededGenerator()
        for _ in 0..<150 {
            track(randomStream(windowFrames: windowFrames, &generator), windowFrames: windowFrames)
        }
    }

    /// Drops, repeats, delays around the window's length, jumps, and now and then a wild number.
    private func randomStream(windowFrames: Int, _ generator: inout SeededGenerator) -> [UInt64] {
        var arrivals: [(time: Int, sequence: UInt64)] = []
        var sequence: UInt64 = 0
        for time in 0..<1_500 {
            let delay =
                Int.random(in: 0..<4, using: &generator) == 0
                ? Int.random(in: 0...(windowFrames * 3 / 2), using: &generator) : 0
            switch Int.random(in: 0..<200, using: &generator) {
            case 0..<20: break
            case 20..<35:
                arrivals.append((time, sequence))
                arrivals.append((time + delay, sequence))
            case 35: sequence += UInt64.random(in: 0...UInt64(windowFrames * 2), using: &generator)
            case 36 where time > 1_400: arrivals.append((time, generator.nextOfAnyLength(bits: 48)))
            default: arrivals.append((time + delay, sequence))
            }
            sequence += 1
        }
        return arrivals.sorted { $0.time < $1.time }.map(\.sequence)
    }

    @Test func talliesAddUp() {
        let left = track([0, 2, 1, 1, 9])
        let right = track([0, 5, 1])
        let sum = left + right
        #expect(sum.received == left.received + right.received)
        #expect(sum.missing == left.missing + right.missing)
        #expect(sum.duplicates == 1 && sum.reordered == 2)
        #expect(sum.maximumSequenceLag == 4)
        #expect(sum.beyondWindow == 0)
        var accumulated = left
        accumulated += right
        #expect(accumulated == sum)
    }

    @Test func memoryOfTheDefaultWindow() {
        #expect(SequenceTracker.byteCount() == 16_384)
        #expect(SequenceTracker.byteCount(windowFrames: 64) == 8)
    }
}
