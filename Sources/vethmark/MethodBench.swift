import ArgumentParser
import Kernel
import Methods
import Metrics
import Profiles
import Reports
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
        guard let profile else { return try MethodDraft(flags) }
        let draft: PlanDraft
        do throws(ProfileError) {
            draft = try ProfileLibrary.standard.load(profile).draft
        } catch {
            throw ProfileSentences(error: error)
        }
        return try MethodDraft(draft.applying(flags))
    }

    private init(_ draft: PlanDraft) throws {
        guard draft.load.durationNanoseconds != 0 else {
            throw FlagDraft.Problems(sentences: [
                "--time is 0 but must be above it here, where trials have to end; leave it out for the method's own"
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
    private let progress = ProgressPrinter(isTerminal: ProcessFacts.isTerminal(2)) { Terminal.write(progress: $0) }

    init(draft: PlanDraft, isQuiet: Bool) {
        self.draft = draft
        self.isQuiet = isQuiet
    }

    /// The plan of a trial at a rate, to be looked at before any is made.
    ///
    /// - Throws: `FlagDraft.Problems`.
    func plan(pps: Double, seconds: Double) throws(FlagDraft.Problems) -> TrialPlan {
        var draft = draft
        draft.load.rate = .packets(PacketRate(packetsPerSecond: pps))
        draft.load.durationNanoseconds = UInt64((seconds * 1e9).rounded())
        return try TrialPlan(flags: draft)
    }

    /// - Parameter body: makes the trials, and closes the session.
    func run<Result>(_ plan: TrialPlan, _ body: (LoadTrials, Session) throws -> Result) throws -> Result {
        // Before anything starts a thread: a user namespace takes only processes that have one.
        try Exit.failure { try LinkSetup.acquirePrivilege(for: plan) }
        let interrupts = try Exit.failure { try Interrupts() }
        RestoreCommand.clearUp()
        defer { progress.finish() }
        return try Exit.failure {
            let session = Session(interrupts: interrupts, identity: .ofThisProcess)
            let trials = LoadTrials(draft: draft, isInterrupted: { interrupts.hasHeard }) { try session.run($0) }
            do {
                return try body(trials, session)
            } catch {
                progress.finish()
                _ = session.close()
                throw error
            }
        }
    }

    func note(_ text: String) {
        if !isQuiet { progress.note(text) }
    }
}
