import ArgumentParser
import Foundation
import Frames
import Kernel
import Methods
import Profiles
import Reports
import Trials

struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "One benchmark: frames in at one end, counted at the other.",
        discussion: """
            Exit codes: 0 done; 1 failed; 3 finished, but the result can't be trusted; 64 wrong usage; 130 stopped by a \
            second Ctrl-C. The first Ctrl-C ends the run in order, with its report, as does every other signal that \
            would end a program.
            """)

    @Argument(help: "A profile: a YAML file, or the name of one in profiles/. Flags override its values.")
    var profile: String?

    @OptionGroup var plan: PlanOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    func run() throws {
        Diagnostics.start(isVerbose: output.verbose)
        let plan = try Exit.usage { try resolvedPlan() }
        if output.dryRun { return try Exit.failure { try DryRun(plan: plan).show(asJSON: output.json) } }
        // Before anything starts a thread: a user namespace takes only processes that have one.
        try Exit.failure { try LinkSetup.acquirePrivilege(for: plan) }
        let interrupts = try Interrupts()
        RestoreCommand.clearUp()
        let progress = ProgressPrinter(isTerminal: ProcessFacts.isTerminal(2))
        let repetition = Repetition(
            plan: plan, interrupts: interrupts, version: vethmarkVersion, startedAt: Date.now.formatted(.iso8601),
            observe: { if !output.quiet { progress.show($0) } })
        let result = try Exit.failure {
            defer { progress.finish() }
            return try repetition.run()
        }
        try output.publish(result)
        if !result.trusted { throw ExitCode(Exit.untrusted) }
    }

    /// The profile with the flags laid over it, checked and complete.
    private func resolvedPlan() throws -> TrialPlan {
        let flags = try plan.draft()
        guard let profile else { return try TrialPlan(flags, limits: .thisMachine) }
        return try ProfileLibrary.standard.load(profile).plan(applying: flags, limits: .thisMachine)
    }
}

/// Where results go.
struct OutputOptions: ParsableArguments {
    @Flag(name: [.customShort("J"), .long], help: "Print the result as one JSON object on stdout.")
    var json = false

    @Option(name: [.customShort("o"), .long], help: "Save the run in this folder instead of a new one under results/.")
    var output: String?

    @Flag(help: "Save nothing.")
    var noSave = false

    @Flag(help: "Show the resolved plan and its frames, and send nothing.")
    var dryRun = false

    @Flag(name: .shortAndLong, help: "No progress.")
    var quiet = false

    @Flag(name: .shortAndLong, help: "Tell more about what happens.")
    var verbose = false

    /// Prints the result on stdout and saves it; a folder that can't be written costs the exit code, not the
    /// result.
    func publish(_ result: RunResult) throws {
        let style = TextStyle(isTerminal: ProcessFacts.isTerminal(1))
        let text = json ? try JSONReport.text(result) : ConsoleReport(result, style: style).text
        FileHandle.standardOutput.write(Data(text.utf8))
        guard !noSave else { return }
        let store = output.map { ResultStore(folder: $0) } ?? ResultStore()
        let folder = try Exit.failure { try store.save(result) }
        if !quiet { Exit.say("saved in \(folder)") }
    }
}
