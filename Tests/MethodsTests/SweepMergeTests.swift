import Foundation
import Profiles
import TestSupport
import Testing

@testable import Methods
@testable import Plans
@testable import Results

/// Parts of a sweep that several hosts have measured, over played trials.
@Suite struct SweepMergeTests {
    private let command = ["vethmark", "results", "merge"]

    private func design(rounds: Int = 3, _ words: [String] = ["mtu=1500,3000,9000", "threads=1,2"]) throws -> SweepDesign {
        var base = PlanDraft()
        base.link.mtuBytes = 1400
        return try SweepDesign(base: base, varying: SettingVariation.parse(words), rounds: rounds)
    }

    /// - Parameters:
    ///   - start: of its first trial, in ms of some day; trials follow each other by one.
    ///   - turns: had before it was stopped; nil for all.
    private func part(
        _ design: SweepDesign, _ shard: Int?, of count: Int = 3, on host: String, kernel: String = "6.1", start: UInt64 = 0,
        turns: Int? = nil,
        after: [SweepRecord] = [], rate: @escaping (TrialPlan, Int) -> Double = { plan, _ in Double(plan.transmit.workers) * 1000 }
    ) throws -> SweepPart {
        let share = shard.map { SweepShare(SweepShard(index: $0, count: count)!, of: design) }
        var records = after
        var clock = start
        var step: Sweep.Step?
        _ = try Sweep(
            share?.part(of: design) ?? design, command: [], conditions: try sampleRun().conditions,
            isInterrupted: { turns.map { records.count == $0 } ?? false },
            keep: { record in
                var record = record
                record.host = host
                records.append(record)
            }, observe: { step = $0 }
        ) { plan in
            clock += 1
            return try sampleRun(plan: plan) { run in
                run.trials[0].startedAtNanoseconds = clock * 1_000_000
                run.trials[0].rates.rxPps = rate(plan, step?.round ?? 0)
                run.conditions.kernelRelease = kernel
                run.conditions.startedAt = "2026-01-01T00:00:\(String(format: "%02d", clock % 60))Z"
            }
        }.measure(goingOnFrom: after)
        return SweepPart(design: design, share: share, host: host, cpuModel: "CPU", kernelRelease: kernel, records: records)
    }

    private func merged(_ parts: [SweepPart]) throws -> SweepResult { try SweepMerge(parts).result(command: command) }

    private func rounds(_ result: SweepResult) -> [[Int]] { result.cells.map { $0.sample.trials.map(\.round) } }

    private func text(_ result: SweepResult) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return try encoder.encode(result)
    }

    @Test func shardsMakeTheWholeGrid() throws {
        let design = try design()
        let result = try merged((1...3).map { try part(design, $0, on: "n\($0)", start: UInt64($0) * 20) })
        #expect(result.cells.map(\.settings) == design.cells.map(\.settings) && result.vary == design.vary)
        #expect(rounds(result) == Array(repeating: [0, 1, 2], count: 6))
        #expect(result.trusted && !result.interrupted && result.rounds == 3 && result.shard == nil)
        #expect(result.calibration.trials.map(\.round) == [0, 0, 0, 1, 1, 1, 2, 2, 2])
        #expect(result.order == [[0, 1, 2, 3, 4, 5], [5, 4, 3, 2, 1, 0], [0, 1, 2, 3, 4, 5]])
        let hosts = try #require(result.hosts)
        #expect(hosts.map(\.name) == ["n1", "n2", "n3"] && hosts.map(\.shards) == [[1], [2], [3]])
        #expect(hosts.flatMap(\.cells).sorted() == Array(0..<6))
        #expect(hosts.allSatisfy { $0.calibration.trials.map(\.round) == [0, 1, 2] && $0.conditions?.kernelRelease == "6.1" })
        #expect(result.warnings.map(\.code) == ["several-hosts"])
        let alone = try merged((1...3).map { try part(design, $0, on: "n1", start: UInt64($0) * 20) })
        #expect(alone.warnings.isEmpty && alone.hosts?.map(\.shards) == [[1, 2, 3]])
        // One sweep that was not shared out has the same cells.
        let whole = try Sweep(design, command: [], conditions: sampleRun().conditions) { plan in
            try sampleRun(plan: plan) { $0.trials[0].rates.rxPps = Double(plan.transmit.workers) * 1000 }
        }.measure()
        #expect(
            whole.cells.map(\.settings) == result.cells.map(\.settings)
                && whole.cells.map(\.sample.summary) == result.cells.map(\.sample.summary))
    }

    @Test func aShardsOwnResultHasItsCellsOnly() throws {
        let design = try design()
        let share = SweepShare(SweepShard(index: 2, count: 3)!, of: design)
        let result = try Sweep(share.part(of: design), command: [], conditions: sampleRun().conditions) { try sampleRun(plan: $0) }
            .measure()
            .of(share)
        #expect(result.shard == share && result.cells.map(\.settings) == share.cells.map { design.cells[$0].settings })
        #expect(result.order == [[0, 1], [1, 0], [0, 1]])
        let read = try JSONDecoder().decode(SweepResult.self, from: text(result))
        #expect(read == result)
    }

    /// Shards, whole sweeps, lost ones and copies, shuffled.
    @Test func theOrderOfPartsChangesNothing() throws {
        var generator = SeededGenerator()
        let design = try design()
        let shards = [
            try part(design, 1, on: "n1"), try part(design, 2, on: "n2", turns: 4),
            try part(design, 2, on: "n3", kernel: "6.12", start: 50),
            try part(design, 3, on: "n1", start: 100), try part(design, 1, on: "n1")
        ]
        let hosts = [
            try part(design, nil, on: "n2"), try part(design, nil, on: "n1"), try part(design, nil, on: "n1", kernel: "6.12", start: 99),
            try part(design, nil, on: "n3", turns: 5)
        ]
        for parts in [shards, hosts] {
            let expected = try text(merged(parts))
            for _ in 0..<20 { #expect(try text(merged(parts.shuffled(using: &generator))) == expected) }
        }
    }

    // MARK: twice, and not at all

    @Test func aShardThatWasBegunAnewCountsOnce() throws {
        let design = try design()
        let parts = [
            try part(design, 1, on: "n1"), try part(design, 2, on: "n2", turns: 4, rate: { _, _ in 1 }),
            try part(design, 2, on: "n3", kernel: "6.12", start: 50), try part(design, 3, on: "n1", start: 100)
        ]
        let result = try merged(parts)
        #expect(rounds(result) == Array(repeating: [0, 1, 2], count: 6))
        #expect(!result.cells.flatMap(\.sample.trials).contains { $0.trial.rates.rxPps == 1 })
        let warning = try #require(result.warnings.first)
        // Of four turns two are calibration trials.
        #expect(warning.code == "duplicate-turns" && warning.message.hasSuffix(": 2 turns of shard 2/3 on n2"), "\(warning.message)")
        #expect(
            result.hosts?.map(\.name) == ["n1", "n2", "n3"] && result.hosts?[1].cells == []
                && result.hosts?[1].calibration.trials.isEmpty == true)
        // Of equals the first.
        let twice = try merged([parts[0], parts[2], parts[3], part(design, 2, on: "n4", start: 49, rate: { _, _ in 7 })])
        #expect(SweepShard(index: 2, count: 3)!.cells(of: design).allSatisfy { twice.cells[$0].sample.summary.rxPps.max == 7 })
    }

    @Test func copiesAreNoRepeats() throws {
        let design = try design()
        let parts = try (1...3).map { try part(design, $0, on: "n1", start: UInt64($0) * 20) }
        #expect(try text(merged(parts + parts)) == text(merged(parts)))
    }

    @Test func gapsAreNamed() throws {
        let design = try design()
        let lost = try merged([part(design, 2, on: "n1")])
        let first = try #require(lost.warnings.first)
        #expect(first.code == SweepMerge.missingTurns && first.message == "missing: shards 1, 3 of 3, with 4 cells", "\(first.message)")
        #expect(lost.trusted && lost.cells.count == 6 && rounds(lost).filter(\.isEmpty).count == 4)
        let stopped = try merged([
            part(design, 1, on: "n1"), part(design, 2, on: "n1", start: 30, turns: 4), part(design, 3, on: "n1", start: 60)
        ])
        #expect(stopped.warnings.map(\.message) == ["missing: 5 turns of shard 2/3"])
        // Shards without cells are not missed.
        let many = try merged((1...6).map { try part(design, $0, of: 9, on: "n1", start: UInt64($0) * 20) })
        #expect(many.warnings.isEmpty && rounds(many) == Array(repeating: [0, 1, 2], count: 6))
    }

    @Test func aResumedShardLosesAndRepeatsNothing() throws {
        let design = try design()
        let stopped = try part(design, 2, on: "n1", start: 30, turns: 4)
        let own = stopped.records.map { record in
            SweepRecord(
                round: record.round, cell: record.cell.flatMap { cell in stopped.cells.firstIndex(of: cell) }, trial: record.trial,
                obstacle: record.obstacle, conditions: record.conditions, host: record.host)
        }
        let others = [try part(design, 1, on: "n1"), try part(design, 3, on: "n1", start: 60)]
        let result = try merged(others + [part(design, 2, on: "n2", start: 90, after: own)])
        #expect(rounds(result) == Array(repeating: [0, 1, 2], count: 6) && result.warnings.map(\.code) == ["several-hosts"])
        #expect(result.hosts?.map(\.shards) == [[1, 2, 3], [2]])
        #expect(result.hosts?.map(\.calibration.trials.count) == [8, 1])
    }

    // MARK: hosts

    @Test func hostsAreTheFirstSetting() throws {
        let design = try design()
        let parts = [
            try part(design, nil, on: "n2", rate: { plan, _ in Double(plan.transmit.workers) * 2000 }),
            try part(design, nil, on: "n1", start: 100)
        ]
        let result = try merged(parts)
        #expect(result.vary.map(\.setting) == ["host", "mtu", "threads"] && result.vary[0].values == ["n1", "n2"])
        #expect(result.cells.count == 12 && result.cells[6].settings == ["host": "n2", "mtu": "1500", "threads": "1"])
        #expect(result.cells[6].sample.summary.rxPps.median == 2000 && result.order[1] == [5, 4, 3, 2, 1, 0, 11, 10, 9, 8, 7, 6])
        #expect(result.hosts?.map(\.cells) == [Array(0..<6), Array(6..<12)] && result.hosts?.allSatisfy(\.shards.isEmpty) == true)
        #expect(result.warnings.isEmpty && result.trusted)
        let kernels = try merged([part(design, nil, on: "n1"), part(design, nil, on: "n1", kernel: "6.12", start: 100)])
        #expect(kernels.vary[0].values == ["n1 (6.1)", "n1 (6.12)"])
    }

    @Test func whatIsNoPartOfTheSameIsRefused() throws {
        let design = try design()
        func refusal(_ parts: [SweepPart]) -> String { (#expect(throws: SweepMerge.Refusal.self) { try merged(parts) })?.explanation ?? "" }
        #expect(refusal([]).hasPrefix("there is nothing to merge"))
        #expect(try refusal([part(design, 1, on: "n1"), part(design, nil, on: "n2")]).hasPrefix("shards of one sweep and whole sweeps"))
        #expect(try refusal([part(design, 1, on: "n1"), part(design, 1, of: 4, on: "n2")]).hasPrefix("there are shards of 3 and of 4"))
        let other = try self.design(["mtu=1500,3000,9000", "threads=1,3"])
        #expect(try refusal([part(design, 1, on: "n1"), part(other, 2, on: "n2")]).contains("are parts of different sweeps"))
    }

    /// What a machine makes of `auto` is its own; of a grid that is shared out it isn't.
    @Test func plansOfHostsMayDifferAndAreTold() throws {
        let design = try design(["mtu=1500,9000"])
        var base = PlanDraft()
        base.link.mtuBytes = 1400
        base.receive.blocks = 4
        let other = try SweepDesign(base: base, varying: SettingVariation.parse(["mtu=1500,9000"]), rounds: 3)
        let result = try merged([part(design, nil, on: "n1"), part(other, nil, on: "n2", start: 50)])
        #expect(result.warnings.map(\.code) == ["plans-differ"])
        #expect(throws: SweepMerge.Refusal.self) { try merged([part(design, 1, of: 2, on: "n1"), part(other, 2, of: 2, on: "n2")]) }
    }

    // MARK: comparing by a setting

    private func compared(_ result: SweepResult, _ setting: String, _ values: String? = nil) throws -> ResultComparison {
        let axis = try GridAxis(setting, of: ComparableGrid(result))
        return try #require(ResultComparison(by: axis, axis.pair(values), of: "merged", command: ["vethmark"]))
    }

    private func scattered(_ factor: @escaping (TrialPlan) -> Double) -> (TrialPlan, Int) -> Double {
        { plan, round in 1e6 * factor(plan) * (1 + Double(round % 5 - 2) / 200) }
    }

    @Test func hostsAndKernelsAreComparedCellByCell() throws {
        let design = try design(rounds: 12, ["mtu=1500,9000"])
        let result = try merged([
            part(design, nil, on: "n1", rate: scattered { _ in 1 }),
            part(design, nil, on: "n2", kernel: "6.12", start: 100, rate: scattered { $0.link.mtuBytes == 9000 ? 1.3 : 1 }),
            part(design, nil, on: "n3", kernel: "6.12", start: 200, rate: scattered { $0.link.mtuBytes == 9000 ? 1.3 : 1 })
        ])
        let hosts = try compared(result, "host", "n1,n2")
        #expect(hosts.design == .unpaired && hosts.base.source == "merged, host n1" && hosts.vary?.map(\.setting) == ["mtu"])
        #expect(hosts.cells?.map(\.settings) == [["mtu": "1500"], ["mtu": "9000"]] && hosts.cells?.map(\.verdict) == [.same, .faster])
        #expect(hosts.figures.first?.verdict == .same && hosts.notes.first?.contains("on a host each") == true)
        #expect(hosts.differences.contains(ResultDifference(path: "conditions.kernelRelease", base: "6.1", new: "6.12")))
        let kernels = try compared(result, "kernel")
        #expect(
            kernels.cells?.map { $0.figures.first?.newSamples.count } == [24, 24] && kernels.notes.first?.contains("several hosts") == true)
        func refusal(_ setting: String, _ values: String? = nil) -> String {
            (#expect(throws: GridAxis.Refusal.self) { try compared(result, setting, values) })?.explanation ?? ""
        }
        #expect(refusal("host") == "host has 3 values: n1; n2; n3; name two of them, as in --by 'host=n1,n2'")
        #expect(refusal("host", "n1,n9").hasPrefix("--by names 'n1,n9', which is not two values of host; "))
        #expect(refusal("cpu-model").hasPrefix("cpu-model has one value only, CPU; "))
        #expect(refusal("size") == "--by names 'size', which cells don't differ in; name one of host, mtu, kernel, cpu-model")
    }

    /// Values of a setting that had their turns in the same rounds are told apart by pairs.
    @Test func valuesOfTheSameRoundsArePaired() throws {
        let design = try design(rounds: 8, ["mtu=1500,9000", "size=64;64,128"])
        let drift: (TrialPlan, Int) -> Double = { plan, round in 1e6 * (1 + 0.2 * Double(round)) * (plan.link.mtuBytes == 9000 ? 1.03 : 1) }
        let result = try merged([part(design, nil, on: "n1", rate: drift), part(design, nil, on: "n2", start: 100, rate: drift)])
        let comparison = try compared(result, "mtu")
        #expect(comparison.design == .paired && comparison.cells?.count == 4 && comparison.figures.isEmpty)
        #expect(comparison.cells?.allSatisfy { $0.verdict == .undecided || $0.verdict == .faster } == true)
        #expect(comparison.notes.isEmpty)
        #expect(comparison.cells?.first?.figures.first?.comparison.map { ($0.estimate - 1.03).magnitude < 1e-9 } == true)
        #expect(try compared(result, "size", "64;64,128").cells?.count == 4)
        // Shards had theirs at other times.
        let shards = try merged((1...2).map { try part(design, $0, of: 2, on: "n1", start: UInt64($0) * 100, rate: drift) })
        let unpaired = try compared(shards, "mtu")
        #expect(unpaired.design == .unpaired && unpaired.notes.first?.contains("several shards") == true)
        // With one setting there is one cell.
        let single = try merged([part(self.design(rounds: 8, ["mtu=1500,9000"]), nil, on: "n1", rate: drift)])
        let only = try compared(single, "mtu")
        #expect(only.cells?.map { $0.name(only.vary ?? []) } == ["host n1"])
    }
}
