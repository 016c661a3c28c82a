import Metrics
import TestSupport
import Testing

@testable import Methods
@testable import Plans
@testable import Results

/// Two sweeps side by side, over played trials.
@Suite struct CellComparisonTests {
    /// - Parameter rate: of a frame size in a round; nil is a trial that can't be had.
    private func sweep(
        sizes: [Int] = [64, 128, 256, 512], rounds: Int = 12, trusted: @escaping (Int, Int) -> Bool = { _, _ in true },
        _ rate: @escaping (Int, Int) -> Double?
    ) throws -> SweepResult {
        struct Impossible: Error, CustomStringConvertible { let description = "can't be had" }
        let list = sizes.map { "\($0)" }.joined(separator: ",")
        let design = try SweepDesign(base: PlanDraft(), varying: SettingVariation.parse(["size=\(list)"]), rounds: rounds)
        var step: Sweep.Step?
        return try Sweep(design, command: ["vethmark", "sweep"], conditions: try sampleRun().conditions, observe: { step = $0 }) { plan in
            let round = step?.round ?? 0
            let size = step?.cell == nil ? 0 : plan.frame.sizes.maximumBytes
            guard let rate = rate(size, round) else { throw Impossible() }
            return try sampleRun(plan: plan) { run in
                run.trials[0].rates.rxPps = rate
                run.trials[0].rates.txPps = rate
                run.trusted = trusted(size, round)
            }
        }.measure()
    }

    /// Scatters by 1 %.
    private func steady(_ round: Int) -> Double { 1e6 * (1 + Double(round % 5 - 2) / 200) }

    private func compared(_ base: SweepResult, _ new: SweepResult, threshold: Double? = nil) throws -> ResultComparison {
        try #require(
            ResultComparison(
                base: ComparableGrid(base), called: "a", new: ComparableGrid(new), called: "b", threshold: threshold, command: ["vethmark"])
        )
    }

    @Test func eachCellIsToldForItself() throws {
        let base = try sweep { _, round in steady(round) }
        let new = try sweep { size, round in steady(round) * (size == 128 ? 0.9 : size == 512 ? 1.25 : 1) }
        let comparison = try compared(base, new, threshold: 0.05)
        let cells = try #require(comparison.cells)
        #expect(cells.map(\.settings) == ["64", "128", "256", "512"].map { ["size": $0] })
        #expect(cells.map(\.verdict) == [.same, .slower, .same, .faster])
        #expect(cells[1].words.hasPrefix("10 % slower (") && cells[0].words == "the same within 5 %")
        #expect(comparison.words == "faster in 1, slower in 1, the same in 2 and not told apart in 0 of 4 cells")
        #expect(comparison.verdict == .undecided && comparison.regressions == ["size 128: rxPps", "size 128: txPps"] && !comparison.passes)
        #expect(comparison.figures.first?.verdict == .same, "the plan itself")
        #expect(try compared(base, base, threshold: 0.05).verdict == .same && compared(base, base, threshold: 0.05).passes)
        #expect(try compared(base, sweep { size, round in steady(round) * (size == 0 ? 1 : 2) }).verdict == .faster)
    }

    /// What six trials a side show of one cell, p = 0.0022, is nothing among forty.
    @Test func verdictsAreCorrectedForTheNumberOfCells() throws {
        let sizes = (0..<40).map { 64 + $0 }
        let base = try sweep(sizes: sizes, rounds: 6) { _, round in steady(round) }
        let new = try sweep(sizes: sizes, rounds: 6) { size, round in steady(round) * (size == 70 ? 0.9 : 1) }
        let comparison = try compared(base, new)
        let cell = try #require(comparison.cells?.first { $0.settings["size"] == "70" })
        #expect(
            cell.verdict == .undecided && cell.words.hasSuffix("but it is one of many figures; more trials on each side tell"),
            "\(cell.words)")
        let pValue = try #require(cell.figures.first?.comparison?.pValue)
        #expect((cell.figures.first?.adjustedPValue ?? 0) == min(1, 40 * pValue) && pValue < 0.05)
        #expect(try compared(sweep(sizes: [70], rounds: 6) { _, round in steady(round) }, new).cells?.first?.verdict == .slower)
    }

    @Test func whatCanNotBeJudgedDoesNotPass() throws {
        let base = try sweep { size, round in size == 256 ? nil : steady(round) }
        let few = try sweep(rounds: 5) { size, round in size == 256 ? nil : steady(round) }
        let comparison = try compared(base, few, threshold: 0.05)
        #expect(comparison.cells?.map(\.wasNotMeasured) == [false, false, true, false])
        #expect(
            comparison.cells?[2].words == "not measured" && comparison.words.hasSuffix("not told apart in 3 of 4 cells; 1 not measured"))
        #expect(!comparison.passes && comparison.regressions.isEmpty)
        #expect(try compared(base, base, threshold: 0.05).passes, "what neither has is no regression")
        let gone = try sweep { size, round in size == 64 || size == 256 ? nil : steady(round) }
        #expect(try !compared(base, gone, threshold: 0.05).passes, "what only base could do is one")
        #expect(try compared(base, gone).cells?[0].words == "undecided: one side has no trial that can be trusted")
    }

    @Test func voidTrialsAreLeftOutAndToldSo() throws {
        let base = try sweep { _, round in steady(round) }
        let new = try sweep(trusted: { size, round in size != 128 || round % 4 != 0 }) { size, round in
            size == 128 && round % 4 == 0 ? 1 : steady(round)
        }
        let comparison = try compared(base, new)
        #expect(comparison.cells?[1].figures.first?.newSamples.count == 9 && comparison.cells?[1].verdict == .same)
        #expect(comparison.notes.contains { $0.hasPrefix("3 trials left out") }, "\(comparison.notes)")
    }

    @Test func onlyCellsOfBothAreCompared() throws {
        let base = try sweep(sizes: [64, 128]) { _, round in steady(round) }
        let new = try sweep(sizes: [128, 256, 512]) { _, round in steady(round) }
        let comparison = try compared(base, new)
        #expect(comparison.cells?.map(\.settings) == [["size": "128"]])
        #expect(comparison.notes.contains("1 cell of base is not in the other"))
        #expect(comparison.notes.contains("2 cells of new are not in the other"))
        let other = try sweep(sizes: [1000]) { _, round in steady(round) }
        #expect(
            ResultComparison(base: ComparableGrid(base), called: "a", new: ComparableGrid(other), called: "b", command: []) == nil)
    }
}
