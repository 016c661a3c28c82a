import ArgumentParser
import Kernel
import Methods
import Metrics
import Plans
import Profiles
import Reports
import Results

struct SearchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search", abstract: "The highest rates that a link carries within a loss, or a latency.",
        discussion: """
            A goal is \(GoalText.allowed). ndr is no loss at all, pdr 0.5 %; p50, p90, p99, p99.9, p99.99, max and mean of path latency can be bounded. \
            --time is the length of a final trial (0.5 s, 1 s for binary), before which --warmup is 100 ms. Times are scaled to a minute or so; \
            --full takes those of FD.io CSIT for mlr and RFC 2544's for binary. Ctrl-C ends it with the bounds so far. docs/limits.md tells what the figures mean. Exit codes: 0 done; 1 failed; 3 finished, but \
            not to be trusted, or even the lowest rate failed; 64 wrong usage; 130 stopped by a second Ctrl-C.
            """)

    @Argument(
        help: "A profile: a YAML file, or the name of one in profiles/. A rate in it is the highest to be tried.",
        completion: Completion.profile)
    var profile: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("Go on with the search that was saved in this folder.", valueName: "folder"))
    var resume: String?
    @OptionGroup(title: "Search") var search: SearchFlags
    @OptionGroup var plan: TrialOptions<AnySearch>
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Output") var screen: LiveOption

    func validate() throws {
        try screen.check(isQuiet: output.quiet)
        try output.check(resume: resume)
    }

    func run() throws {
        Diagnostics.start(isVerbose: output.verbose)
        guard let resume else { return try measure(output, screen, goingOnFrom: nil) }
        let stopped = try Exit.usage { () throws -> StoppedSearch in
            guard profile == nil, search.isUntouched, try plan.draft() == PlanDraft() else { throw FlagDraft.Problems.besidesResume }
            return try StoppedSearch(resume, as: .search)
        }
        // As it was begun, told as is wanted now.
        try Exit.usage { try Self.parse(Array(stopped.command.dropFirst(2))) }.measure(output, screen, goingOnFrom: stopped)
    }

    private func measure(_ output: OutputOptions, _ screen: LiveOption, goingOnFrom stopped: StoppedSearch?) throws {
        let draft = try Exit.usage { try MethodDraft.read(profile, plan.draft()) }
        let request = try Exit.usage { try search.request(draft) }
        let bench = MethodBench("search", draft: draft.trial, isQuiet: output.quiet, screen, stream: output.stream)
        let base = try Exit.usage { try bench.plan(pps: request.minimumPps, seconds: request.goals[0].finalTrialSeconds) }
        if let stopped { try Exit.usage { try stopped.check(base) } }
        if output.dryRun { return try Exit.failure { try DryRun(plan: base, draft: draft.trial).show(asJSON: output.json) } }
        let store = stopped?.store ?? output.store
        let command = stopped?.command ?? CommandLine.arguments
        let result = try bench.run(base) { work in
            let trials = LoadTrials(
                draft: draft.trial, goingOnFrom: stopped?.earlier ?? EarlierTrials(), isInterrupted: work.isInterrupted, run: work.run)
            func result(_ outcome: LinkSearch.Outcome, _ warnings: [Warning] = []) -> SearchResult {
                SearchResult(
                    outcome, method: request.method, isScaled: !search.full, plan: base, conditions: trials.conditions,
                    command: command, warnings: warnings)
            }
            let measuring = LinkSearch(request, trials: trials) { outcome in
                bench.note(SearchReport.progress(outcome))
                bench.keep(in: store) { try SearchReport.files(result(outcome)) }
            }
            let outcome = try measuring.measure()
            return result(outcome, work.close())
        }
        let code = result.failure != nil ? Exit.failed : result.trusted && result.stable ? Exit.done : Exit.untrusted
        bench.sayHowToGoOn(interrupted: result.interrupted || result.failure != nil)
        let published = try output.publish(
            result, code, saved: store.map { store in { try store.save { try SearchReport.files(result) } } },
            stream: bench.stream, page: { ReportPage(result) }, text: { SearchReport.text(result, style: $0) })
        if published != Exit.done { throw ExitCode(published) }
    }
}

/// What to search for.
struct SearchFlags: ParsableArguments {
    @Option(
        name: .customLong("goal"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp("What the rate has to keep to; several are searched at once (default: ndr and pdr).", valueName: "goal"))
    var goals: [String] = []

    @Option(parsing: .unconditional, help: "mlr: MLRsearch (RFC 9971); binary: RFC 2544 section 26.1, one trial a load (default: mlr).")
    var method: LinkSearch.Method?

    @OptionGroup var rates: RateBounds

    @Option(
        parsing: .unconditional, help: "How far apart the bounds may be, of the upper one (default: 1%, with --full 0.5%).",
        transform: share("as in 1%"))
    var width: Double?

    @Option(
        parsing: .unconditional, help: "Of mlr: how much of trials makes a verdict on a load (default: five final trials, with --full 21).",
        transform: parsedDuration)
    var sum: UInt64?

    @Option(
        parsing: .unconditional, help: "Of mlr: which part of that may be bad at a load that is good (default: 50%).",
        transform: share("as in 50%", fromZero: true))
    var exceed: Double?

    @Flag(help: "The times of the method's own documents: mlr 1 s and 21 s a verdict (FD.io CSIT), binary 60 s (RFC 2544).")
    var full = false

    var isUntouched: Bool {
        goals.isEmpty && method == nil && rates.isUntouched && width == nil && sum == nil && exceed == nil && !full
    }

    /// - Throws: `FlagDraft.Problems`, what is wrong with the flags together.
    func request(_ draft: MethodDraft) throws -> LinkSearch.Request {
        let texts = try (goals.isEmpty ? ["ndr", "pdr"] : goals).map { text throws(GoalText.Problem) in try GoalText(parsing: text) }
        let method = method ?? .mlr
        if let twice = texts.map(\.text).firstDuplicate { throw problem("--goal \(twice) stands there twice; leave out one") }
        if method == .binary, sum != nil || exceed != nil {
            throw problem("--sum and --exceed belong to --method mlr; in a binary search one trial decides")
        }
        let bounds = try rates.bounds(of: draft)
        let final = draft.seconds ?? (method == .mlr ? (full ? 1 : 0.5) : full ? 60 : 1)
        let sumSeconds = method == .binary ? final : sum.map { Double($0) / 1e9 } ?? final * (full ? 21 : 5)
        guard sumSeconds >= final else { throw problem("--sum is shorter than a trial (--time); make it longer") }
        return LinkSearch.Request(
            goals: texts.map { text in
                SearchGoal(
                    name: text.text, lossRatio: text.lossRatio, latencyBound: text.latencyBound,
                    exceedRatio: method == .binary ? 0 : exceed ?? 0.5, relativeWidth: width ?? (full ? 0.005 : 0.01),
                    initialTrialSeconds: full ? final : min(final, 0.2),
                    finalTrialSeconds: final, sumSeconds: sumSeconds)
            }, method: method, minimumPps: bounds.minimumPps, maximumPps: bounds.maximumPps)
    }

    private func problem(_ sentence: String) -> FlagDraft.Problems { FlagDraft.Problems(sentences: [sentence]) }
}

/// Between which rates to look.
struct RateBounds: ParsableArguments {
    @Option(
        parsing: .unconditional, help: "The lowest rate, which has to be good (default: 1kpps).",
        transform: quantity(PacketRate.init(parsing:)))
    var minRate: PacketRate?

    @Option(
        parsing: .unconditional, help: "The highest rate to be tried (default: what the sender makes at a rate, measured first).",
        transform: quantity(PacketRate.init(parsing:)))
    var maxRate: PacketRate?

    var isUntouched: Bool { minRate == nil && maxRate == nil }

    /// Frames a second; without a highest one the sender's own is measured.
    ///
    /// - Throws: `FlagDraft.Problems` if there is nothing between them.
    func bounds(of draft: MethodDraft) throws(FlagDraft.Problems) -> (minimumPps: Double, maximumPps: Double?) {
        let minimum = minRate?.packetsPerSecond ?? 1_000
        let maximum = maxRate?.packetsPerSecond ?? draft.packetRate
        if let maximum, maximum <= minimum {
            throw FlagDraft.Problems(sentences: [
                "--max-rate is \(PacketRate(packetsPerSecond: maximum)) but must be above --min-rate, which is "
                    + "\(PacketRate(packetsPerSecond: minimum)); give one of them another value"
            ])
        }
        return (minimum, maximum)
    }
}

extension LinkSearch.Method: ExpressibleByArgument {}

extension [String] {
    fileprivate var firstDuplicate: String? {
        var seen: Set<String> = []
        return first { !seen.insert($0).inserted }
    }
}

/// Settings that a search takes; load and repeats are its own.
enum AnySearch: SettingUse {
    private static let own: Set = ["load.rate", "load.count", "run.repeats", "run.interval"]
    static func takes(_ row: any SettingRow) -> Bool { !own.contains(row.field.path) }
}

/// A share of one: `1%`, `0.5%`.
func share(_ example: String, fromZero: Bool = false) -> @Sendable (String) throws -> Double {
    { text in
        guard text.last == "%", let percent = Double(text.dropLast()), percent < 100, fromZero ? percent >= 0 : percent >= 0.001 else {
            throw ValidationError(
                "is '\(text.visible)' but must be a percentage \(fromZero ? "from 0%" : "above 0%") and below 100%, \(example)")
        }
        return percent / 100
    }
}
