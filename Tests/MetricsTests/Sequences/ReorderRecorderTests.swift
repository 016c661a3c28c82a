import TestSupport
import Testing

@testable import Metrics

/// Against RFC 4737's own definitions over the whole list of arrivals.
@Suite struct ReorderRecorderTests {
    private func recorded(_ sequences: [UInt64]) -> ReorderTally {
        var recorder = ReorderRecorder()
        var expected: UInt64 = 0
        for (arrival, sequence) in sequences.enumerated() {
            if sequence < expected {
                recorder.late(sequence, expected: expected, arrivals: UInt64(arrival))
                continue
            }
            if sequence > expected { recorder.jump(to: sequence, arrivals: UInt64(arrival)) }
            expected = sequence + 1
        }
        return recorder.tally
    }

    private func defined(_ sequences: [UInt64]) -> ReorderTally {
        var tally = ReorderTally()
        for (place, sequence) in sequences.enumerated() {
            guard let first = sequences[..<place].firstIndex(where: { $0 > sequence }) else { continue }
            let following = sequences[..<place].reversed().prefix { $0 > sequence }.count
            tally.note(extent: UInt64(place - first), following: UInt64(following), isCut: false)
        }
        return tally
    }

    /// RFC 4737 section 4.2.1 and 5.3: 7, 8, 9 behind 10 and 11.
    @Test func theExamplesComeOut() {
        let tally = recorded([0, 1, 2, 3, 4, 5, 6, 10, 11, 7, 8, 9, 12])
        #expect(tally.frames == 3 && tally.maximumExtent == 4 && tally.extentSum == 2 + 3 + 4)
        #expect(tally.following.prefix(3) == [1, 1, 0])
        #expect(recorded(Array(0..<100)) == ReorderTally() && recorded([3, 4, 9]) == ReorderTally())
    }

    /// Shuffled within distances of all kinds, and thinned out.
    @Test func allIsAsDefined() {
        var generator = SeededGenerator()
        for distance in [1, 2, 3, 8, 50, 300] {
            for _ in 0..<20 {
                let sequences = (0..<600 as Range<UInt64>).filter { _ in Int.random(in: 0..<10, using: &generator) > 0 }
                    .map { ($0, Double($0) + Double.random(in: 0...Double(distance), using: &generator)) }
                    .sorted { $0.1 < $1.1 }.map(\.0)
                let (recorded, defined) = (recorded(sequences), defined(sequences))
                #expect(recorded == defined, "\(sequences)")
            }
        }
    }

    @Test func whatReachesBackTooFarIsToldAsFarAsItGoes() {
        let pairs = (1..<2_000 as Range<UInt64>).flatMap { [2 * $0 + 1, 2 * $0] }
        let tally = recorded([10_000] + pairs)
        #expect(tally.frames == UInt64(pairs.count) && tally.cut > 0)
        #expect(tally.maximumExtent < UInt64(pairs.count))
    }
}
