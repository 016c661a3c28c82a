import ArgumentParser
import Control
import Kernel
import Methods
import Metrics
import Plans
import Reports
import Results
import Synchronization
import Trials

/// Runs one plan between the ranks of a mesh: rank 0 leads, keeps the books and tells of them; every rank, rank 0 as well, holds its own meetings.
struct MeshBench {
    let pattern: MeshPattern
    let output: OutputOptions
    let gates: Gates

    /// Descriptors besides those of connections: a trial's, of many workers.
    private static let spareDescriptors = 256
    /// Between two times that what there is so far is saved; longer where that takes long.
    private static let savePeriodNanoseconds: UInt64 = 10_000_000_000
    /// What a meeting takes besides its frames, by far: links, rings, clocks, warm-up's and window's drain, the book.
    private static let sparePerTrialNanoseconds: UInt64 = 120_000_000_000
    /// Slower than any engine sends that isn't paced.
    private static let leastPps = 1_000.0

    /// - Throws: `Refusal`.
    static func check(_ plan: TrialPlan) throws {
        guard plan.load.durationNanoseconds == nil, plan.load.frameCount == nil else { return }
        throw Refusal(
            sentence: "the meetings of a pattern have to end by themselves", remedy: "say how long one lasts, as in -t 10", exitCode: 64)
    }

    /// - Throws: `ExitCode`.
    func run(_ plan: TrialPlan, _ meeting: AcrossOptions.Meeting) throws {
        // Before anything starts a thread: a user namespace takes only processes that have one.
        try Exit.failure { try LinkSetup.acquirePrivilege(for: plan) }
        let interrupts = try Exit.failure { try Interrupts() }
        RestoreCommand.clearUp()
        if meeting.hello.rank > 0 { return try Exit.failure { try follow(plan, meeting, interrupts) } }
        let store = output.store
        let result = try Exit.failure { try lead(plan, meeting, interrupts, store) }
        let isWithin = result.meetings.allSatisfy { meeting in meeting.result?.gates?.allSatisfy(\.passed) ?? true }
        let code = try output.publish(
            result, result.trusted && isWithin ? Exit.done : Exit.untrusted, saved: store.map { store in { try save(result, in: store) } },
            page: { ReportPage(result) }, text: { MeshReport.text(result, style: $0) })
        if code != Exit.done { throw ExitCode(code) }
    }

    private func save(_ result: MeshResult, in store: ResultStore) throws -> String {
        try store.save { [("report.txt", MeshReport.text(result, style: .plain)), ("result.json", try JSONReport.text(result))] }
    }

    private func follow(_ plan: TrialPlan, _ meeting: AcrossOptions.Meeting, _ interrupts: Interrupts) throws {
        let channel = try meeting.meet(interrupts)
        let line = try MeshLine(over: channel)
        defer { line.close() }
        try MeshRank(
            plan, hello: meeting.hello, secret: meeting.secret, place: meeting.place(ofHost: channel.localHost), line: line,
            interrupts: interrupts, identity: .ofThisProcess, note: { say("rank \(meeting.hello.rank), \($0)") }
        ).run()
    }

    private func say(_ sentence: String) { if !output.quiet { Exit.say(sentence) } }

    // MARK: rank 0

    private func lead(
        _ plan: TrialPlan, _ meeting: AcrossOptions.Meeting, _ interrupts: Interrupts, _ store: ResultStore?
    ) throws -> MeshResult {
        let ranks = meeting.hello.ranks
        guard let schedule = MeshSchedule(pattern, ranks: ranks) else { preconditionFailure("a mesh has two ranks at least") }
        let descriptors = UInt64(ranks + Self.spareDescriptors)
        guard DescriptorLimit.raise(toHold: descriptors) else {
            throw Refusal(
                sentence: "rank 0 needs \(descriptors) descriptors for \(ranks) ranks, and may have \(DescriptorLimit.current.hard)",
                remedy: "raise the hard limit of its host, as in `ulimit -Hn \(descriptors)` as root, or LimitNOFILE=\(descriptors)",
                exitCode: nil)
        }
        say("rank 0 waits for \(FigureText.count(ranks - 1, "rank")) at \(meeting.address)")
        let channels = try meeting.gather(interrupts)
        let hosts = Dictionary(uniqueKeysWithValues: ([meeting.hello] + channels.map(\.peer)).map { ($0.rank, $0.host) })
        if channels.count < ranks - 1 {
            say("\(channels.count + 1) of \(ranks) ranks are here; the others' meetings are missed")
        }
        let total = (0..<schedule.rounds).reduce(0) { $0 + schedule.meetings(inRound: $1).count }
        let done = Mutex(0)
        let isQuiet = output.quiet
        let lead = LeadMesh(
            schedule, hello: meeting.hello, channels: channels, mesh: TrialStreams(trial: 0).key, limitNanoseconds: Self.limit(of: plan)
        ) { outcome in
            let count = done.withLock { count -> Int in
                count += 1
                return count
            }
            let words = outcome.missed.map { "was missed: \($0)" } ?? "is over"
            if !isQuiet { Exit.say("\(outcome.meeting.sender) → \(outcome.meeting.receiver) \(words) (\(count) of \(total))") }
        }
        var nextSave = Clock.monotonicNanoseconds + Self.savePeriodNanoseconds
        let line = try MeshLine(over: lead.own)
        try lead.start()
        try MeshRank(
            plan, hello: meeting.hello, secret: meeting.secret, place: meeting.place(ofHost: nil), line: line, interrupts: interrupts,
            identity: .ofThisProcess, note: { _ in }, stop: { lead.stop("rank 0 was stopped by a signal") },
            rest: {
                let begin = Clock.monotonicNanoseconds
                guard let store, begin >= nextSave else { return }
                // What can't be saved now is told at the end, when it is tried again.
                _ = try? save(result(of: lead, schedule, plan, hosts), in: store)
                let end = Clock.monotonicNanoseconds
                nextSave = end + max(Self.savePeriodNanoseconds, 10 * (end - begin))
            }
        ).run()
        // Each of the others hears of it before this process ends.
        _ = lead.wait(untilMonotonic: Clock.monotonicNanoseconds + 10_000_000_000)
        line.close()
        return result(of: lead, schedule, plan, hosts)
    }

    /// How long a meeting may take, by far.
    private static func limit(of plan: TrialPlan) -> UInt64 {
        let load = plan.load
        let byCount = load.frameCount.map { Double($0) / max(load.packetRate?.packetsPerSecond ?? leastPps, 0.001) * 1e9 }
        let window = load.durationNanoseconds ?? UInt64(min(byCount ?? 0, 1e17))
        let (perTrial, repeats) = (window &+ load.warmupNanoseconds &+ sparePerTrialNanoseconds, UInt64(plan.run.repeats))
        let (all, isTooMuch) = perTrial.multipliedReportingOverflow(by: repeats)
        return isTooMuch ? UInt64(1e18) : min(all, UInt64(1e18))
    }

    private func result(of lead: LeadMesh, _ schedule: MeshSchedule, _ plan: TrialPlan, _ hosts: [Int: String]) -> MeshResult {
        let outcomes = Dictionary(lead.outcomes.map { ($0.meeting, $0) }) { first, _ in first }
        let lost = lead.lost
        let meetings = (0..<schedule.rounds).flatMap { schedule.meetings(inRound: $0) }.map { meeting -> MeshResult.Meeting in
            let outcome = outcomes[meeting]
            var run: RunResult? = outcome?.result.flatMap { try? ControlBody.decode($0, of: .held) }
            if let judged = run.map(gates.judge), !judged.isEmpty { run?.gates = judged }
            return MeshResult.Meeting(
                round: meeting.round, sender: meeting.sender, receiver: meeting.receiver,
                missed: outcome == nil ? lead.obstacle(to: meeting) ?? "it hasn't begun" : outcome?.missed, result: run)
        }
        return MeshResult(
            pattern: pattern.rawValue, plan: plan,
            ranks: (0..<schedule.ranks).map { MeshResult.Rank(rank: $0, host: hosts[$0], lost: lost[$0]) }, meetings: meetings,
            command: CommandLine.arguments)
    }

    private struct Refusal: ExplainedError {
        let sentence: String
        let remedy: String?
        let exitCode: Int32?
    }
}

extension MeshPattern: ExpressibleByArgument {}
