import Profiles
import TestSupport
import Testing

@testable import Methods
@testable import Plans

/// Shares of a sweep's cells, and who gets which.
@Suite struct SweepShardTests {
    private func design(_ words: [String], seed: UInt64 = 1, _ change: (inout PlanDraft) -> Void = { _ in }) throws -> SweepDesign {
        var base = PlanDraft()
        base.run.seed = seed
        base.load.durationNanoseconds = 1_000_000_000
        change(&base)
        return try SweepDesign(base: base, varying: SettingVariation.parse(words), rounds: 2)
    }

    private func parts(_ design: SweepDesign, _ count: Int) -> [[Int]] {
        (1...count).map { SweepShard(index: $0, count: count)!.cells(of: design) }
    }

    /// Cells of random lengths, some of which can't be: every cell once, none longer than a third beyond what could be, and the same once more.
    @Test func sharesAreDisjointCompleteBalancedAndReproducible() throws {
        var generator = SeededGenerator()
        for _ in 0..<200 {
            let times = (0..<Int.random(in: 1...40, using: &generator)).map { _ in Int.random(in: 1...30, using: &generator) * 100 }
            let sizes = ["size=512"] + (Bool.random(using: &generator) ? ["mtu=1500,68"] : [])
            let seed = UInt64.random(in: 0...1000, using: &generator)
            let words = ["time=" + Set(times).sorted().map { "\($0)ms" }.joined(separator: ",")] + sizes
            let design = try design(words, seed: seed) { $0.load.durationNanoseconds = nil }
            let count = Int.random(in: 1...20, using: &generator)
            let parts = parts(design, count)
            #expect(parts.flatMap { $0 }.sorted() == Array(design.cells.indices), "\(words) in \(count)")
            #expect(parts.allSatisfy { $0 == $0.sorted() })
            let lengths = design.cells.map { cell in cell.plan.map { ($0.load.durationNanoseconds ?? 0) + $0.load.warmupNanoseconds } ?? 0 }
            let loads = parts.map { $0.reduce(0) { $0 + lengths[$1] } }
            // No schedule is shorter than the mean, nor than its longest cell (Graham 1969).
            let least = max(Double(loads.reduce(0, +)) / Double(count), Double(lengths.max() ?? 0))
            #expect(Double(loads.max() ?? 0) <= least * (2 - 1 / Double(count)) + 1, "\(words) in \(count): \(loads)")
            #expect(self.parts(design, count) == parts)
            #expect(design.cells.indices.filter { design.cells[$0].plan == nil }.allSatisfy { parts[0].contains($0) })
        }
    }

    @Test func cellsOfOneLengthAreCountedOutEvenly() throws {
        let design = try design(["mtu=1500,3000,9000", "size=64,128,512,1024"])
        for count in 1...15 {
            let counts = parts(design, count).map(\.count)
            #expect((counts.max() ?? 0) - (counts.min() ?? 0) <= 1, "\(count): \(counts)")
        }
    }

    /// Without the seed's order each of three shards would have one MTU.
    @Test func noShardHasOneValueInAllItsCells() throws {
        let words = ["size=64,65,66,67,68,69,70,71", "mtu=1500,3000,9000"]
        let design = try design(words)
        for cells in parts(design, 3) { #expect(Set(cells.compactMap { design.cells[$0].settings["mtu"] }).count > 1) }
        #expect(try parts(self.design(words, seed: 2), 3) != parts(design, 3))
    }

    @Test func aCountedTrialIsAsLongAsItsRateSays() throws {
        let design = try design(["rate=1kpps,2kpps,4kpps"]) { draft in
            draft.load.durationNanoseconds = nil
            draft.load.frameCount = 4000
            draft.load.warmupNanoseconds = 0
        }
        #expect(parts(design, 2) == [[0], [1, 2]])
    }

    // MARK: who is who

    @Test(arguments: [
        ("3/16", ShardRequest.named(SweepShard(index: 3, count: 16)!)), ("1/1", .named(SweepShard(index: 1, count: 1)!)),
        ("auto", .auto(count: nil)),
        ("auto/16", .auto(count: 16))
    ])
    func requestsAreRead(_ text: String, _ request: ShardRequest) { #expect(ShardRequest(text) == request) }

    @Test(arguments: [
        "", "3", "0/16", "17/16", "-1/16", "3/0", "auto/0", "auto/", "/16", "3/16/2", "a/b", "AUTO", "+3/16", "3/100000", "3 /16"
    ])
    func whatIsNoneIsNone(_ text: String) { #expect(ShardRequest(text) == nil) }

    @Test(arguments: [
        (
            "auto", ["SLURM_ARRAY_TASK_ID": "2", "SLURM_ARRAY_TASK_COUNT": "4", "SLURM_ARRAY_TASK_MIN": "0", "SLURM_ARRAY_TASK_STEP": "1"],
            "3/4"
        ),
        (
            "auto",
            ["SLURM_ARRAY_TASK_ID": "16", "SLURM_ARRAY_TASK_COUNT": "4", "SLURM_ARRAY_TASK_MIN": "10", "SLURM_ARRAY_TASK_STEP": "2"], "4/4"
        ),
        ("auto", ["SLURM_ARRAY_TASK_ID": "1", "SLURM_ARRAY_TASK_MAX": "4", "SLURM_ARRAY_TASK_MIN": "1"], "1/4"),
        (
            "auto",
            ["SLURM_ARRAY_TASK_ID": "1", "SLURM_ARRAY_TASK_COUNT": "2", "SLURM_PROCID": "2", "SLURM_NTASKS": "3", "SLURM_STEP_ID": "0"],
            "6/6"
        ),
        ("auto", ["SLURM_PROCID": "1", "SLURM_NTASKS": "4"], "2/4"), ("auto/4", ["SLURM_PROCID": "1", "SLURM_NTASKS": "4"], "2/4"),
        ("auto", ["SLURM_PROCID": "0", "SLURM_NTASKS": "1"], "1/1"),
        ("auto", ["OMPI_COMM_WORLD_RANK": "7", "OMPI_COMM_WORLD_SIZE": "8", "SLURM_PROCID": "0", "SLURM_NTASKS": "2"], "8/8"),
        ("auto/8", ["PMIX_RANK": "0"], "1/8"), ("auto/8", ["JOB_COMPLETION_INDEX": "7"], "8/8"), ("auto/8", ["PARALLEL_SEQ": "8"], "8/8"),
        ("auto/8", ["PARALLEL_SEQ": "3", "SLURM_PROCID": "0", "SLURM_NTASKS": "1", "SLURM_JOB_ID": "9"], "3/8"), ("3/16", [:], "3/16")
    ])
    func enginesAreHeard(_ text: String, _ variables: [String: String], _ shard: String) throws {
        #expect(try ShardRequest(text)?.shard { variables[$0] }.description == shard)
    }

    @Test(arguments: [
        ("auto", [:], "nothing here tells which shard"),
        ("auto", ["JOB_COMPLETION_INDEX": "2"], "JOB_COMPLETION_INDEX tells which shard this is"),
        ("auto/2", ["JOB_COMPLETION_INDEX": "2"], "JOB_COMPLETION_INDEX is 2"), ("auto/2", ["PARALLEL_SEQ": "0"], "PARALLEL_SEQ is 0"),
        ("auto", ["SLURM_ARRAY_TASK_ID": "2"], "SLURM_ARRAY_TASK_COUNT is not set"),
        (
            "auto", ["SLURM_ARRAY_TASK_ID": "7", "SLURM_ARRAY_TASK_COUNT": "3", "SLURM_ARRAY_TASK_MIN": "1", "SLURM_ARRAY_TASK_STEP": "1"],
            "a row without gaps"
        ),
        ("auto/16", ["SLURM_ARRAY_TASK_ID": "3", "SLURM_ARRAY_TASK_COUNT": "1", "SLURM_ARRAY_TASK_MIN": "3"], "but this job has 1 tasks"),
        ("auto", ["SLURM_PROCID": "0", "SLURM_NTASKS": "4", "SLURM_JOB_ID": "9"], "of the 4 tasks of this batch script only one"),
        ("auto", ["OMPI_COMM_WORLD_RANK": "x", "OMPI_COMM_WORLD_SIZE": "8"], "OMPI_COMM_WORLD_RANK is 'x'")
    ])
    func whatNobodyCanTellIsSaid(_ text: String, _ variables: [String: String], _ words: String) throws {
        let request = try #require(ShardRequest(text))
        let error = #expect(throws: ShardRequest.Unclear.self) { try request.shard { variables[$0] } }
        #expect(error?.sentence.contains(words) == true && error?.remedy != nil && error?.exitCode == 64, "\(error?.explanation ?? "")")
    }
}
