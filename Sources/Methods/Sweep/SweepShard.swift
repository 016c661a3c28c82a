import Metrics
import Plans

/// Which of several parts of a sweep: `3/16`. All parts are told apart by these two numbers and the sweep's design alone, so that hosts need not talk with
/// each other.
public struct SweepShard: Codable, Hashable, Sendable, CustomStringConvertible {
    /// How many parts there can be.
    public static let counts = 1...10_000

    /// Counts from 1.
    public let index: Int
    public let count: Int

    /// Nil unless `index` is 1 to `count`, and `count` one of `counts`.
    public init?(index: Int, count: Int) {
        guard Self.counts.contains(count), (1...count).contains(index) else { return nil }
        (self.index, self.count) = (index, count)
    }

    /// `3/16`.
    public var description: String { "\(index)/\(count)" }

    /// Places of its cells in the design's, ascending. Shards of one count have every cell once, and expect to take equally long as nearly as their longest
    /// cells allow.
    public func cells(of design: SweepDesign) -> [Int] { Self.parts(of: design, count: count)[index - 1] }

    /// The longest cell first, each to whom has least to do so far (Graham's LPT: at most a third longer than the best that could be). Cells that are as long
    /// as each other have an order drawn by the plan's seed: else a shard would get one setting's value in all its cells wherever the counts divide.
    private static func parts(of design: SweepDesign, count: Int) -> [[Int]] {
        var parts = Array(repeating: (nanoseconds: UInt64(0), cells: [Int]()), count: count)
        for (cell, nanoseconds) in byLength(design) {
            let least = parts.indices.min {
                (parts[$0].nanoseconds, parts[$0].cells.count) < (parts[$1].nanoseconds, parts[$1].cells.count)
            }
            parts[least ?? 0].cells.append(cell)
            parts[least ?? 0].nanoseconds += nanoseconds
        }
        // What can't be takes no time, and the first has something to do in any case.
        parts[0].cells += design.cells.indices.filter { design.cells[$0].plan == nil }
        return parts.map { $0.cells.sorted() }
    }

    private static func byLength(_ design: SweepDesign) -> [(cell: Int, nanoseconds: UInt64)] {
        var cells = design.cells.indices.compactMap { cell in
            design.cells[cell].plan.map { (cell: cell, nanoseconds: $0.load.expectedNanoseconds) }
        }
        var numbers = SplitMix64(seed: design.plan.run.seed)
        for place in cells.indices.dropFirst().reversed() { cells.swapAt(place, numbers.next(below: place + 1)) }
        return cells.enumerated().sorted { ($1.element.nanoseconds, $0.offset) < ($0.element.nanoseconds, $1.offset) }.map(\.element)
    }
}

extension TrialPlan.Load {
    /// How long a trial takes by its plan, warm-up included; of as many frames as fast as can be, as if a million left a second.
    fileprivate var expectedNanoseconds: UInt64 {
        let counted = frameCount.map { count in
            UInt64(
                min(Double(count) / max(packetRate?.packetsPerSecond ?? 1e6, 1e-3) * 1e9, Double(PlanBounds.durationNanoseconds.upperBound))
            )
        }
        return ([durationNanoseconds, counted].compactMap { $0 }.min() ?? 0) + warmupNanoseconds
    }
}

/// The cells of a shard.
public struct SweepShare: Codable, Equatable, Sendable {
    public let shard: SweepShard
    /// Places in the whole grid, ascending, from 0.
    public let cells: [Int]

    public init(_ shard: SweepShard, of design: SweepDesign) {
        self.shard = shard
        cells = shard.cells(of: design)
    }

    init(_ shard: SweepShard, cells: [Int]) {
        (self.shard, self.cells) = (shard, cells)
    }

    private enum CodingKeys: CodingKey { case index, count, cells }

    /// The shard's keys, and ours beside them.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        let (index, count) = (try values.decode(Int.self, forKey: .index), try values.decode(Int.self, forKey: .count))
        guard let shard = SweepShard(index: index, count: count) else {
            throw DecodingError.dataCorruptedError(forKey: .index, in: values, debugDescription: "there is no shard \(index) of \(count)")
        }
        self.shard = shard
        cells = try values.decode([Int].self, forKey: .cells)
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(shard.index, forKey: .index)
        try values.encode(shard.count, forKey: .count)
        try values.encode(cells, forKey: .cells)
    }

    /// The design's part.
    public func part(of design: SweepDesign) -> SweepDesign { design.part(cells) }
}
