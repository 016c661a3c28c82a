import Plans
import Profiles

/// A draft from the command line: values by the rules that hold in a profile, and all that is wrong with them at once.
struct FlagDraft {
    var draft = PlanDraft()
    private var sentences: [String] = []

    /// What is wrong, a line each, which has at least one.
    struct Problems: Error, CustomStringConvertible {
        let sentences: [String]
        var description: String { sentences.joined(separator: "\nvethmark: ") }

        static let besidesResume = Problems(sentences: [
            "--resume goes on as it was begun, and other options ask for something else; leave out all but those of output"
        ])
    }

    /// Where somebody else stands beside the link, or a file says what is sent, trials of another load would be in the way.
    ///
    /// - Throws: `Problems`.
    static func refuseBestPlacement(_ draft: PlanDraft, in command: String) throws(Problems) {
        guard draft.link.placement == .best else { return }
        throw Problems(sentences: [
            "--placement is best, which \(command) doesn't find out; name one, as `vethmark tune` or a run with it shows"
        ])
    }

    /// Sets a field to what was written behind its flag.
    mutating func set(_ field: PlanField, _ text: String) {
        do throws(ProfileError) {
            try draft.set(field, toFlag: text)
        } catch {
            sentences += error.problems.map(\.sentence)
        }
    }

    /// Sets the settings that share an option: `--cpus tx=0,2 rx=1`, or `auto` for both.
    mutating func set(_ rows: [any SettingRow], words: [String]) {
        do throws(PlanError) {
            for (word, text) in try CPURequest.parts(words) {
                for row in rows where word == nil || row.flag.word == word { set(row.field, text) }
            }
        } catch {
            sentences.append("\(error.flag) \(error.predicate)")
        }
    }

    /// - Throws: `Problems`.
    func finished() throws(Problems) -> PlanDraft {
        guard sentences.isEmpty else { throw Problems(sentences: sentences) }
        return draft
    }
}

/// What is wrong with a profile, a line each, as flags are told: with what to do about it.
struct ProfileSentences: Error, CustomStringConvertible {
    let error: ProfileError
    var description: String { error.problems.map(\.sentence).joined(separator: "\n") }
}

extension TrialPlan {
    /// The plan of a command line alone.
    ///
    /// - Throws: `FlagDraft.Problems`, all that is wrong, by the names of the flags.
    init(flags draft: PlanDraft, limits: PlanLimits = .thisMachine) throws(FlagDraft.Problems) {
        do throws(PlanError) {
            self = try TrialPlan(draft, limits: limits)
        } catch {
            throw FlagDraft.Problems(sentences: TrialPlan.errors(in: draft, limits: limits).map { "\($0.flag) \($0.predicate)" })
        }
    }
}
