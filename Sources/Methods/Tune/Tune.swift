import Metrics
import Plans
import Results
import Trials

/// Looks for the settings that serve a plan best on this machine, by successive halving: all candidates have a few rounds, the better half has more, and so on.
/// First engine and placement, then sizes one at a time, then what helped together. What is left meets the default in rounds of its own, for the
/// best of many is always a little too good in those it was chosen by.
public struct Tune {
    private let candidates: TuneCandidates
    private let goal: TuneGoal
    private let finalRounds: Int
    private let command: [String]
    private let conditions: Conditions
    private let isInterrupted: () -> Bool
    private let observe: (Sweep.Step, SweepDesign) -> Void
    private let run: (TrialPlan) throws -> RunResult

    /// - Parameters:
    ///   - finalRounds: of the best against the default; 6 at least, or nothing is told apart.
    ///   - observe: hears of each turn before it begins, and of the stage's design.
    /// - Throws: `PlanError` if the plan can't be had.
    public init(
        base: PlanDraft, goal: TuneGoal, finalRounds: Int = 12, command: [String], conditions: Conditions,
        isInterrupted: @escaping () -> Bool = { false }, observe: @escaping (Sweep.Step, SweepDesign) -> Void = { _, _ in },
        run: @escaping (TrialPlan) throws -> RunResult
    ) throws(PlanError) {
        candidates = try TuneCandidates(base)
        self.goal = goal
        self.finalRounds = finalRounds
        self.command = command
        self.conditions = conditions
        self.isInterrupted = isInterrupted
        self.observe = observe
        self.run = run
    }

    /// Every plan of the first stage, the default in front.
    public var plans: [TrialPlan] {
        [candidates.plan] + candidates.ways.compactMap { try? TrialPlan(candidates.base.fitted(below: $0)) }
    }

    /// - Throws: `Interrupted`.
    public func measure() throws(Interrupted) -> TuneResult {
        var log = Log()
        let standard = PlanDraft()
        // The default is a candidate of each stage: what does not beat it is no improvement.
        var best = try halved([standard] + candidates.ways, &log).first ?? standard
        let steps = try halved([best] + candidates.steps(from: best), &log, keeping: true)
        if let top = steps.first, let together = combination(steps, over: best) {
            best = try halved([best, top, together], &log).first ?? best
        } else {
            best = steps.first ?? best
        }
        var winner: TuneResult.Winner?
        var isTrusted = false
        if !log.hasEnded {
            if best == standard {
                winner = .init(settings: [:], margin: nil, words: "it is the best of \(FigureText.count(log.cells.count, "cell"))")
                isTrusted = log.calibration.trusted
            } else if let (final, design) = try finalRounds(best, &log) {
                winner = verdict(final, settings: design.cells[1].settings)
                isTrusted = final.cells.allSatisfy(\.sample.trusted)
            }
        }
        return TuneResult(
            command: command, goal: goal, plan: candidates.plan, winner: winner, cells: log.cells, calibration: log.calibration,
            conditions: log.conditions ?? conditions, trusted: winner != nil && isTrusted && log.failure == nil,
            interrupted: log.wasInterrupted, failure: log.failure)
    }

    // MARK: stages

    /// Best first: all of the last rung, or with `keeping` every one in the order of the last rung it was in.
    private func halved(_ drafts: [PlanDraft], _ log: inout Log, keeping: Bool = false) throws(Interrupted) -> [PlanDraft] {
        var left = drafts
        var behind: [PlanDraft] = []
        var rounds = 2
        while left.count > 1, !log.hasEnded {
            guard let design = design(left, rounds: rounds) else { return left + behind }
            let result = try sweep(design, &log)
            guard !log.hasEnded else { break }
            let ranked = goal.ranked(zip(left, result.cells).filter { $0.1.obstacle == nil }.map { (cell: $0.0, sample: $0.1.sample) })
            let kept = max(1, (ranked.count + 1) / 2)
            behind = Array(ranked.dropFirst(kept)) + behind
            left = Array(ranked.prefix(kept))
            // Fewer cells, more rounds, about the same time.
            rounds = min(8, rounds + 2)
        }
        return left + (keeping ? behind : [])
    }

    /// Every step that stood above the point it was made from, in one draft; nil where fewer than two did, of different settings.
    private func combination(_ ranked: [PlanDraft], over best: PlanDraft) -> PlanDraft? {
        let better = ranked.prefix { $0 != best }
        guard better.count > 1 else { return nil }
        // The best value of each setting lies on top.
        let together = better.reversed().reduce(best) { $0.applying($1) }
        return better.contains(together) || (try? TrialPlan(candidates.base.fitted(below: together))) == nil ? nil : together
    }

    private func finalRounds(_ best: PlanDraft, _ log: inout Log) throws(Interrupted) -> (SweepResult, SweepDesign)? {
        guard let design = design([PlanDraft(), best], rounds: finalRounds) else { return nil }
        let result = try sweep(design, &log)
        return log.hasEnded ? nil : (result, design)
    }

    private func verdict(_ final: SweepResult, settings: [String: String]) -> TuneResult.Winner {
        let margin = PairedRatio(final.cells[1].sample, over: final.cells[0].sample) { goal.figure($0.trial) }
        let isBetter = margin.map { $0.isTold && goal.isBetter($0.ratio) } ?? false
        let words = margin.map { self.words($0, isBetter: isBetter) } ?? "its last rounds could not be compared"
        return .init(settings: isBetter ? settings : [:], margin: margin, words: words)
    }

    private func words(_ margin: PairedRatio, isBetter: Bool) -> String {
        func change(_ ratio: Double) -> String { FigureText.percent(goal == .latency ? 1 - ratio : ratio - 1) }
        let what = [.throughput: "more frames a second", .latency: "lower p99", .loss: "more of the frames delivered"][goal] ?? ""
        let interval = margin.interval.map { interval in
            let ends = goal == .latency ? (interval.high, interval.low) : (interval.low, interval.high)
            return " (\(change(ends.0)) … \(change(ends.1)))"
        }
        let text = "\(change(margin.ratio)) \(what) than the default\(interval ?? "")"
        if isBetter { return text }
        if margin.interval == nil {
            return "nothing is certain with fewer than 6 rounds that can be trusted: the best of the others has \(text)"
        }
        return "\(margin.isTold ? "it beats" : "it can't be told apart from") the best of the others, which has \(text)"
    }

    // MARK: sweeps

    private func design(_ drafts: [PlanDraft], rounds: Int) -> SweepDesign? {
        try? SweepDesign(base: candidates.base, candidates: drafts, rounds: rounds)
    }

    private func sweep(_ design: SweepDesign, _ log: inout Log) throws(Interrupted) -> SweepResult {
        let sweep = Sweep(
            design, command: command, conditions: conditions, isInterrupted: isInterrupted, observe: { observe($0, design) }, run: run)
        let result = try sweep.measure()
        log.add(result)
        return result
    }

    /// All that was tried so far.
    private struct Log {
        private var order: [[String: String]] = []
        private var trials: [[String: String]: [SweepTrial]] = [:]
        private var obstacles: [[String: String]: String] = [:]
        private var calibrationTrials: [SweepTrial] = []
        private var rounds = 0
        private(set) var conditions: Conditions?
        private(set) var wasInterrupted = false
        private(set) var failure: String?

        var hasEnded: Bool { wasInterrupted || failure != nil }

        mutating func add(_ result: SweepResult) {
            conditions = conditions ?? result.conditions
            for cell in result.cells {
                if trials[cell.settings] == nil { order.append(cell.settings) }
                trials[cell.settings, default: []] += cell.sample.trials.map { $0.moved(by: rounds) }
                obstacles[cell.settings] = cell.obstacle ?? obstacles[cell.settings]
            }
            calibrationTrials += result.calibration.trials.map { $0.moved(by: rounds) }
            rounds += result.rounds
            wasInterrupted = result.interrupted
            failure = result.failure
        }

        var cells: [SweepResult.Cell] {
            order.map { .init(settings: $0, obstacle: obstacles[$0], sample: .init(trials[$0] ?? [])) }
        }

        var calibration: SweepResult.Sample { .init(calibrationTrials) }
    }
}
