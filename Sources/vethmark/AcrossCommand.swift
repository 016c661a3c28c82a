import ArgumentParser
import Control
import Engines
import Kernel
import Methods
import Plans
import Trials

struct AcrossCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "across", abstract: "One benchmark across two hosts, or between all of many: rank 0 keeps the book.",
        discussion: """
            Start it once on each host with the same words, by an engine that tells each which rank it is, as in `srun -N2 -n2 vethmark across \
            --tx eth1 --rx eth1`; --tx is an interface of rank 0's host, --rx one of rank 1's. The ranks meet over one connection, and \
            VETHMARK_SECRET, the same for both, keeps everybody else out. Rank 0 keeps the book, saves and prints it; rank 1 tells on stderr what \
            came. What is between the hosts is measured as a whole: what it loses is told by sequence numbers. With --pattern it is started on any \
            number of hosts, and rank 0 leads them through their meetings and prints a matrix. Exit codes are those of `vethmark run`; if one rank is \
            lost the other ends within 5 s with 3, and with --pattern the rest go on without it.
            """)

    @Argument(
        help: "A profile: a YAML file, or the name of one in profiles/. Flags override its values.", completion: Completion.profile)
    var profile: String?

    @OptionGroup(title: "Ranks") var ranks: AcrossOptions
    @OptionGroup var plan: PlanOptions
    @OptionGroup var telling: RunOptions

    func validate() throws {
        try ranks.check([
            ("--live", telling.screen.live), ("--json-stream", telling.output.jsonStream), ("--brief", telling.length.brief),
            ("--openmetrics", telling.metrics.openmetrics != nil), ("--listen", telling.metrics.listen != nil)
        ])
    }

    func run() throws {
        Diagnostics.start(isVerbose: telling.output.verbose)
        var limits = PlanLimits.thisMachine
        limits.spansHosts = true
        let (plan, draft) = try Exit.usage { try PlanResolution.resolve(profile, self.plan.draft(), limits: limits) }
        try Exit.usage { try AcrossPlan.check(plan) }
        if ranks.pattern != nil { try Exit.usage { try MeshBench.check(plan) } }
        if telling.output.dryRun { return try telling.show(plan, draft) }
        let meeting = try Exit.usage { try ranks.meeting() }
        if let pattern = ranks.pattern {
            return try MeshBench(pattern: pattern, output: telling.output, gates: telling.bounds.gates).run(plan, meeting)
        }
        if meeting.hello.rank > 0 { return try receive(plan, meeting) }
        let bench = RunBench("across", telling) { interrupts in
            if !telling.output.quiet { Exit.say("rank 0 waits for rank 1 at \(meeting.address)") }
            return RemoteReceiver(try meeting.meet(interrupts))
        }
        try bench.run(plan, of: draft)
    }

    private func receive(_ plan: TrialPlan, _ meeting: AcrossOptions.Meeting) throws {
        try Exit.failure {
            try LinkSetup.acquirePrivilege(for: plan)
            let interrupts = try Interrupts()
            RestoreCommand.clearUp()
            let channel = try meeting.meet(interrupts)
            let left = try ReceivingRank(plan, over: channel, interrupts: interrupts) { sentence in
                if !telling.output.quiet { Exit.say("rank 1: \(sentence)") }
            }.run()
            for warning in left { Exit.say("vethmark: \(warning.message); \(warning.remedy)") }
        }
    }
}
