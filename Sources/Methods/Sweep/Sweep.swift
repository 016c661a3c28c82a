import Kernel
import Plans
import Results
import Trials

/// Every cell of a design, round after round, a calibration trial in front of each round: what one cell does is compared with what the others did in
/// the same minutes.
public struct Sweep {
    /// Whose turn it is.
    public struct Step: Sendable {
        /// Counts from 0.
        public let round: Int
        /// Nil for a calibration trial.
        public let cell: SweepDesign.Cell?
        /// How many cells of this round came before it.
        public let position: Int
        /// By the turns so far; nil before the first.
        public let remainingNanoseconds: UInt64?
    }

    private let design: SweepDesign
    private let command: [String]
    private let conditions: Conditions
    private let isInterrupted: () -> Bool
    private let keep: (SweepRecord) throws -> Void
    private let observe: (Step) -> Void
    private let run: (TrialPlan) throws -> RunResult

    /// - Parameters:
    ///   - conditions: what stands in the result where no calibration trial tells them.
    ///   - isInterrupted: whether to end with what there is.
    ///   - keep: saves what a turn came to; if it throws, the sweep ends.
    ///   - observe: hears of each turn before it begins.
    ///   - run: runs one plan.
    public init(
        _ design: SweepDesign, command: [String], conditions: Conditions, isInterrupted: @escaping () -> Bool = { false },
        keep: @escaping (SweepRecord) throws -> Void = { _ in }, observe: @escaping (Step) -> Void = { _ in },
        run: @escaping (TrialPlan) throws -> RunResult
    ) {
        self.design = design
        self.command = command
        self.conditions = conditions
        self.isInterrupted = isInterrupted
        self.keep = keep
        self.observe = observe
        self.run = run
    }

    /// - Parameter records: turns that were had already, by a sweep of the same design.
    /// - Returns: what there is, also if it was interrupted or could not be kept: `failure` says why then.
    /// - Throws: `Interrupted`. What one cell can't do, whatever it is, is told in its `obstacle`.
    public func measure(goingOnFrom records: [SweepRecord] = []) throws(Interrupted) -> SweepResult {
        var course = SweepCourse(design, records: records)
        var wasInterrupted = false
        var failure: String?
        let start = Clock.monotonicNanoseconds
        var turns: UInt64 = 0
        while let turn = course.next {
            if isInterrupted() {
                wasInterrupted = true
                break
            }
            let spent = Clock.monotonicNanoseconds - start
            observe(step(turn, left: turns == 0 ? nil : spent / turns * UInt64(course.remaining)))
            switch try outcome(turn) {
            case .record(let record):
                do {
                    try keep(record)
                } catch {
                    failure = Explanation(of: error).explanation
                }
                course.add(record)
            case .interrupted: wasInterrupted = true
            case .linkLost(let sentence): failure = sentence
            }
            if wasInterrupted || failure != nil { break }
            turns += 1
        }
        return SweepResult(course, command: command, conditions: conditions, interrupted: wasInterrupted, failure: failure)
    }

    private enum Outcome {
        case record(SweepRecord)
        /// It is no sample, and has its turn again when the sweep goes on.
        case interrupted
        case linkLost(String)
    }

    private func outcome(_ turn: SweepCourse.Turn) throws(Interrupted) -> Outcome {
        func record(_ trial: SweepTrial?, obstacle: String?, _ conditions: Conditions? = nil) -> Outcome {
            .record(SweepRecord(round: turn.round, cell: turn.cell, trial: trial, obstacle: obstacle, conditions: conditions))
        }
        do {
            // A cell without a plan has no turn.
            guard let plan = turn.cell == nil ? design.plan : design.cells[turn.cell!].plan else { return record(nil, obstacle: "no plan") }
            let result = try run(plan)
            guard let trial = SweepTrial(result, round: turn.round) else { return record(nil, obstacle: "nothing was measured") }
            switch trial.trial.endedBecause {
            case .interrupted: return .interrupted
            case .linkLost: return .linkLost("the link went down or away during \(name(turn)); bring it back, and go on with --resume")
            case .peerLost: return .linkLost("the receiving host was lost during \(name(turn)); go on with --resume")
            case .duration, .count, .workerFailed: break
            }
            if trial.trial.ledger.sent == 0 {
                return record(nil, obstacle: result.warnings.first { $0.voidsResult }?.message ?? "not one frame was sent")
            }
            return record(trial, obstacle: nil, turn.cell == nil ? result.conditions : nil)
        } catch let error as Interrupted {
            throw error
        } catch {
            return record(nil, obstacle: Explanation(of: error).explanation)
        }
    }

    private func step(_ turn: SweepCourse.Turn, left: UInt64?) -> Step {
        let order = design.order(ofRound: turn.round)
        return Step(
            round: turn.round, cell: turn.cell.map { design.cells[$0] },
            position: turn.cell.flatMap { order.firstIndex(of: $0) } ?? 0, remainingNanoseconds: left)
    }

    private func name(_ turn: SweepCourse.Turn) -> String {
        guard let cell = turn.cell else { return "a calibration trial" }
        return design.vary.name(of: design.cells[cell].settings) ?? ""
    }
}
