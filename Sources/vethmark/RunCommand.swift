import ArgumentParser
import Methods
import Plans
import Profiles
import Reports
import Results
import Trials

struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "One benchmark: frames in at one end, counted at the other.",
        discussion: """
            Exit codes: 0 done; 1 failed; 3 finished, but the result can't be trusted or breaks a bound; 64 wrong usage; 130 stopped by a \
            second Ctrl-C. The first Ctrl-C ends the run in order, with its report, as does every other signal that \
            would end a program.
            """)

    @Argument(
        help: "A profile: a YAML file, or the name of one in profiles/. Flags override its values.", completion: Completion.profile)
    var profile: String?

    @OptionGroup var plan: PlanOptions
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

    func run() throws {
        Diagnostics.start(isVerbose: output.verbose)
        let (plan, draft) = try Exit.usage { try PlanResolution.resolve(profile, self.plan.draft()) }
        if output.dryRun { return try Exit.failure { try DryRun(plan: plan, draft: draft).show(asJSON: output.json) } }
        try RunBench("run", output, screen, metrics, isBrief: length.brief).run(plan, of: draft) { result in
            let gates = bounds.gates.judge(result)
            if !gates.isEmpty { result.gates = gates }
        }
    }
}
