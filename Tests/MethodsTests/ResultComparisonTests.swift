import Metrics
import TestSupport
import Testing

@testable import Methods
@testable import Plans
@testable import Results

/// A run whose trials received so many frames a second.
private func run(_ rates: [Double], _ change: (inout RunResult) -> Void = { _ in }) throws -> RunResult {
    try sampleRun(trials: rates.count) { run in
        for (index, rate) in rates.enumerated() {
            run.trials[index].rates.rxPps = rate
            run.trials[index].rates.txPps = rate
        }
        change(&run)
    }
}

/// Twelve rates that scatter by 1 %.
private let steady = (0..<12).map { 1e6 * (1 + Double($0 % 5 - 2) / 200) }

private func compared(
    _ base: RunResult, _ new: RunResult, _ design: ResultComparison.Design = .paired, threshold: Double? = nil
) -> ResultComparison {
    ResultComparison(base: base, called: "before", new: new, called: "after", design: design, threshold: threshold, command: ["vethmark"])
}

@Suite struct ResultComparisonTests {
    @Test func aDifferenceIsToldInWords() throws {
        let comparison = compared(try run(steady), try run(steady.map { $0 * 0.9 }))
        let main = try #require(comparison.figures.first)
        #expect(main.figure == .rxPps && main.verdict == .slower && comparison.verdict == .slower)
        #expect(main.words == "10 % slower (10 … 10)")
        #expect(compared(try run(steady.map { $0 * 0.9 }), try run(steady)).words == "11 % faster (11 … 11)")
    }

    @Test func theSameIsAVerdictOfItsOwn() throws {
        let comparison = compared(try run(steady), try run(steady.reversed()), threshold: 0.05)
        #expect(comparison.verdict == .same && comparison.words == "the same within 5 %" && comparison.passes)
        #expect(comparison.figures.map(\.figure) == ResultFigure.allCases)
    }

    @Test func fewSamplesDecideNothing() throws {
        let comparison = compared(try run(Array(steady.prefix(5))), try run(steady.prefix(5).map { $0 / 2 }), .unpaired, threshold: 0.05)
        #expect(comparison.verdict == .undecided && comparison.regressions.isEmpty)
        #expect(comparison.words == "undecided: 5 of the 6 trials on each side that an interval needs")
        #expect(!comparison.passes, "what can't be judged doesn't pass")
    }

    @Test func scatterNeedsMoreRounds() throws {
        let rates = (0..<12).map { 1e6 * (1 + Double(($0 * 7) % 12) / 20) }
        let comparison = compared(try run(rates), try run(rates.reversed()))
        #expect(comparison.verdict == .undecided && comparison.words.hasPrefix("not told apart: would need "), "\(comparison.words)")
    }

    @Test func aRegressionIsBeyondTheThreshold() throws {
        let slower = try run(steady.map { $0 * 0.93 })
        #expect(compared(try run(steady), slower, threshold: 0.05).regressions == ["rxPps", "txPps"])
        #expect(compared(try run(steady), slower, threshold: 0.1).regressions.isEmpty)
        #expect(compared(slower, try run(steady), threshold: 0.05).regressions.isEmpty)
    }

    /// None before, a hundredth now: there is no ratio, and a difference.
    @Test func lossIsComparedInPoints() throws {
        let lossy = try run(steady) { run in
            for index in run.trials.indices { run.trials[index].ledger.received = 990_000 }
        }
        let comparison = compared(try run(steady), lossy)
        let loss = try #require(comparison.figures.first { $0.figure == .lossRatio })
        #expect(loss.verdict == .slower && loss.words == "1 points more (1 … 1)")
        #expect(loss.isRegression(beyond: 0.005) && !loss.isRegression(beyond: 0.05))
    }

    /// Six rounds show at best p = 1/32: enough for the one figure that is looked for, not for one of several.
    @Test func figuresBesidesTheFirstAreCorrected() throws {
        let six = Array(steady.prefix(6))
        let slow = try run(six.map { $0 * 0.9 }) { run in
            for index in run.trials.indices { run.trials[index].latency.path.p99 = 8000 }
        }
        let comparison = compared(try run(six), slow)
        #expect(comparison.verdict == .slower)
        let p99 = try #require(comparison.figures.first { $0.figure == .pathP99Nanoseconds })
        #expect(p99.verdict == .undecided && p99.words.hasPrefix("undecided: 100 % longer"), "\(p99.words)")
    }

    /// The first round of one side was interrupted: its partner has none.
    @Test func roundsArePairedByTheirNumber() throws {
        let base = try run(steady) { $0.trials[0].endedBecause = .interrupted }
        let comparison = compared(base, try run(steady.map { $0 * 1.2 }))
        #expect(comparison.figures[0].baseSamples.count == 11 && comparison.figures[0].newSamples == steady.dropFirst().map { $0 * 1.2 })
        #expect(comparison.notes.contains { $0.hasPrefix("1 trial left out") })
    }

    @Test func otherClocksAreNotCompared() throws {
        let early = try run(steady) { run in
            for index in run.trials.indices { run.trials[index].latency.clock = .early }
        }
        let socket = try run(steady) { run in
            for index in run.trials.indices { run.trials[index].latency.clock = .socket }
        }
        #expect(!compared(early, socket).figures.contains { $0.figure == .pathP50Nanoseconds || $0.figure == .pathP99Nanoseconds })
    }

    @Test func differencesAreNamedByTheirPath() throws {
        let other = try run(steady) { run in
            run.plan.link.mtuBytes = 9000
            run.plan.run.label = "mine"
            run.conditions.kernelRelease = "6.2.0"
            run.conditions.startedAt = "2027-01-01T00:00:00Z"
            run.conditions.transmitLink.features = ["rx-gro": true]
        }
        #expect(
            compared(try run(steady), other).differences == [
                ResultDifference(path: "plan.link.mtuBytes", base: "1500", new: "9000"),
                ResultDifference(path: "conditions.kernelRelease", base: "6.1.0", new: "6.2.0"),
                ResultDifference(path: "conditions.transmitLink.features.rx-gro", base: "none", new: "true")
            ])
        #expect(compared(try run(steady), try run(steady)).differences.isEmpty)
    }

    @Test func whatCannotBeTrustedIsNot() throws {
        let void = try run(steady) { run in
            run.trusted = false
            run.warnings = [Warning(code: "residual", message: "m", remedy: "r", voidsResult: true)]
        }
        let comparison = compared(try run(steady), void)
        #expect(!comparison.trusted && comparison.new.voidedBy == ["residual"] && comparison.base.trusted)
    }
}

@Suite struct AlternatingRunTests {
    private struct Broken: Error {}

    private func plans() throws -> (TrialPlan, TrialPlan) {
        var draft = PlanDraft()
        draft.transmit.workers = 2
        return (try TrialPlan(PlanDraft()), try TrialPlan(draft))
    }

    /// - Parameter trial: makes the n-th one.
    private func measure(
        rounds: Int, isInterrupted: @escaping () -> Bool = { false }, kept: (Int) -> Void = { _ in },
        trial: @escaping (Int) throws -> TrialResult = { _ in sampleTrial() }
    ) throws -> (outcome: AlternatingRun.Outcome, order: String) {
        let (base, new) = try plans()
        var order = ""
        let turns = AlternatingRun(base: base, new: new, rounds: rounds, isInterrupted: isInterrupted) { side, plan in
            order += side == .base ? "A" : "B"
            let trial = try trial(order.count)
            return try sampleRun(plan: plan) { $0.trials = [trial] }
        }
        let outcome = try turns.measure(keep: { kept($0.new.trials.count) })
        return (outcome, order)
    }

    @Test func roundsBeginWithWhatTheLastOneEndedWith() throws {
        var kept: [Int] = []
        let (outcome, order) = try measure(rounds: 4, kept: { kept.append($0) })
        #expect(order == "ABBAABBA" && kept == [1, 2, 3])
        #expect(outcome.base.trials.map(\.index) == [0, 1, 2, 3] && outcome.new.trials.map(\.index) == [0, 1, 2, 3])
        #expect(outcome.base.plan.transmit.workers == 1 && outcome.new.plan.transmit.workers == 2)
        #expect(outcome.base.summary.rxPps.count == 4 && outcome.base.trusted && !outcome.interrupted)
    }

    @Test func anInterruptedTrialIsNoSample() throws {
        let (outcome, order) = try measure(
            rounds: 4,
            trial: { number in
                sampleTrial { if number == 6 { $0.endedBecause = .interrupted } }
            })
        #expect(order == "ABBAAB" && outcome.interrupted)
        #expect(outcome.base.trials.count == 3 && outcome.new.trials.count == 2)
    }

    @Test func beforeTheFirstRoundThereIsNothing() throws {
        #expect(throws: AlternatingRun.NothingMeasured.self) { try measure(rounds: 4, isInterrupted: { true }) }
        #expect(throws: Broken.self) { try measure(rounds: 4, trial: { _ in throw Broken() }) }
    }

    @Test func whatFailsLaterLeavesTheRoundsBefore() throws {
        let (outcome, _) = try measure(
            rounds: 4,
            trial: { number in
                if number == 5 { throw Broken() }
                return sampleTrial()
            })
        #expect(outcome.base.trials.count == 2 && outcome.new.trials.count == 2)
        #expect(outcome.base.failure?.hasPrefix("round 3 of 4 failed: ") == true && !outcome.base.trusted)
    }

    @Test func oneTrialThatCannotBeTrustedVoidsItsSide() throws {
        let (base, new) = try plans()
        var count = 0
        let turns = AlternatingRun(base: base, new: new, rounds: 3) { side, plan in
            count += 1
            return try sampleRun(plan: plan) { $0.trusted = count != 3 }
        }
        let outcome = try turns.measure()
        #expect(outcome.base.trusted && !outcome.new.trusted)
    }
}

@Suite struct GatesTests {
    private let all = Gates(
        maximumLossRatio: 0.001, minimumRate: .packets(PacketRate(packetsPerSecond: 700_000)), maximumP99Nanoseconds: 4000)

    @Test func whatKeepsToItsBoundsPasses() throws {
        let gates = all.judge(try sampleRun())
        #expect(gates.map(\.name) == ["max-loss", "min-rate", "max-p99"] && gates.allSatisfy(\.passed), "\(gates)")
        #expect(gates[1].bound == 700_000 && gates[1].value == 750_000)
        #expect(gates[1].words == "received must be at least 700 kpps and is 750 kpps")
        #expect(Gates().judge(try sampleRun()).isEmpty)
    }

    @Test func eachBoundCanBeBroken() throws {
        let lossy = try sampleRun { $0.trials[0].ledger.received = 998_000 }
        #expect(all.judge(lossy).map(\.passed) == [false, true, true])
        #expect(all.judge(lossy)[0].words == "loss must be at most 0.1 % and is 0.2 %")
        #expect(Gates(minimumRate: .packets(PacketRate(packetsPerSecond: 750_001))).judge(try sampleRun())[0].passed == false)
        #expect(Gates(minimumRate: .bits(BitRate(bitsPerSecond: 384e6))).judge(try sampleRun())[0].passed)
        #expect(!Gates(minimumRate: .bits(BitRate(bitsPerSecond: 385e6))).judge(try sampleRun())[0].passed)
        #expect(!Gates(maximumP99Nanoseconds: 3999).judge(try sampleRun())[0].passed)
    }

    @Test func whatWasNotMeasuredDoesNotPass() throws {
        let blind = try sampleRun {
            $0.summary.pathP99Nanoseconds = SampleSummary([])
            $0.plan.receive.receiver = .none
        }
        let gates = all.judge(blind)
        #expect(gates.allSatisfy { !$0.passed && $0.value == nil && $0.words.hasSuffix("was not measured") }, "\(gates)")
    }

    @Test func whatCannotBeTrustedDoesNotPass() throws {
        #expect(all.judge(try sampleRun { $0.trusted = false }).allSatisfy { !$0.passed })
    }

    /// A loss that is rounded to its bound is told in full.
    @Test func aHairsbreadthIsSeen() throws {
        let gate = Gates(minimumRate: .packets(PacketRate(packetsPerSecond: 750_000.001))).judge(try sampleRun())[0]
        #expect(!gate.passed && gate.words == "received must be at least 750 kpps and is 750 kpps (750000.0)")
    }
}
