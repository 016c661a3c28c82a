import Memory
import TestSupport
import Testing

@testable import Metrics

/// Against RFC 5236: its examples, its definitions over whole lists, and its listings word for word.
@Suite struct ReorderDensityTests {
    /// As a tracker tells its recorder, which hears of no second copies.
    private func recorded(_ arrived: [UInt64], threshold: Int) -> ReorderDensityTally {
        var recorder = ReorderDensityRecorder(threshold: threshold)
        return record(arrived, &recorder)
    }

    private func record(_ arrived: [UInt64], _ recorder: inout ReorderDensityRecorder) -> ReorderDensityTally {
        var expected: UInt64 = 0
        let sequences = firstCopies(arrived)
        for (arrival, sequence) in sequences.enumerated() {
            if sequence < expected {
                recorder.late(sequence, expected: expected, arrivals: UInt64(arrival))
                continue
            }
            if sequence > expected { recorder.jump(to: sequence, arrivals: UInt64(arrival)) }
            expected = sequence + 1
        }
        return recorder.finish(arrivals: UInt64(sequences.count))
    }

    private func firstCopies(_ arrived: [UInt64]) -> [UInt64] {
        var seen: Set<UInt64> = []
        return arrived.filter { seen.insert($0).inserted }
    }

    // MARK: examples

    struct Example: Sendable, CustomTestStringConvertible {
        var name: String
        var arrived: [UInt64]
        var threshold: Int
        /// FD, by displacement; FB, from 0 on.
        var displacements: [Int: UInt64]
        var occupancies: [UInt64]
        var testDescription: String { name }
    }

    /// The RFC counts from 1, and our numbers from 0: one less of each.
    static let examples: [Example] = [
        Example(
            name: "section 8 a, tables 2 and 4", arrived: [1, 4, 2, 5, 3, 6, 7, 8], threshold: 4,
            displacements: [-2: 1, -1: 1, 0: 4, 1: 1, 2: 1], occupancies: [5, 2, 1, 0, 0]),
        Example(
            name: "section 8 b, tables 5 and 6", arrived: [1, 2, 4, 5, 6, 7], threshold: 3, displacements: [0: 6],
            occupancies: [3, 1, 1, 1]),
        Example(
            name: "section 8 c, tables 7 and 8", arrived: [1, 3, 2, 3, 4, 5], threshold: 2, displacements: [-1: 1, 0: 3, 1: 1],
            occupancies: [4, 1, 0]),
        Example(
            name: "section 3.3, example 3", arrived: [1, 4, 3, 5, 3, 8, 7, 6], threshold: 8,
            displacements: [-2: 1, -1: 1, 0: 3, 1: 1, 2: 1], occupancies: [1, 1, 1, 1, 1, 1, 1, 0, 0]),
        Example(
            name: "section 4, example 5", arrived: [1, 2, 5, 3, 6, 2], threshold: 4, displacements: [-2: 1, 0: 3, 2: 1],
            occupancies: [2, 2, 1, 0, 0]),
        // Section 6: whatever comes between, a rogue number costs itself only.
        Example(
            name: "section 6, a rogue", arrived: [1, 5_430, 2, 3, 4, 5], threshold: 3, displacements: [0: 5],
            occupancies: [1, 5, 0, 0])
    ]

    @Test(arguments: examples) func theExamplesComeOut(_ example: Example) {
        let tally = recorded(example.arrived.map { $0 - 1 }, threshold: example.threshold)
        let displacements = (-example.threshold...example.threshold).map { example.displacements[$0] ?? 0 }
        #expect(tally.displacements == displacements && tally.occupancies == example.occupancies, "\(tally)")
    }

    // MARK: definitions

    /// Without a threshold: the indices are the numbers that came, in their order.
    private func displacements(_ sequences: [UInt64]) -> [Int: UInt64] {
        zip(sequences.sorted(), sequences).reduce(into: [:]) { $0[Int($1.0) - Int($1.1), default: 0] += 1 }
    }

    /// The listing of section 7.1 with plain lists.
    ///
    /// - Returns: FD, what was discarded, and whether a late one was: there the listing keeps the index (`isLiteral`), and every later frame is early.
    private func listedDensity(_ sequences: [UInt64], _ threshold: Int, isLiteral: Bool) -> (density: [UInt64], beyond: UInt64, late: Bool)
    {
        var density = [UInt64](repeating: 0, count: 2 * threshold + 1)
        var (window, buffer) = (Array(sequences.prefix(threshold + 1)), Set<UInt64>())
        var coming = sequences.dropFirst(threshold + 1)
        var index: UInt64 = 0
        var (beyond, late) = (0 as UInt64, false)
        while !window.isEmpty {
            guard window.contains(index) || buffer.contains(index) else {
                let least = min(window.min()!, buffer.min() ?? .max)
                index = index < least ? least : index + 1
                continue
            }
            let sequence = window.removeFirst()
            let displacement = Int(index) - Int(sequence)
            if abs(displacement) <= threshold {
                density[threshold + displacement] += 1
                buffer.remove(index)
                if displacement < 0 { buffer.insert(sequence) }
                index += 1
            } else {
                beyond += 1
                if displacement > 0 {
                    late = true
                    if !isLiteral {
                        buffer.remove(index)
                        index += 1
                    }
                }
            }
            while let next = coming.popFirst() {
                guard next < index else {
                    window.append(next)
                    break
                }
                beyond += 1
            }
        }
        return (density, beyond, late)
    }

    /// The listing of section 7.2, and whether it forgot a frame.
    private func listedOccupancy(_ sequences: [UInt64], _ threshold: Int, isLiteral: Bool) -> (
        density: [UInt64], beyond: UInt64, forgot: Bool
    ) {
        var density = [UInt64](repeating: 0, count: threshold + 1)
        var buffer: Set<UInt64> = []
        var expected: UInt64 = 0
        var (beyond, forgot) = (0 as UInt64, false)
        for sequence in sequences {
            guard sequence >= expected else {
                beyond += 1
                continue
            }
            if sequence == expected {
                expected += 1
                while buffer.remove(expected) != nil { expected += 1 }
            } else if buffer.count < threshold {
                buffer.insert(sequence)
            } else {
                while !buffer.contains(expected), expected != sequence { expected += 1 }
                while buffer.remove(expected) != nil || expected == sequence { expected += 1 }
                if sequence > expected {
                    forgot = true
                    if !isLiteral { buffer.insert(sequence) }
                }
            }
            density[buffer.count] += 1
        }
        return (density, beyond, forgot)
    }

    /// Shuffled within a distance, thinned out, with gaps, and now and then with a number from far away.
    private func list(_ distance: Double, lossPercent: Int, gaps: Bool, rogues: Bool, _ generator: inout SeededGenerator) -> [UInt64] {
        var sequences: [UInt64] = []
        var next: UInt64 = 0
        for _ in 0..<700 {
            if gaps, Int.random(in: 0..<150, using: &generator) == 0 { next += UInt64.random(in: 1...900, using: &generator) }
            if Int.random(in: 0..<100, using: &generator) >= lossPercent { sequences.append(next) }
            next += 1
        }
        var shuffled = sequences.map { ($0, Double($0) + Double.random(in: 0...distance, using: &generator)) }.sorted { $0.1 < $1.1 }.map(
            \.0)
        if rogues {
            for _ in 0..<4 {
                let place = Int.random(in: 0..<shuffled.count, using: &generator)
                if Bool.random(using: &generator) {
                    shuffled.insert(shuffled.remove(at: place), at: Int.random(in: place...shuffled.count, using: &generator))
                } else {
                    shuffled.insert(100_000 + UInt64.random(in: 0..<10_000, using: &generator), at: place)
                }
            }
        }
        return firstCopies(shuffled)
    }

    @Test(arguments: [2, 3, 8, 63, 64, 128]) func allIsAsListed(_ threshold: Int) {
        var generator = SeededGenerator("\(#function) \(threshold)")
        var (literal, literalBuffers) = (0, 0)
        for distance in [0, 1, 2, 6, 40, 150] as [Double] {
            for kind in 0..<8 {
                let sequences = list(
                    distance, lossPercent: kind & 1 == 0 ? 0 : 8, gaps: kind & 2 != 0, rogues: kind & 4 != 0, &generator)
                let tally = recorded(sequences, threshold: threshold)
                let density = listedDensity(sequences, threshold, isLiteral: false)
                #expect(tally.displacements == density.density && tally.displacedBeyond == density.beyond, "\(sequences)")
                if !density.late {
                    literal += 1
                    #expect(listedDensity(sequences, threshold, isLiteral: true).density == tally.displacements)
                }
                let occupancy = listedOccupancy(sequences, threshold, isLiteral: false)
                #expect(tally.occupancies == occupancy.density && tally.heldBeyond == occupancy.beyond, "\(sequences)")
                if !occupancy.forgot {
                    literalBuffers += 1
                    #expect(listedOccupancy(sequences, threshold, isLiteral: true).density == tally.occupancies)
                }
                let all = UInt64(sequences.count)
                #expect(tally.displacements.reduce(0, +) + tally.displacedBeyond == all)
                #expect(tally.occupancies.reduce(0, +) + tally.heldBeyond == all)
            }
        }
        #expect(literal > 8 && literalBuffers > 4)
    }

    /// Where nothing is as far off as the threshold there is none: numbers in order are the indices.
    @Test func allIsAsDefined() {
        var generator = SeededGenerator()
        for distance in [0, 1, 3, 20, 90] as [Double] {
            for kind in 0..<4 {
                let sequences = list(distance, lossPercent: kind & 1 == 0 ? 0 : 20, gaps: kind & 2 != 0, rogues: false, &generator)
                let tally = recorded(sequences, threshold: 128)
                let defined = displacements(sequences)
                #expect(tally.displacements == (-128...128).map { defined[$0] ?? 0 } && tally.displacedBeyond == 0, "\(sequences)")
            }
        }
    }

    /// The listing would call all later frames early by one, for ever.
    @Test func aFrameThatIsTooLateShiftsNoOther() {
        // While 6 is waited for, lost numbers take the index further than the threshold.
        let sequences: [UInt64] = [0, 1, 2, 3, 4, 5, 7, 8, 16, 17, 25, 26, 6] + (27..<200)
        let tally = recorded(sequences, threshold: 8)
        let expected: [UInt64] = [2, 0, 0, 0, 0, 0, 0, 4, 179, 0, 0, 0, 0, 0, 0, 0, 0]
        #expect(tally.displacedBeyond == 1 && tally.displacements == expected)
        let listed = listedDensity(sequences, 8, isLiteral: true)
        #expect(listed.late && listed.density[7] > 170 && listed.density[8] == 6)
    }

    /// Through a tracker: long runs and second copies cost nothing, and a tracker begins anew.
    @Test func trackersRecordIt() {
        let bits = OwnedTable<UInt64>(repeating: 0, count: SequenceTracker.byteCount(windowFrames: 1 << 12) / 8)
        var tracker = SequenceTracker(memory: bits.table, windowFrames: 1 << 12)
        for _ in 0..<2 {
            for sequence in 0..<100_000 as Range<UInt64> { tracker.record(sequence) }
            for sequence in [100_001, 100_002, 100_000, 100_001, 100_003] as [UInt64] { tracker.record(sequence) }
            for sequence in 100_004..<200_000 as Range<UInt64> { tracker.record(sequence) }
            let tally = tracker.finishDensity()
            let threshold = ReorderDensityRecorder.defaultThreshold
            #expect(tally.threshold == threshold && tally.displacedBeyond == 0 && tally.heldBeyond == 0)
            #expect(tally.displacements[threshold] == 199_997 && tally.displacements[threshold - 1] == 2)
            #expect(tally.displacements[threshold + 2] == 1)
            #expect(tally.occupancies[...3] == [199_998, 1, 1, 0])
            #expect((tally + tally).displacements[threshold] == 399_994)
            tracker.reset()
        }
    }
}
