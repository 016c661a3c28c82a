import Kernel
import Metrics
import Plans
import Results
import Trials

/// Two plans in turns, ABBA: each round has a trial of both, and begins with the one that the round before ended with, so that what drifts on the machine
/// meets both alike and falls out of the round's ratio.
public struct AlternatingRun {
    public enum Side: String, CaseIterable, Sendable { case base, new }

    /// What was measured so far: the trials of a side are one run, their `index` the round.
    public struct Outcome: Sendable {
        public fileprivate(set) var base: RunResult
        public fileprivate(set) var new: RunResult
        /// Whether Ctrl-C came before the last round was over.
        public fileprivate(set) var interrupted = false

        /// What was noticed behind the last trial, of either link.
        public mutating func add(_ warnings: [Warning]) {
            base = base.adding(warnings)
            new = new.adding(warnings)
        }
    }

    /// A side was not measured even once.
    public struct NothingMeasured: ExplainedError {
        public let sentence = "nothing can be compared: it was interrupted before the first round was over"
        public let remedy: String? = "interrupt it later, or take a shorter --time"
        public let exitCode: Int32? = 3
    }

    private let plans: [Side: TrialPlan]
    private let rounds: Int
    private let isInterrupted: () -> Bool
    private let run: (Side, TrialPlan) throws -> RunResult

    /// - Parameters:
    ///   - rounds: above zero; settled beforehand, for whoever stops at what pleases has more false alarms than the level says.
    ///   - isInterrupted: whether to end with what there is.
    ///   - run: runs one trial of a plan.
    public init(
        base: TrialPlan, new: TrialPlan, rounds: Int, isInterrupted: @escaping () -> Bool = { false },
        run: @escaping (Side, TrialPlan) throws -> RunResult
    ) {
        plans = [.base: base, .new: new]
        self.rounds = rounds
        self.isInterrupted = isInterrupted
        self.run = run
    }

    /// - Parameters:
    ///   - begin: hears of each trial before it, with its round, from 0.
    ///   - keep: gets what there is after each round but the last.
    /// - Returns: all whole rounds; if a later trial failed its side's `failure` says why.
    /// - Throws: `Interrupted`; `NothingMeasured`; what kept the first round from being measured.
    public func measure(begin: (Int, Side) -> Void = { _, _ in }, keep: (Outcome) -> Void = { _ in }) throws -> Outcome {
        var sides: [Side: RunResult] = [:]
        func outcome(interrupted: Bool) throws -> Outcome {
            guard let base = sides[.base], let new = sides[.new] else { throw NothingMeasured() }
            return Outcome(base: base, new: new, interrupted: interrupted)
        }
        for round in 0..<rounds {
            for side in round.isMultiple(of: 2) ? [Side.base, .new] : [.new, .base] {
                if isInterrupted() { return try outcome(interrupted: true) }
                begin(round, side)
                do {
                    let result = try run(side, plans[side]!)
                    // A shorter trial is another measurement.
                    if result.trials.contains(where: { $0.endedBecause == .interrupted }) { return try outcome(interrupted: true) }
                    sides[side] = sides[side].map { $0.continued(by: result, round) } ?? result.renumbered(round)
                } catch let error as Interrupted {
                    throw error
                } catch {
                    guard sides[.base] != nil, sides[.new] != nil else { throw error }
                    sides[side]?.fail("round \(round + 1) of \(rounds) failed: \(Explanation(of: error).sentence)")
                    return try outcome(interrupted: false)
                }
            }
            if round + 1 < rounds { keep(try outcome(interrupted: false)) }
        }
        return try outcome(interrupted: false)
    }
}

extension RunResult {
    fileprivate func renumbered(_ round: Int) -> RunResult {
        var result = self
        for position in result.trials.indices { result.trials[position].index = round }
        return result
    }

    fileprivate func continued(by next: RunResult, _ round: Int) -> RunResult {
        var result = self
        result.trials += next.renumbered(round).trials
        result.plan.run.repeats = round + 1
        result.warnings = (warnings + next.warnings).unique
        result.trusted = trusted && next.trusted
        result.failure = failure ?? next.failure
        result.summary = Summary(result.trials)
        return result
    }

    fileprivate mutating func fail(_ sentence: String) {
        failure = sentence
        trusted = false
        warnings.append(
            Warning(
                code: "trial-failed", message: sentence, remedy: "the rounds before it are whole; run the comparison again",
                voidsResult: true))
    }
}
