import Kernel
import Plans
import Results
import Trials

/// Finds the placement that is fastest on this machine: each has some short trials of the plan's own frames at full speed, in turns.
struct PlacementCalibration {
    /// Enough for a median.
    static let rounds = 3
    /// With setting up and draining a candidate takes less than a second in all its rounds.
    static let windowNanoseconds: UInt64 = 150_000_000
    static let warmupNanoseconds: UInt64 = 40_000_000

    let plan: TrialPlan
    /// ISO 8601.
    let startedAt: String

    /// - Parameter run: makes a trial that nobody hears of.
    /// - Throws: `Interrupted`; what keeps the kernel's own placement from being tried. What keeps another one is its obstacle.
    func measure(_ run: (TrialPlan) throws -> RunResult) throws -> PlacementTrials {
        var trials = PlacementTrials(candidates: PlacementName.candidates.map { .init(placement: $0) }, startedAt: startedAt)
        for round in 0..<Self.rounds {
            let order = round.isMultiple(of: 2) ? Array(trials.candidates.indices) : trials.candidates.indices.reversed()
            for place in order where trials.candidates[place].obstacle == nil {
                let placement = trials.candidates[place].placement
                do {
                    guard let trial = try trusted(trialPlan(placement), run) else { return untrusted(trials) }
                    trials.candidates[place].rxPps.append(trial.rates.rxPps)
                    trials.candidates[place].sent &+= trial.ledger.sent
                    trials.candidates[place].faulty &+= trial.ledger.lost &+ trial.ledger.duplicates
                } catch let error as Interrupted {
                    throw error
                } catch {
                    guard placement != .auto else { throw error }
                    trials.candidates[place].obstacle = Explanation(of: error).sentence
                }
            }
        }
        return trials
    }

    /// A book that doesn't close, a clock that jumped, somebody else on the CPU: no figure to go by. What was so once has another try.
    ///
    /// - Returns: nil where neither can be trusted, or where it was interrupted.
    private func trusted(_ plan: TrialPlan, _ run: (TrialPlan) throws -> RunResult) throws -> TrialResult? {
        for _ in 0..<2 {
            let result = try run(plan)
            guard let trial = result.trials.first, trial.endedBecause != .interrupted else { return nil }
            if result.trusted { return trial }
        }
        return nil
    }

    private func untrusted(_ trials: PlacementTrials) -> PlacementTrials {
        var trials = trials
        trials.isTrusted = false
        return trials
    }

    /// The plan as fast as it goes, briefly.
    func trialPlan(_ placement: PlacementName) -> TrialPlan {
        var plan = plan
        plan.link.placement = placement
        plan.load.rate = .max
        plan.load.packetRate = nil
        plan.load.shape = .constant
        plan.load.course = nil
        plan.load.frameCount = nil
        plan.load.durationNanoseconds = Self.windowNanoseconds
        plan.load.warmupNanoseconds = Self.warmupNanoseconds
        plan.run.repeats = 1
        plan.run.label = nil
        return plan
    }
}
