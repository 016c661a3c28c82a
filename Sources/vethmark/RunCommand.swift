import ArgumentParser

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
    @OptionGroup var telling: RunOptions

    func run() throws {
        Diagnostics.start(isVerbose: telling.output.verbose)
        let (plan, draft) = try Exit.usage { try PlanResolution.resolve(profile, self.plan.draft()) }
        if telling.output.dryRun { return try telling.show(plan, draft) }
        try RunBench("run", telling, choosesPlacement: true).run(plan, of: draft)
    }
}
