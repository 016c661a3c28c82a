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

    /// Without the seed's order a shard would get one setting's value in all its cells wherever the counts divide. What can't be takes no time, and the first
    /// has something to do in any case.
    private static func parts(of design: SweepDesign, count: Int) -> [[Int]] {
        ShardBalance.parts(
            lengthsNanoseconds: design.cells.map { $0.plan?.load.expectedNanoseconds }, count: count, seed: design.plan.run.seed)
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
