import Kernel
import Plans
import Results
import Trials

/// Finds the placement that is fastest on this machine: each has some short trials of the plan's own frames at full speed, in turns, and the two that are ahead have more.
/// Behind another core a trial is faster or slower by half with where the CPUs are just then (`PlacementTrials.pps`), so that two of each may be lucky ones.
struct PlacementCalibration {
    /// In which all take part.
    static let openRounds = 2
    /// Between the two that are ahead.
    static let finalRounds = 3
    /// With setting up and draining less than a second a candidate, over all of them.
    static let windowNanoseconds: UInt64 = 80_000_000
    static let warmupNanoseconds: UInt64 = 20_000_000

    /// A run of less isn't worth some seconds of trials before it.
    static let leastRunNanoseconds: UInt64 = 1_000_000_000

    /// Whether a run that left the placement open is worth trials: where another core may gain, and may be given the work. At a rate the kernel's own keeps up and
    /// has the shortest way; frames that no full queue holds up are lost behind another core (results/placement).
    ///
    /// - Parameters:
    ///   - cpuCount: CPUs that the process may run on.
    ///   - movesSoftirq: whether it may set RPS masks and threaded NAPI.
    static func isWorthwhile(for plan: TrialPlan, cpuCount: Int, movesSoftirq: Bool) -> Bool {
        guard plan.link.placement == .auto, plan.link.isPrivate, plan.transmit.cpus == nil, plan.receive.cpus == nil else { return false }
        guard plan.transmit.engine.abilities.isHeldUpByFullQueue, plan.receive.receiver.abilities.countsFrames else { return false }
        guard plan.load.packetRate == nil, plan.load.course == nil, plan.load.frameCount == nil else { return false }
        guard plan.load.durationNanoseconds ?? .max >= leastRunNanoseconds else { return false }
        return movesSoftirq && plan.transmit.workers < cpuCount
    }

    let plan: TrialPlan
    /// ISO 8601.
    let startedAt: String

    /// - Parameter run: makes a trial that nobody hears of.
    /// - Throws: `Interrupted`; what keeps the kernel's own placement from being tried. What keeps another one is its obstacle.
    func measure(_ run: (TrialPlan) throws -> RunResult) throws -> PlacementTrials {
        var trials = PlacementTrials(candidates: PlacementName.candidates.map { .init(placement: $0) }, startedAt: startedAt)
        var places = Array(trials.candidates.indices)
        for round in 0..<Self.openRounds + Self.finalRounds {
            if round == Self.openRounds { places = trials.ahead(2) }
            let order = round.isMultiple(of: 2) ? places : places.reversed()
            for place in order where trials.candidates[place].obstacle == nil {
                let placement = trials.candidates[place].placement
                do {
                    guard let trial = try trusted(trialPlan(placement), run) else { return untrusted(trials) }
                    trials.candidates[place].add(trial)
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
        var plan = plan.placed(placement)
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
