import Plans
import Profiles

/// From a profile and flags to a plan.
enum PlanResolution {
    /// The profile with the flags laid over it, checked and complete, and what was asked for.
    ///
    /// - Throws: `FlagDraft.Problems`, `ProfileSentences`.
    static func resolve(_ profile: String?, _ flags: PlanDraft, limits: PlanLimits = .thisMachine) throws -> (TrialPlan, PlanDraft) {
        guard let profile else { return (try TrialPlan(flags: flags, limits: limits), flags) }
        do throws(ProfileError) {
            let loaded = try ProfileLibrary.standard.load(profile)
            if let problem = loaded.replayProblem { throw ProfileError([problem]) }
            return (try loaded.plan(applying: flags, limits: limits), loaded.draft.applying(flags))
        } catch {
            guard let command = strangeCommand(profile) else { throw ProfileSentences(error: error) }
            throw FlagDraft.Problems(sentences: [command])
        }
    }

    /// The profile with the flags laid over it, as a draft that a method goes on with.
    ///
    /// - Throws: `ProfileSentences`.
    static func draft(_ profile: String?, _ flags: PlanDraft) throws(ProfileSentences) -> PlanDraft {
        try self.profile(profile)?.draft.applying(flags) ?? flags
    }

    /// Read once: a pipe has nothing left for a second time.
    ///
    /// - Parameter sendsFiles: whether it may name a capture file.
    /// - Throws: `ProfileSentences`.
    static func profile(_ name: String?, sendsFiles: Bool = false) throws(ProfileSentences) -> Profile? {
        guard let name else { return nil }
        do throws(ProfileError) {
            let loaded = try ProfileLibrary.standard.load(name)
            if !sendsFiles, let problem = loaded.replayProblem { throw ProfileError([problem]) }
            return loaded
        } catch {
            throw ProfileSentences(error: error)
        }
    }

    /// A command with a slip of the fingers is an unknown profile, for `run` is what is run by itself.
    private static func strangeCommand(_ word: String) -> String? {
        let library = ProfileLibrary.standard
        guard (try? library.resolve(word)) == nil, Spelling.suggestion(for: word, among: library.names) == nil,
            let near = Spelling.suggestion(for: word, among: HelpText.commandNames)
        else { return nil }
        return "there is neither a command nor a profile '\(word.visible)'; did you mean `vethmark \(near)`?"
    }
}

extension PlanDraft {
    /// Where many trials make a result: short ones, unless something else was asked for.
    var withShortTrials: PlanDraft {
        var draft = self
        draft.load.durationNanoseconds =
            load.durationNanoseconds ?? (load.frameCount == nil ? PlanDefaults.bakeoffDurationNanoseconds : nil)
        draft.load.warmupNanoseconds = load.warmupNanoseconds ?? PlanDefaults.bakeoffWarmupNanoseconds
        return draft
    }

    /// What all trials of a sweep have in common: what was asked for, and short trials, one a turn.
    var forTurns: PlanDraft {
        var draft = withShortTrials
        draft.run.repeats = 1
        return draft
    }
}
