import ArgumentParser
import Methods
import Plans

/// What one plan's run is held to, and how it is told: the same for every command that makes one.
struct RunOptions: ParsableArguments {
    @OptionGroup(title: "Bounds") var bounds: GateOptions
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Output") var length: BriefOption
    @OptionGroup(title: "Output") var screen: LiveOption
    @OptionGroup(title: "Output") var metrics: MetricsOption

    func validate() throws {
        try length.check(output)
        try screen.check(isQuiet: output.quiet)
        try metrics.check(isDryRun: output.dryRun)
    }

    /// In place of a run, where only its plan was asked for.
    ///
    /// - Throws: `ExitCode`.
    func show(_ plan: TrialPlan, _ draft: PlanDraft) throws {
        try Exit.failure { try DryRun(plan: plan, draft: draft).show(asJSON: output.json) }
    }
}
