import ArgumentParser
import Kernel
import Methods
import Metrics
import Plans
import Profiles
import Reports
import Trials

struct CaptureCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "capture",
        abstract: "What does a capture tool really lose? It listens, numbered frames come, and each is looked for in its file.",
        discussion: """
            In the tool's words {if} stands for the receiving interface, {file} for the capture file that it is to write, {dir} for the folder of both. \
            It runs in the receiving end's network namespace, without a shell. Unless --rate says otherwise the load is 100 kpps. A tool that loses \
            frames is a result (exit code 0); other exit codes are those of `vethmark run`.
            """)

    /// What a capture tool on one CPU is expected to keep up with.
    static let standardRate = RateRequest.packets(PacketRate(packetsPerSecond: 100_000))

    static let lowestSearchedPps = 1_000.0

    @Argument(
        help: "A profile: a YAML file, or the name of one in profiles/. Flags override its values.", completion: Completion.profile)
    var profile: String?

    @OptionGroup var plan: CaptureOptions
    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Several tools in turns under the same load, each as one quoted command line, in place of those that a profile names.",
            valueName: "tool"))
    var compare: [String] = []
    @Option(
        parsing: .unconditional, help: "How often each tool has its turn, 1 to 100 (default: 1, with --compare 3).",
        transform: number(1...100))
    var rounds: Int?
    @Option(
        parsing: .unconditional, help: ArgumentHelp("CPUs that the tool may run on, as in 1 or 2-3 (default: all).", valueName: "list"),
        transform: cpus)
    var toolCpus: [Int]?
    @Flag(
        help:
            "The highest rate at which the tool loses nothing, from 1 kpps to --rate (default: 1 Mpps), in trials of --time (default: 1 s): halves of what is left, down to 5 %."
    )
    var search = false
    @Option(
        name: .customLong("vary"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "With --search: a setting and its values, as of vethmark sweep; a search for each combination: --vary size=64,1518 --vary flows=1,1000.",
            valueName: "setting=values"))
    var varied: [String] = []
    @Flag(help: "Keep what the tool writes, and say where.") var keep = false
    @OptionGroup(title: "Output") var output: OutputOptions

    @Argument(parsing: .postTerminator, help: "The tool and its arguments, behind `--`.")
    var tool: [String] = []

    func run() throws {
        Diagnostics.start(isVerbose: output.verbose)
        // Read once: a pipe has nothing left for a second time.
        let profile = try Exit.usage { try PlanResolution.profile(self.profile) }
        let (tools, rounds) = try Exit.usage { try self.tools(profile?.capture ?? CaptureRequest()) }
        let (plan, draft) = try Exit.usage { try resolvedPlan(profile?.draft) }
        let design = try Exit.usage { try self.design(draft) }
        if output.dryRun { return try Exit.failure { try DryRun(plan: plan, draft: draft).show(asJSON: output.json) } }
        // Before anything starts a thread: a user namespace takes only processes that have one.
        try Exit.failure { try LinkSetup.acquirePrivilege(for: plan) }
        let interrupts = try Exit.failure { try Interrupts() }
        RestoreCommand.clearUp()
        try Exit.failure { try ChildProcess.adoptOrphans() }
        let stream = output.stream
        let result = try Exit.failure { try measure(tools, rounds, plan, design, interrupts, stream) }
        let store = output.store
        let code = try output.publish(
            result, result.trusted ? Exit.done : Exit.untrusted,
            saved: store.map { store in
                {
                    try store.save {
                        [("report.txt", CaptureReport.text(result, style: .plain)), ("result.json", try JSONReport.text(result))]
                    }
                }
            }, stream: stream, page: { ReportPage(result) }, text: { CaptureReport.text(result, style: $0) })
        if code != Exit.done { throw ExitCode(code) }
    }

    /// Who has turns, and how many. A tool that was named takes the place of all that the profile names.
    private func tools(_ asked: CaptureRequest) throws -> ([CaptureTool], rounds: Int) {
        guard !search || rounds == nil else {
            throw FlagDraft.Problems(sentences: ["--rounds has no sense in a search, which makes one trial a rate; leave it out"])
        }
        let isOwn = compare.isEmpty && tool.isEmpty
        let rounds = rounds ?? (isOwn ? asked.rounds : nil)
        if isOwn, let lines = asked.tools {
            guard !search || lines.count == 1 else {
                throw FlagDraft.Problems(sentences: ["--search takes one tool, and the profile names \(lines.count); name one behind `--`"])
            }
            return (try lines.map { try CaptureTool(line: $0) }, rounds ?? (lines.count == 1 ? 1 : 3))
        }
        guard !compare.isEmpty else { return ([try CaptureTool(words: tool)], rounds ?? 1) }
        guard !search else {
            throw FlagDraft.Problems(sentences: ["--search and --compare contradict each other; search one tool after the other"])
        }
        guard tool.isEmpty else {
            throw FlagDraft.Problems(sentences: ["--compare and a tool behind `--` contradict each other; put all of them behind --compare"]
            )
        }
        return (try compare.map { try CaptureTool(line: $0) }, rounds ?? 3)
    }

    /// The tool is the receiver, its counters know no warm-up, and its turns are rounds.
    private func resolvedPlan(_ profile: PlanDraft?) throws -> (TrialPlan, PlanDraft) {
        let flags = try plan.draft()
        var draft = profile?.applying(flags) ?? flags
        draft = search ? try draft.forSearch().forCapture : draft.forCapture
        try FlagDraft.refuseBestPlacement(draft, in: "capture")
        return (try TrialPlan(flags: draft), draft)
    }

    /// The loads of a search under several; nil for one.
    private func design(_ draft: PlanDraft) throws -> SweepDesign? {
        guard !varied.isEmpty else { return nil }
        func problem(_ sentence: String) -> FlagDraft.Problems { FlagDraft.Problems(sentences: [sentence]) }
        guard search else { throw problem("--vary belongs to --search; leave it out, or use `vethmark sweep`") }
        do {
            let variations = try SettingVariation.parse(varied)
            if let own = variations.first(where: { ["rate", "time", "count", "repeats", "receiver", "warmup"].contains($0.name) }) {
                throw problem(
                    "--vary \(own.name) has no sense in a search, which has its own; vary what the load is made of, as in size=64,1518")
            }
            return try SweepDesign(base: draft, varying: variations, rounds: 1)
        } catch let error as ProfileError {
            throw FlagDraft.Problems(sentences: error.problems.map(\.sentence))
        } catch let error as PlanError {
            throw problem("\(error.flag) \(error.predicate)")
        }
    }

    private func measure(
        _ tools: [CaptureTool], _ rounds: Int, _ plan: TrialPlan, _ design: SweepDesign?, _ interrupts: Interrupts, _ stream: EventStream?
    ) throws -> CaptureResult {
        let progress = ProgressPrinter(isTerminal: ProcessFacts.isTerminal(2)) { Terminal.write(progress: $0) }
        defer { progress.finish() }
        // Probes are no trials.
        var isTrial = false
        let session = Session(interrupts: interrupts, identity: .ofThisProcess) { line in
            // Of probes and phases without news nothing is told.
            guard line.interval != nil else { return }
            if isTrial { stream?.observe(line) }
            if !output.quiet { progress.show(line) }
        }
        var kept: [String] = []
        // A bench for each load, over the same session.
        func withBench<Output>(_ plan: TrialPlan, _ name: String, _ body: (CaptureBench) throws -> Output) throws -> Output {
            let bench = CaptureBench(session: session, plan: plan, toolCPUs: toolCpus, keepsFiles: keep) { plan, run in
                isTrial = true
                defer { isTrial = false }
                return try stream?.follow(plan, run) ?? run()
            } note: {
                if !output.quiet { progress.note(name + $0.visibleLines) }
            }
            defer { kept += bench.keptFolders }
            return try body(bench)
        }
        defer {
            progress.finish()
            for folder in kept { Exit.say("what the tool wrote is kept in \(folder)") }
        }
        do {
            if let design {
                let (entries, cells) = try searched(tools[0], design, interrupts) { plan, name in
                    try withBench(plan, name + ": ") { bench in
                        let (entries, search) = try self.entries(bench, tools, plan, 1)
                        return (entries[0], search)
                    }
                }
                let conditions = session.conditions
                return CaptureResult(
                    command: CommandLine.arguments, plan: plan, conditions: conditions, entries: entries, rounds: 1, vary: design.vary,
                    cells: cells, warnings: session.close())
            }
            let (entries, search) = try withBench(plan, "") { try self.entries($0, tools, plan, rounds) }
            let conditions = session.conditions
            return CaptureResult(
                command: CommandLine.arguments, plan: plan, conditions: conditions, entries: entries,
                rounds: search == nil ? rounds : entries[0].rounds.count, search: search, warnings: session.close())
        } catch {
            _ = session.close()
            throw error
        }
    }

    /// One search after the other. What one load can't be is told in its cell; Ctrl-C ends with what there is.
    private func searched(
        _ tool: CaptureTool, _ design: SweepDesign, _ interrupts: Interrupts,
        _ search: (_ plan: TrialPlan, _ name: String) throws -> (CaptureResult.Entry, CaptureSearch?)
    ) throws -> ([CaptureResult.Entry], [CaptureResult.Cell]) {
        var entries: [CaptureResult.Entry] = []
        var cells: [CaptureResult.Cell] = []
        for cell in design.cells {
            let name = design.vary.name(of: cell.settings) ?? ""
            func left(_ obstacle: String) {
                entries.append(.init(name: name, tool: tool, rounds: [], obstacle: obstacle))
                cells.append(.init(settings: cell.settings, search: nil, obstacle: obstacle))
            }
            guard let plan = cell.plan else {
                left(cell.obstacle ?? "no plan")
                continue
            }
            guard !interrupts.hasHeard else {
                left("its turn hadn't come when it was interrupted")
                continue
            }
            do {
                let (entry, search) = try search(plan, name)
                entries.append(.init(name: name, tool: tool, rounds: entry.rounds, obstacle: entry.obstacle))
                cells.append(.init(settings: cell.settings, search: search, obstacle: entry.obstacle))
            } catch CaptureError.interrupted where !cells.isEmpty {
                left("its turn hadn't come when it was interrupted")
            }
        }
        return (entries, cells)
    }

    private func entries(
        _ bench: CaptureBench, _ tools: [CaptureTool], _ plan: TrialPlan, _ rounds: Int
    ) throws -> ([CaptureResult.Entry], CaptureSearch?) {
        guard search, let maximum = plan.load.packetRate?.packetsPerSecond else { return (try bench.measure(tools, rounds: rounds), nil) }
        let (entry, search) = try bench.search(
            tools[0], minimumPps: Self.lowestSearchedPps, maximumPps: maximum, relativeWidth: 0.05,
            seconds: Double(plan.load.durationNanoseconds ?? 0) / 1e9)
        return ([entry], search)
    }
}

extension PlanDraft {
    /// Trials that end, and a rate that is the highest to be tried.
    ///
    /// - Throws: `FlagDraft.Problems`.
    fileprivate func forSearch() throws -> PlanDraft {
        var draft = self
        func problem(_ sentence: String) -> FlagDraft.Problems { FlagDraft.Problems(sentences: [sentence]) }
        guard (draft.load.frameCount ?? 0) == 0 else {
            throw problem("--count has no sense in a search, whose trials last for --time; leave it out")
        }
        if draft.load.rate == nil { draft.load.rate = .packets(PacketRate(packetsPerSecond: 1_000_000)) }
        draft.load.durationNanoseconds = draft.load.durationNanoseconds ?? 1_000_000_000
        guard draft.load.durationNanoseconds != 0 else {
            throw problem("--time is 0 but must be above it in a search, whose trials have to end")
        }
        guard let rate = try TrialPlan(flags: draft).load.packetRate, rate.packetsPerSecond > CaptureCommand.lowestSearchedPps else {
            throw problem("--rate is the highest to be tried in a search and must be above 1 kpps; leave it out for 1 Mpps")
        }
        return draft
    }

    /// Where somebody else receives, without a warm-up, at a known rate.
    fileprivate var forCapture: PlanDraft {
        var draft = self
        draft.receive = PlanDraft.Receive()
        draft.receive.receiver = ReceiverName.somebodyElse
        draft.load.warmupNanoseconds = 0
        draft.run.repeats = 1
        // Where in time the losses lie is told by the times that frames carry.
        draft.run.latency = nil
        if draft.load.rate == nil { draft.load.rate = CaptureCommand.standardRate }
        return draft
    }
}

/// The kernel's list of CPUs, of which at least one can be had.
private let cpus: @Sendable (String) throws -> [Int] = { text in
    let allowed = Topology.read().allowedCPUs
    guard let wanted = CPUList.parse(text), !wanted.isEmpty, Set(wanted).isSubset(of: allowed) else {
        throw ValidationError("is '\(text.visible)' but must be some of the CPUs \(CPUList.format(allowed))")
    }
    return wanted
}
