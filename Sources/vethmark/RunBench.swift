import ArgumentParser
import Engines
import Kernel
import Methods
import Plans
import Reports
import Results
import Trials

/// Runs one plan's trials with progress, saves them as they come, and publishes the result.
struct RunBench {
    private let command: String
    private let options: RunOptions
    private let stream: EventStream?
    /// Whether a placement that was left open is found out: `Session`.
    private let choosesPlacement: Bool
    /// Meets the host that receives, where that is another one: behind the first signal's being waited for, before the first trial.
    private let meet: ((Interrupts) throws -> RemoteReceiver)?

    /// - Parameter command: the command's name.
    init(
        _ command: String, _ options: RunOptions, choosesPlacement: Bool = false, meet: ((Interrupts) throws -> RemoteReceiver)? = nil
    ) {
        self.choosesPlacement = choosesPlacement
        self.command = command
        self.options = options
        stream = options.output.stream
        self.meet = meet
    }

    private var output: OutputOptions { options.output }

    /// - Parameters:
    ///   - draft: what the plan was made of.
    ///   - change: adds to the result what else was asked of it.
    /// - Throws: `ExitCode`.
    func run(_ plan: TrialPlan, of draft: PlanDraft, _ change: (inout RunResult) -> Void = { _ in }) throws {
        // Before anything starts a thread: a user namespace takes only processes that have one.
        try Exit.failure { try LinkSetup.acquirePrivilege(for: plan) }
        let interrupts = try Exit.failure { try Interrupts() }
        interrupts.expectsReader(plan.load.durationNanoseconds == nil && plan.load.frameCount == nil)
        RestoreCommand.clearUp()
        let progress = ProgressPrinter(isTerminal: ProcessFacts.isTerminal(2)) { Terminal.write(progress: $0) }
        defer { progress.finish() }
        let placements = PlacementCache.ofThisUser
        let note: (String) -> Void = { [output] in if !output.quiet { progress.note($0) } }
        let plan = try Exit.failure { try calibrated(plan, draft, interrupts, placements, note) }
        let store = output.store
        let told = try Exit.failure { try options.metrics.open(plan) }
        if let place = told?.place { note("metrics are at \(place)") }
        var result = try Exit.failure { () throws -> RunResult in
            do {
                return try measured(plan, interrupts, store, told, placements, progress)
            } catch {
                told?.end()
                throw error
            }
        }
        stream?.tell(result.trials, result.warnings)
        let gates = options.bounds.gates.judge(result)
        if !gates.isEmpty { result.gates = gates }
        change(&result)
        // Before the result is told: whoever waits for its end finds them there.
        let isWritten = told?.end(result) ?? true
        var code = try output.publish(result, in: store, stream, isBrief: options.length.brief)
        if !isWritten { code = Exit.failed }
        if code != Exit.done { throw ExitCode(code) }
    }

    /// The plan for a machine of which more is known.
    private func calibrated(
        _ plan: TrialPlan, _ draft: PlanDraft, _ interrupts: Interrupts, _ placements: PlacementCache, _ note: @escaping (String) -> Void
    ) throws -> TrialPlan {
        // What a pair of this machine's does says nothing of a path between hosts.
        guard meet == nil, let calibration = RateCalibration(plan, of: draft) else { return plan }
        var limits = PlanLimits.thisMachine
        limits.oneByOnePps = try calibration.measure {
            try Session.run($0, interrupts: interrupts, identity: .ofThisProcess, placements: placements, note: note)
        }
        // Whatever was possible before is possible now.
        return try TrialPlan(draft, limits: limits)
    }

    /// With the host that receives, which hears how it ended.
    private func measured(
        _ plan: TrialPlan, _ interrupts: Interrupts, _ store: ResultStore?, _ told: ToldMetrics?, _ placements: PlacementCache,
        _ progress: ProgressPrinter
    ) throws -> RunResult {
        guard let remote = try meet?(interrupts) else { return try measure(plan, interrupts, store, told, placements, progress, nil) }
        do {
            let result = try measure(plan, interrupts, store, told, placements, progress, remote)
            remote.end(result.failure)
            return result
        } catch {
            remote.end(error is Interrupted ? "it was stopped by a signal" : Explanation(of: error).sentence)
            throw error
        }
    }

    private func measure(
        _ plan: TrialPlan, _ interrupts: Interrupts, _ store: ResultStore?, _ told: ToldMetrics?, _ placements: PlacementCache,
        _ progress: ProgressPrinter, _ remote: RemoteReceiver?
    ) throws -> RunResult {
        let live = try options.screen.open(command)
        defer { live?.close() }
        live?.change { $0.show(plan) }
        var place: String?
        stream?.begin(plan)
        do {
            return try Session.run(
                plan, interrupts: interrupts, identity: .ofThisProcess, placements: placements, choosesPlacement: choosesPlacement,
                keep: { result in
                    stream?.tell(result.trials, result.warnings)
                    told?.add(result)
                    live?.change { $0.earlier = result.trials.map(\.rates.rxPps) }
                    // What can't be saved now is told at the end, when it is tried again.
                    place = (try? store?.save(result)) ?? place
                },
                observe: { line in
                    stream?.observe(line)
                    told?.observe(line)
                    if !output.quiet, live == nil { progress.show(line) }
                }, watch: { live?.watch($0) }, note: { if !output.quiet, live == nil { progress.note($0) } }, remote: remote)
        } catch {
            progress.finish()
            live?.close()
            if let place { Exit.say("the trials before are saved in \(place)") }
            throw error
        }
    }
}
