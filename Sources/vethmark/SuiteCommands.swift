import ArgumentParser
import Kernel
import Methods
import Metrics
import Plans
import Reports
import Results

struct RFC2544Command: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rfc2544", abstract: "Throughput, latency, frame loss and back-to-back, frame size by frame size.",
        discussion: """
            The tests of RFC 2544 section 26.1 to 26.4. Times and repeats are scaled to some minutes; --full takes the RFC's, which are many hours. --time is the \
            length of a trial (0.5 s), before which --warmup is 100 ms. docs/limits.md tells what the figures mean. Exit codes are those of \
            `vethmark search`.
            """)

    @Argument(
        help: "A profile: a YAML file, or the name of one in profiles/. A rate in it is the highest to be tried.",
        completion: Completion.profile)
    var profile: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("Go on with the suite that was saved in this folder.", valueName: "folder"))
    var resume: String?
    @OptionGroup(title: "Suite") var suite: SuiteFlags
    @OptionGroup var plan: TrialOptions<AnySuite>
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Output") var screen: LiveOption

    func validate() throws {
        try screen.check(isQuiet: output.quiet)
        try output.check(resume: resume)
    }

    func run() throws {
        try suite.begin(.rfc2544, profile, plan, output, screen, resuming: resume) { words in
            let begun = try Self.parse(words)
            return (begun.suite, begun.profile, begun.plan)
        }
    }
}

struct RFC9004Command: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rfc9004", abstract: "How deep a link's buffer is, by the bursts that it takes without loss.",
        discussion: """
            The back-to-back test as RFC 9004 has it, for each frame size of which the link carries less than is sent. Times and repeats are scaled; --full takes the \
            RFC's: 50 repeats, 2 s between bursts, throughput by trials of 60 s. docs/limits.md tells what the figures mean. Exit codes are those of \
            `vethmark search`.
            """)

    @Argument(
        help: "A profile: a YAML file, or the name of one in profiles/. A rate in it is the highest to be tried.",
        completion: Completion.profile)
    var profile: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("Go on with the suite that was saved in this folder.", valueName: "folder"))
    var resume: String?
    @OptionGroup(title: "Suite") var suite: SuiteFlags
    @OptionGroup var plan: TrialOptions<AnySuite>
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Output") var screen: LiveOption

    func validate() throws {
        try screen.check(isQuiet: output.quiet)
        try output.check(resume: resume)
    }

    func run() throws {
        try suite.begin(.rfc9004, profile, plan, output, screen, resuming: resume) { words in
            let begun = try Self.parse(words)
            return (begun.suite, begun.profile, begun.plan)
        }
    }
}

/// What the suites can be asked for.
struct SuiteFlags: ParsableArguments {
    /// Of Ethernet, RFC 2544 section 9.1.
    private static let standardSizes = [64, 128, 256, 512, 1024, 1280, 1518]

    @Option(
        parsing: .unconditional, help: "Frame sizes with FCS, one after the other (default: 64,128,256,512,1024,1280,1518).",
        transform: frameSizes)
    var sizes: [Int]?

    @OptionGroup var rates: RateBounds

    @Option(
        parsing: .unconditional, help: "How close throughput is found, of itself (default: 2%, with --full 0.5%).",
        transform: share("as in 2%"))
    var width: Double?

    @Option(
        parsing: .unconditional, help: "How often the longest burst is looked for, 1 to 1000 (default: 3, with --full 50).",
        transform: number(1...1000))
    var rounds: Int?

    @Flag(help: "The RFC's times and repeats: 60 s a trial, latency 20 times over 120 s, 50 repeats of bursts of up to 2 s.")
    var full = false

    /// A suite, or the rest of one that was stopped.
    ///
    /// - Parameters:
    ///   - resume: the folder of what was stopped, which is begun anew by its own words.
    ///   - parse: those words, behind the command's name.
    func begin(
        _ kind: BenchmarkSuite.Kind, _ profile: String?, _ plan: TrialOptions<AnySuite>, _ output: OutputOptions, _ screen: LiveOption,
        resuming resume: String?, parse: ([String]) throws -> (SuiteFlags, String?, TrialOptions<AnySuite>)
    ) throws {
        Diagnostics.start(isVerbose: output.verbose)
        guard let resume else { return try run(kind, profile, plan, output, screen) }
        let stopped = try stopped(kind, resume, profile, plan)
        let (suite, profile, plan) = try Exit.usage { try parse(Array(stopped.command.dropFirst(2))) }
        try suite.run(kind, profile, plan, output, screen, goingOnFrom: stopped)
    }

    /// What is to be gone on with.
    private func stopped(
        _ kind: BenchmarkSuite.Kind, _ folder: String, _ profile: String?, _ plan: TrialOptions<AnySuite>
    ) throws -> StoppedSearch {
        try Exit.usage {
            let isUntouched = sizes == nil && rates.isUntouched && width == nil && rounds == nil && !full
            guard profile == nil, isUntouched, try plan.draft() == PlanDraft() else { throw FlagDraft.Problems.besidesResume }
            return try StoppedSearch(folder, as: kind == .rfc2544 ? .rfc2544 : .rfc9004)
        }
    }

    private func run(
        _ kind: BenchmarkSuite.Kind, _ profile: String?, _ plan: TrialOptions<AnySuite>, _ output: OutputOptions, _ screen: LiveOption,
        goingOnFrom stopped: StoppedSearch? = nil
    ) throws {
        let draft = try Exit.usage { try MethodDraft.read(profile, plan.draft()) }
        let request = try Exit.usage { try self.request(kind, draft) }
        let bench = MethodBench(kind.rawValue, draft: draft.trial, isQuiet: output.quiet, screen, stream: output.stream)
        // Each size has to be possible before the first is measured.
        let plans = try Exit.usage { try self.plans(of: request, bench) }
        if let stopped { try Exit.usage { try stopped.check(plans[0]) } }
        if output.dryRun { return try Exit.failure { try DryRun(plan: plans[0], draft: draft.trial).show(asJSON: output.json) } }
        let store = stopped?.store ?? output.store
        let command = stopped?.command ?? CommandLine.arguments
        func made(_ outcome: BenchmarkSuite.Outcome, _ warnings: [Warning] = []) -> SuiteResult {
            SuiteResult(outcome, request: request, isScaled: !full, plan: plans[0], command: command, warnings: warnings)
        }
        func note(_ words: String, _ outcome: BenchmarkSuite.Outcome) {
            bench.note(words)
            if !outcome.trials.isEmpty { bench.keep(in: store) { try SuiteReport.files(made(outcome)) } }
        }
        let result = try bench.run(plans[0]) { work in
            let suite = BenchmarkSuite(
                request, draft: draft.trial, goingOnFrom: stopped?.earlier ?? EarlierTrials(), isInterrupted: work.isInterrupted,
                pause: work.pause, observe: note, run: work.run)
            let outcome = try suite.measure()
            return made(outcome, work.close())
        }
        let code = result.failure != nil ? Exit.failed : result.trusted ? Exit.done : Exit.untrusted
        bench.sayHowToGoOn(interrupted: result.interrupted || result.failure != nil)
        let published = try output.publish(
            result, code, saved: store.map { store in { try store.save { try SuiteReport.files(result) } } }, stream: bench.stream,
            page: { ReportPage(result) }, text: { SuiteReport.text(result, style: $0) })
        if published != Exit.done { throw ExitCode(published) }
    }

    private func plans(of request: BenchmarkSuite.Request, _ bench: MethodBench) throws(FlagDraft.Problems) -> [TrialPlan] {
        var plans: [TrialPlan] = []
        for size in request.sizes {
            plans.append(try bench.plan(pps: request.minimumPps, seconds: request.trialSeconds, frameBytes: size))
        }
        return plans
    }

    private func request(_ kind: BenchmarkSuite.Kind, _ draft: MethodDraft) throws -> BenchmarkSuite.Request {
        let bounds = try rates.bounds(of: draft)
        return BenchmarkSuite.Request(
            kind: kind, sizes: sizes ?? Self.standardSizes, minimumPps: bounds.minimumPps, maximumPps: bounds.maximumPps,
            relativeWidth: width ?? (full ? 0.005 : 0.02), trialSeconds: draft.seconds ?? (full ? 60 : 0.5),
            latencySeconds: full ? 120 : 1, latencyRepeats: full ? 20 : 1, burstRepeats: rounds ?? (full ? 50 : 3),
            burstSeconds: full ? 2 : 0.2, pauseSeconds: full ? 2 : 0)
    }
}

/// Settings that a suite takes; size, load and repeats are its own.
enum AnySuite: SettingUse {
    static func takes(_ row: any SettingRow) -> Bool { AnySearch.takes(row) && row.field.path != "frame.size" }
}

/// `64,512,1518`.
@Sendable private func frameSizes(_ text: String) throws -> [Int] {
    let sizes = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0.filter { $0 != " " }) }
    guard sizes.allSatisfy({ $0 != nil }), Set(sizes).count == sizes.count else {
        throw ValidationError("is '\(text.visible)' but must be sizes in bytes, each once, as in 64,512,1518")
    }
    return sizes.compactMap { $0 }
}
