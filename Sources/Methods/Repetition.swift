import Frames
import Kernel
import Links
import Trials

/// `run`: the same trial, as often as the plan says, over one link.
public struct Repetition {
    private let plan: TrialPlan
    private let interrupts: Interrupts
    private let version: String
    private let startedAt: String
    private let keep: (RunResult) -> Void
    private let observe: (TrialProgress) -> Void

    /// - Parameters:
    ///   - startedAt: the wall clock in ISO 8601, for the conditions.
    ///   - keep: gets the run as far as it has come after each trial, to be saved: what fails later takes nothing with it.
    ///   - observe: hears of progress.
    public init(
        plan: TrialPlan, interrupts: Interrupts, version: String, startedAt: String, keep: @escaping (RunResult) -> Void = { _ in },
        observe: @escaping (TrialProgress) -> Void
    ) {
        self.plan = plan
        self.interrupts = interrupts
        self.version = version
        self.startedAt = startedAt
        self.keep = keep
        self.observe = observe
    }

    /// Sets the link up, runs the trials, gives the link back.
    ///
    /// - Returns: all trials that were measured, also if a later one failed: `failure` says why then.
    /// - Throws: `TrialError`, `PlacementError`, or what stopped a worker, if the first trial failed; `Interrupted` at any time.
    ///   The link is restored before anything is thrown.
    public func run() throws -> RunResult {
        let topology = Topology.read()
        let seating = try PlacementPlanner.plan(plan, on: topology)
        let link = plan.transmit.engine.abilities.needsLink ? try LinkSetup.open(plan) : nil
        do {
            let plan = try FrameDestination.settled(EngineCheck.settled(plan, on: link), on: link)
            var course = RunCourse(
                plan: plan, placement: seating.placement,
                conditions: Conditions.read(version: version, startedAt: startedAt, topology: topology, link: link),
                warnings: seating.warnings)
            try runTrials(plan, link, seating.placement, &course)
            course.add(restore(link))
            return course.result
        } catch {
            _ = restore(link)
            throw error
        }
    }

    private func runTrials(_ plan: TrialPlan, _ link: LinkPair?, _ placement: Placement, _ course: inout RunCourse) throws {
        let templates = try plan.templates(transmitAddress: nil, receiveAddress: nil)
        try FrameDestination.check(plan, on: link, templates)
        for index in 0..<plan.run.repeats {
            let trial = Trial(
                plan: plan, link: link, placement: placement, templates: templates, index: index,
                interrupts: interrupts, observe: observe)
            do {
                try course.add(trial.run())
            } catch let error as Interrupted {
                throw error
            } catch {
                guard course.hasTrials else { throw error }
                course.fail(trial: index, error)
                return
            }
            // What was interrupted or lost its link can't be repeated.
            if interrupts.isInterrupted || course.hasLostLink { return }
            if index + 1 < plan.run.repeats { keep(course.result) }
        }
    }

    private func restore(_ link: LinkPair?) -> [Warning] {
        let journal = link?.journalProblem.map {
            Warning(
                code: "no-journal",
                message: "what was borrowed could not be written down (\($0)), and would not have come back after SIGKILL",
                remedy: "make /run, or XDG_RUNTIME_DIR for a user, writable")
        }
        return (journal.map { [$0] } ?? [])
            + (link?.restore() ?? []).map {
                Warning(
                    code: "not-restored", message: "a link setting could not be restored: \($0)",
                    remedy: "`vethmark restore` tries again; check the interface with `ip -d link` and `ethtool -k`")
            }
    }
}
