import Profiles
import Trials

/// From a profile and flags to a plan.
enum PlanResolution {
    /// The profile with the flags laid over it, checked and complete, and what was asked for.
    ///
    /// - Throws: `FlagDraft.Problems`, `ProfileSentences`.
    static func resolve(_ profile: String?, _ flags: PlanDraft) throws -> (TrialPlan, PlanDraft) {
        guard let profile else { return (try TrialPlan(flags: flags), flags) }
        do throws(ProfileError) {
            let loaded = try ProfileLibrary.standard.load(profile)
            return (try loaded.plan(applying: flags, limits: .thisMachine), loaded.draft.applying(flags))
        } catch {
            guard let command = strangeCommand(profile) else { throw ProfileSentences(error: error) }
            throw FlagDraft.Problems(sentences: [command])
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
