import Foundation
import Testing

@testable import Methods

/// MLRsearch beside the reference library (PyPI, MLRsearch 1.2.1), whose searches over the same simulated devices were recorded by
/// `mlrsearch-reference.py`: the same trials in the same order, and the same bounds.
@Suite struct ReferenceSearchTests {
    private struct Row {
        let seed: Int
        let trials: Int
        let checksum: String
        /// Lower bound, upper bound, conditional throughput.
        let answers: [[Double?]]
    }

    private static func rows() throws -> [Row] {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("mlrsearch-reference.json")
        let all = try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [[Any]])
        return try all.map { row in
            Row(
                seed: try #require(row[0] as? Int), trials: try #require(row[1] as? Int), checksum: try #require(row[2] as? String),
                answers: try #require(row[3] as? [[Any]]).map { $0.map { ($0 as? NSNumber)?.doubleValue } })
        }
    }

    @Test func aThousandSearchesAskForTheSameTrialsAndFindTheSame() throws {
        let rows = try Self.rows()
        #expect(rows.count == 1_000 && rows.contains { $0.answers.contains { $0[0] == nil } || $0.answers.contains { $0[1] == nil } })
        for row in rows {
            var device = ReferenceDevice(seed: UInt64(row.seed))
            var search = MultipleLossRatioSearch(goals: SearchGoal.reference(seed: row.seed), minimum: 1_000, maximum: 10_000_000)
            while let order = search.next(), device.trials < 2 * row.trials { search.add(device.run(order), of: order) }
            let checksum = String(device.checksum, radix: 16)
            #expect(device.trials == row.trials, "seed \(row.seed)")
            #expect(String(repeating: "0", count: 16 - checksum.count) + checksum == row.checksum, "seed \(row.seed)")
            for (goal, answer) in row.answers.enumerated() {
                let ours = search.answer(goal)
                let figures = [ours.relevantLowerBound, ours.relevantUpperBound, ours.conditionalThroughput]
                #expect(zip(figures, answer).allSatisfy(Self.isSame), "seed \(row.seed), goal \(goal): \(figures), \(answer)")
            }
        }
    }

    /// Recorded with three places.
    private static func isSame(_ ours: Double?, _ theirs: Double?) -> Bool {
        guard let ours, let theirs else { return ours == nil && theirs == nil }
        return abs(ours - theirs) < 0.001
    }
}
