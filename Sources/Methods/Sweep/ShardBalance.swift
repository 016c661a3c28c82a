import Metrics

/// Work laid out for many who can't talk with each other: the longest first, each to whom has least to do so far (Graham's LPT: at most a third longer than the
/// best that could be). What is as long as each other has an order drawn by a seed.
enum ShardBalance {
    /// - Parameters:
    ///   - lengthsNanoseconds: nil for what takes no time, which the first does.
    ///   - count: of those who do it, 1 at least.
    /// - Returns: places in `lengthsNanoseconds` for each, ascending.
    static func parts(lengthsNanoseconds lengths: [UInt64?], count: Int, seed: UInt64) -> [[Int]] {
        var workers = Workers(count: count)
        for (place, nanoseconds) in byLength(lengths, seed: seed) { workers.give(place, nanoseconds) }
        var parts = workers.parts
        parts[0] += lengths.indices.filter { lengths[$0] == nil }
        return parts.map { $0.sorted() }
    }

    private static func byLength(_ lengths: [UInt64?], seed: UInt64) -> [(place: Int, nanoseconds: UInt64)] {
        var work = lengths.indices.compactMap { place in lengths[place].map { (place: place, nanoseconds: $0) } }
        var numbers = SplitMix64(seed: seed)
        for place in work.indices.dropFirst().reversed() { work.swapAt(place, numbers.next(below: place + 1)) }
        return work.enumerated().sorted { ($1.element.nanoseconds, $0.offset) < ($0.element.nanoseconds, $1.offset) }.map(\.element)
    }

    /// A binary heap with whoever has least to do at its top: ten thousand shards of a hundred thousand cells are laid out by each of ten thousand processes.
    private struct Workers {
        private struct Load {
            let worker: Int
            var nanoseconds: UInt64 = 0
            var count = 0

            func isLess(than other: Load) -> Bool {
                (nanoseconds, count, worker) < (other.nanoseconds, other.count, other.worker)
            }
        }

        /// Sorted as they begin, which is a heap.
        private var loads: [Load]
        private(set) var parts: [[Int]]

        init(count: Int) {
            loads = (0..<count).map { Load(worker: $0) }
            parts = Array(repeating: [], count: count)
        }

        mutating func give(_ place: Int, _ nanoseconds: UInt64) {
            parts[loads[0].worker].append(place)
            loads[0].nanoseconds += nanoseconds
            loads[0].count += 1
            var parent = 0
            while true {
                var least = parent
                for child in [2 * parent + 1, 2 * parent + 2] where child < loads.count && loads[child].isLess(than: loads[least]) {
                    least = child
                }
                if least == parent { return }
                loads.swapAt(parent, least)
                parent = least
            }
        }
    }
}
