import ArgumentParser
import Frames
import Kernel
import Methods
import Metrics
import Plans
import Profiles
import Reports
import Results
import Traffic
import Trials

/// What a profile and flags ask of each trial of a method that chooses load and time itself.
struct MethodDraft {
    /// Without load and repeats.
    var trial: PlanDraft
    /// Frames a second, from the profile.
    let packetRate: Double?
    /// `--time`, or the profile's.
    let seconds: Double?

    /// - Throws: `ProfileSentences`, `FlagDraft.Problems`.
    static func read(_ profile: String?, _ flags: PlanDraft) throws -> MethodDraft {
        try MethodDraft(PlanResolution.draft(profile, flags))
    }

    private init(_ draft: PlanDraft) throws {
        guard draft.load.durationNanoseconds != 0 else {
            throw FlagDraft.Problems(sentences: [
                "--time is 0 but must be above it here, where trials have to end; leave it out for the method's own"
            ])
        }
        guard draft.transmit.superframes != true else {
            throw FlagDraft.Problems(sentences: [
                "\(PlanField.superframes.flag) is true but must be left out here, where goals and sizes are those of frames; use `vethmark run`"
            ])
        }
        packetRate = try TrialPlan(flags: draft).load.packetRate?.packetsPerSecond
        seconds = draft.load.durationNanoseconds.map { Double($0) / 1e9 }
        trial = draft
        trial.load.rate = nil
        trial.load.frameCount = nil
        trial.run.repeats = nil
        trial.load.warmupNanoseconds = draft.load.warmupNanoseconds ?? 100_000_000
    }
}

/// Runs a method's trials over one session, with its progress on standard error.
final class MethodBench {
    private let draft: PlanDraft
    private let isQuiet: Bool
    let stream: EventStream?
    /// What was last told.
    private var known: String?
    /// Where the trials so far are saved.
    private var place: String?
    private let progress = ProgressPrinter(isTerminal: ProcessFacts.isTerminal(2)) { Terminal.write(progress: $0) }

    private let screen: (command: String, option: LiveOption)
    private var live: LiveView?

    /// - Parameter command: the command's name.
    init(_ command: String, draft: PlanDraft, isQuiet: Bool, _ screen: LiveOption, stream: EventStream? = nil) {
        self.screen = (command, screen)
        self.draft = draft
        self.stream = stream
        self.isQuiet = isQuiet
    }

    /// The plan of a trial at a rate, to be looked at before any is made.
    ///
    /// - Parameter frameBytes: nil leaves the draft's sizes.
    /// - Throws: `FlagDraft.Problems`.
    func plan(pps: Double, seconds: Double, frameBytes: Int? = nil) throws(FlagDraft.Problems) -> TrialPlan {
        var draft = draft
        draft.load.rate = .packets(PacketRate(packetsPerSecond: pps))
        draft.load.durationNanoseconds = UInt64((seconds * 1e9).rounded())
        if let frameBytes {
            guard frameBytes >= EthernetWire.minimumFrameBytes, let sizes = FrameSizes(sizeBytes: frameBytes) else {
                throw FlagDraft.Problems(sentences: [
                    "--sizes has \(frameBytes) but must be \(EthernetWire.minimumFrameBytes) to \(EthernetWire.maximumFrameBytes) bytes each; "
                        + "leave it out for those of RFC 2544"
                ])
            }
            draft.frame.sizes = sizes
        }
        return try TrialPlan(flags: draft)
    }

    /// What a method works with.
    struct Work {
        let run: (TrialPlan) throws -> RunResult
        let isInterrupted: () -> Bool
        /// Waits so many seconds, with an ear for Ctrl-C.
        let pause: (Double) throws -> Void
        /// Gives the link back.
        let close: () -> [Warning]
    }

    /// - Parameter body: makes the trials, and closes the session.
    func run<Result>(_ plan: TrialPlan, _ body: (Work) throws -> Result) throws -> Result {
        // Before anything starts a thread: a user namespace takes only processes that have one.
        try Exit.failure { try LinkSetup.acquirePrivilege(for: plan) }
        let interrupts = try Exit.failure { try Interrupts() }
        RestoreCommand.clearUp()
        defer { progress.finish() }
        return try Exit.failure {
            let live = try screen.option.open(screen.command)
            self.live = live
            defer { live?.close() }
            live?.change { $0.trial.isContinued = true }
            let session = Session(
                interrupts: interrupts, identity: .ofThisProcess, placements: .ofThisUser,
                observe: { [stream] in stream?.observe($0) }, watch: { live?.watch($0) },
                note: { [isQuiet, progress] in if !isQuiet, live == nil { progress.note($0) } })
            let work = Work(
                run: { [self] in
                    announce($0)
                    let plan = $0
                    return try stream?.follow(plan) { try session.run(plan) } ?? session.run(plan)
                }, isInterrupted: { interrupts.hasHeard },
                pause: { _ = try interrupts.wait(untilMonotonic: Clock.monotonicNanoseconds + UInt64($0 * 1e9)) },
                close: { session.close() })
            do {
                return try body(work)
            } catch {
                progress.finish()
                live?.close()
                _ = session.close()
                if let place { Exit.say("the trials before are saved in \(place)") }
                sayHowToGoOn(interrupted: true)
                throw error
            }
        }
    }

    /// What can't be saved now is told at the end, when it is tried again.
    func keep(in store: ResultStore?, _ files: () throws -> [(name: String, text: String)]) {
        place = (try? store?.save(files)) ?? place
    }

    /// - Parameter interrupted: whether there are trials left to be made.
    func sayHowToGoOn(interrupted: Bool) {
        guard interrupted, let place else { return }
        progress.finish()
        Exit.say("go on with: vethmark \(screen.command) --resume \(place)")
    }

    func note(_ text: String) {
        known = text
        live?.change { $0.step = text }
        if !isQuiet, live == nil { progress.note(text) }
    }

    /// A trial that takes a while is told before it begins.
    private func announce(_ plan: TrialPlan) {
        guard !isQuiet, let duration = plan.load.durationNanoseconds, duration >= 2_000_000_000 else { return }
        let rate = plan.load.packetRate.map { "\($0)" } ?? "\(plan.load.rate)"
        let next = "next \(rate) for \(DurationText(nanoseconds: duration))"
        let words = known.map { "\(next)  \($0)" }
        if let live { return live.change { $0.step = words ?? next } }
        // A line that wraps can't be rewritten.
        progress.note(words.map { $0.count < 80 ? $0 : next } ?? next)
    }
}
