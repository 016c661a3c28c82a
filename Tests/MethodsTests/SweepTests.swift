import Frames
import Metrics
import Profiles
import TestSupport
import Testing
import Traffic

@testable import Engines
@testable import Methods
@testable import Plans
@testable import Results

/// Sweeps over played results.
@Suite struct SweepTests {
    /// A machine that was never run: each trial's rate depends on its cell and on how often that has had its turn.
    private final class Played {
        var turns: [String] = []
        var pps: (TrialPlan, Int) throws -> Double = { _, turn in 1_000 + Double(turn) }
        var change: (inout RunResult, Int) -> Void = { _, _ in }
        private var counts: [String: Int] = [:]

        func run(_ plan: TrialPlan) throws -> RunResult {
            let name = Self.name(plan)
            let count = counts[name, default: 0]
            counts[name] = count + 1
            turns.append(name)
            let pps = try pps(plan, count)
            var result = try sampleRun(plan: plan) { $0.trials[0].rates.rxPps = pps }
            change(&result, turns.count - 1)
            return result
        }

        /// The base plan has an MTU of 1400, which no cell has.
        static func name(_ plan: TrialPlan) -> String {
            plan.link.mtuBytes == 1400 ? "base" : "\(plan.link.mtuBytes ?? 0)/\(plan.transmit.workers)"
        }
    }

    private func design(
        _ words: [String] = ["mtu=1500,9000", "threads=1,2"], zip: Bool = false, rounds: Int = 3, precision: Double? = nil,
        _ change: (inout PlanDraft) -> Void = { _ in }
    ) throws -> SweepDesign {
        var base = PlanDraft()
        base.link.mtuBytes = 1400
        change(&base)
        return try SweepDesign(base: base, varying: SettingVariation.parse(words), zip: zip, rounds: rounds, precision: precision)
    }

    private func sweep(
        _ design: SweepDesign, _ played: Played, records: [SweepRecord] = [], isInterrupted: @escaping () -> Bool = { false },
        keep: @escaping (SweepRecord) throws -> Void = { _ in }
    ) throws -> SweepResult {
        try Sweep(
            design, command: ["vethmark", "sweep"], conditions: sampleRun().conditions, isInterrupted: isInterrupted, keep: keep,
            run: played.run
        ).measure(goingOnFrom: records)
    }

    // MARK: design

    @Test func allGoWithAllAndTheLastChangesFirst() throws {
        let design = try design()
        #expect(
            design.cells.map { [$0.settings["mtu"], $0.settings["threads"]] } == [
                ["1500", "1"], ["1500", "2"], ["9000", "1"], ["9000", "2"]
            ])
        #expect(design.cells.map { $0.plan?.transmit.workers } == [1, 2, 1, 2])
        #expect(design.plan.link.mtuBytes == 1400)
        #expect(design.vary.map(\.setting) == ["mtu", "threads"])
    }

    @Test func zippedListsGoTogether() throws {
        let design = try design(["mtu=1500,9000,4000", "threads=1,2,3"], zip: true)
        #expect(
            design.cells.map(\.settings) == [
                ["mtu": "1500", "threads": "1"], ["mtu": "9000", "threads": "2"], ["mtu": "4000", "threads": "3"]
            ])
    }

    @Test func aCellThatCantBeIsKeptWithItsReason() throws {
        let design = try design(["mtu=100,1500", "size=64,512"])
        #expect(design.cells.map { $0.obstacle == nil } == [true, false, true, true])
        #expect(design.cells[1].obstacle?.hasPrefix("--size is 512 but must be at most 118 with an MTU of 100") == true)
        #expect(throws: PlanError.self) { try self.design(["mtu=100"]) { $0.frame.sizes = FrameSizes("512") } }
    }

    @Test func settingsOfOtherEnginesAreLeftToThem() throws {
        let design = try design(["engine=gso,ring"]) { $0.transmit.segments = 32 }
        #expect(design.cells.map { $0.plan?.transmit.segments } == [32, nil])
        // What is varied is asked for in every cell.
        let both = try self.design(["engine=gso,ring", "segments=8,16"])
        #expect(both.cells.map { $0.obstacle == nil } == [true, true, false, false])
    }

    @Test func aPlanThatCantBeByItselfIsTheFirstCells() throws {
        let design = try design(["engine=gso,ring"]) {
            $0.transmit.engine = .ring
            $0.transmit.segments = 32
        }
        #expect(design.plan.transmit.engine == .gso)
    }

    // MARK: order

    @Test func everySecondRoundRunsBackwardsBehindACalibration() throws {
        let played = Played()
        let result = try sweep(design(), played)
        let cells = ["1500/1", "1500/2", "9000/1", "9000/2"]
        #expect(played.turns == ["base"] + cells + ["base"] + cells.reversed() + ["base"] + cells)
        #expect(result.order == [[0, 1, 2, 3], [3, 2, 1, 0], [0, 1, 2, 3]])
        #expect(result.rounds == 3 && result.trusted && !result.interrupted && result.failure == nil)
        #expect(result.calibration.trials.map(\.round) == [0, 1, 2] && result.calibration.summary.rxPps.count == 3)
        #expect(result.cells.allSatisfy { $0.sample.trials.map(\.round) == [0, 1, 2] && $0.sample.summary.rxPps.median == 1_001 })
    }

    @Test func whatACellCantDoIsItsOwnObstacle() throws {
        let played = Played()
        played.pps = { plan, turn in
            if plan.link.mtuBytes == 9000, plan.transmit.workers == 2, turn == 1 { throw TrialError.workerStuck("transmit") }
            return 1_000
        }
        let result = try sweep(design(), played)
        #expect(result.cells.map(\.sample.trials.count) == [3, 3, 3, 1])
        #expect(result.cells[3].obstacle?.contains("did not come to an end") == true && result.cells[0].obstacle == nil)
        #expect(played.turns.filter { $0 == "9000/2" }.count == 2)
        #expect(result.order == [[0, 1, 2, 3], [2, 1, 0], [0, 1, 2]])
    }

    @Test func anEmptyTrialIsAnObstacle() throws {
        let played = Played()
        played.change = { result, _ in
            if Played.name(result.plan) == "1500/1" { result.trials[0].ledger = Ledger() }
        }
        let result = try sweep(design(), played)
        #expect(result.cells[0].obstacle == "not one frame was sent" && result.cells[0].sample.trials.isEmpty)
    }

    // MARK: trust

    @Test func aVoidTrialIsInNoFigure() throws {
        let played = Played()
        played.pps = { _, turn in turn == 1 ? 9_000 : 1_000 }
        played.change = { result, turn in
            guard (5..<10).contains(turn) else { return }
            result.trusted = false
            result.warnings = [Warning(code: "residual", message: "open", remedy: "none", voidsResult: true)]
        }
        let result = try sweep(design(), played)
        #expect(result.trusted)
        for cell in result.cells {
            #expect(cell.sample.summary.rxPps.count == 2 && cell.sample.summary.rxPps.max == 1_000)
            #expect(
                cell.sample.voidTrials == 1 && cell.sample.trials.count == 3 && cell.sample.trials[1].warnings.map(\.code) == ["residual"])
        }
    }

    @Test func mostTrialsVoidIsNoTrust() throws {
        let played = Played()
        played.change = { result, turn in
            if Played.name(result.plan) == "1500/2", turn > 4 { result.trusted = false }
        }
        let result = try sweep(design(), played)
        #expect(!result.trusted && result.cells.map(\.sample.trusted) == [true, false, true, true])
    }

    // MARK: precision

    @Test func preciseCellsEndTheSweepAtALook() throws {
        let steady = try sweep(design(rounds: 100, precision: 0.02), Played())
        #expect(steady.rounds == 6 && steady.plannedRounds == 100)
        let played = Played()
        // Half the interval of 12 is that between the 3rd and the 10th.
        played.pps = { plan, turn in plan.transmit.workers == 2 && turn < 4 ? 1_000 + 200 * Double(turn % 2) : 1_100 }
        #expect(try sweep(design(rounds: 100, precision: 0.02), played).rounds == 12)
        let noisy = Played()
        noisy.pps = { _, turn in turn.isMultiple(of: 2) ? 1_000 : 2_000 }
        #expect(try sweep(design(rounds: 8, precision: 0.02), noisy).rounds == 8)
    }

    // MARK: going on

    /// Stopped behind each turn in turn, and gone on with: nothing is lost, nothing is repeated, and the result is that of a sweep that was not stopped.
    @Test func aResumedSweepEqualsOneThatWasNotStopped() throws {
        let design = try design()
        func figures(_ result: SweepResult) -> [[Int]] { result.cells.map { $0.sample.trials.map { Int($0.trial.rates.rxPps) } } }
        let whole = Played()
        let expected = try sweep(design, whole)
        for stop in 0..<whole.turns.count {
            let played = Played()
            var kept: [SweepRecord] = []
            let first = try sweep(design, played, isInterrupted: { kept.count == stop }, keep: { kept.append($0) })
            #expect(first.interrupted && kept.count == stop)
            let result = try sweep(design, played, records: kept.reversed(), keep: { kept.append($0) })
            #expect(result == expected, "stopped behind turn \(stop)")
            #expect(kept.count == whole.turns.count && played.turns == whole.turns)
        }
    }

    @Test func aTrialCutShortIsNoSampleAndHasItsTurnAgain() throws {
        let design = try design()
        let played = Played()
        played.change = { result, turn in if turn == 7 { result.trials[0].endedBecause = .interrupted } }
        var kept: [SweepRecord] = []
        let first = try sweep(design, played, keep: { kept.append($0) })
        #expect(first.interrupted && kept.count == 7)
        let result = try sweep(design, played, records: kept)
        #expect(played.turns.count == 16 && played.turns[7] == played.turns[8])
        #expect(result.cells.allSatisfy { $0.sample.trials.count == 3 } && result.trusted)
    }

    private struct DiskFull: Error, CustomStringConvertible { let description = "no space left on device" }

    @Test func whatCantBeKeptEndsTheSweepAndIsRepeated() throws {
        let design = try design()
        let played = Played()
        var kept: [SweepRecord] = []
        let first = try sweep(
            design, played,
            keep: { (record: SweepRecord) throws -> Void in
                guard kept.count < 6 else { throw DiskFull() }
                kept.append(record)
            })
        #expect(first.failure == "no space left on device" && !first.trusted && played.turns.count == 7)
        #expect(try sweep(design, played, records: kept).cells.allSatisfy { $0.sample.trials.count == 3 })
    }

    @Test func aLostLinkEndsTheSweep() throws {
        let played = Played()
        played.change = { result, turn in if turn == 3 { result.trials[0].endedBecause = .linkLost } }
        let result = try sweep(design(), played)
        #expect(result.failure?.contains("mtu 9000, threads 1") == true && played.turns.count == 4)
        #expect(result.cells[2].sample.trials.isEmpty && result.cells[2].obstacle == nil)
    }

    @Test func anotherDesignIsAnotherSweep() throws {
        let design = try design()
        #expect(design.isSame(as: try self.design(rounds: 9, precision: 0.1)))
        #expect(!design.isSame(as: try self.design(zip: true)))
        #expect(!design.isSame(as: try self.design { $0.load.warmupNanoseconds = 0 }))
    }
}

@Suite struct SweepStatisticsTests {
    private func sample(_ pps: [Double], void: Set<Int> = []) throws -> SweepResult.Sample {
        SweepResult.Sample(
            try pps.enumerated().compactMap { round, pps in
                SweepTrial(
                    try sampleRun {
                        $0.trials[0].rates.rxPps = pps
                        $0.trusted = !void.contains(round)
                    }, round: round)
            })
    }

    @Test func pairsTellApartWhatDriftHides() throws {
        let drift = (0..<8).map { 1_000 * (1 + 0.1 * Double($0)) }
        let base = try sample(drift)
        let ratio = try #require(PairedRatio(try sample(drift.enumerated().map { $1 * (1.02 + 0.001 * Double($0 % 3)) }), over: base))
        #expect(ratio.isTold && ratio.rounds == 8 && (ratio.ratio - 1.021).magnitude < 1e-9)
        #expect(try #require(PairedRatio(base, over: base)).isTold == false)
        // A void trial makes no pair.
        #expect(try #require(PairedRatio(try sample(drift, void: [0, 1, 2]), over: base)).interval == nil)
    }
}
