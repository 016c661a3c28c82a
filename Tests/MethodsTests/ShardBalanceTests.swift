import Metrics
import TestSupport
import Testing

@testable import Methods

@Suite struct ShardBalanceTests {
    /// The same by looking at everybody for each piece of work.
    private func slowly(_ lengths: [UInt64?], _ count: Int, _ seed: UInt64) -> [[Int]] {
        var work = lengths.indices.filter { lengths[$0] != nil }
        var numbers = SplitMix64(seed: seed)
        for place in work.indices.dropFirst().reversed() { work.swapAt(place, numbers.next(below: place + 1)) }
        let order = work.enumerated().sorted { (lengths[$1.element]!, $0.offset) < (lengths[$0.element]!, $1.offset) }.map(\.element)
        var parts = Array(repeating: [Int](), count: count)
        var loads = Array(repeating: UInt64(0), count: count)
        for place in order {
            let least = (0..<count).min { (loads[$0], parts[$0].count, $0) < (loads[$1], parts[$1].count, $1) }!
            parts[least].append(place)
            loads[least] += lengths[place]!
        }
        parts[0] += lengths.indices.filter { lengths[$0] == nil }
        return parts.map { $0.sorted() }
    }

    private func lengths(_ count: Int, kinds: Int, _ generator: inout SeededGenerator) -> [UInt64?] {
        (0..<count).map { _ in
            Int.random(in: 0..<20, using: &generator) == 0 ? nil : UInt64.random(in: 0...UInt64(kinds), using: &generator) * 1_000_000
        }
    }

    @Test func whoeverHasLeastGetsTheLongest() {
        var generator = SeededGenerator()
        for round in 0..<1_000 {
            let lengths = lengths(Int.random(in: 0...60, using: &generator), kinds: round.isMultiple(of: 2) ? 3 : 10_000, &generator)
            let (count, seed) = (Int.random(in: 1...25, using: &generator), generator.next())
            #expect(ShardBalance.parts(lengthsNanoseconds: lengths, count: count, seed: seed) == slowly(lengths, count, seed))
        }
    }

    /// Ten thousand shards, the most there can be, of as many cells and more: all cells once, and nobody has more than the mean and one cell.
    @Test(arguments: [3, 10_000, 100_000]) func tenThousandShardsHaveEachCellOnce(_ cells: Int) {
        var generator = SeededGenerator()
        let lengths = lengths(cells, kinds: 600_000, &generator)
        let count = SweepShard.counts.upperBound
        let parts = ShardBalance.parts(lengthsNanoseconds: lengths, count: count, seed: 5)
        #expect(parts.count == count && parts.flatMap { $0 }.sorted() == Array(lengths.indices))
        let loads = parts.map { $0.reduce(UInt64(0)) { $0 + (lengths[$1] ?? 0) } }
        let mean = Double(loads.reduce(0, +)) / Double(count)
        #expect(Double(loads.max()!) <= mean + Double(lengths.compactMap { $0 }.max()!))
    }
}
