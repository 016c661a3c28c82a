import Profiles
import Trials

/// A draft from the command line: values by the rules that hold in a profile, and all that is wrong with them at once.
struct FlagDraft {
    var draft = PlanDraft()
    private var sentences: [String] = []

    /// What is wrong, a line each, which has at least one.
    struct Problems: Error, CustomStringConvertible {
        let sentences: [String]
        var description: String { sentences.joined(separator: "\nvethmark: ") }
    }

    /// Sets a field to what was written behind its flag; nil if nothing was.
    mutating func set(_ field: PlanField, _ text: String?) {
        guard let text else { return }
        do throws(ProfileError) {
            try draft.set(field, toFlag: text)
        } catch {
            sentences += error.problems.map { "\($0); \(FlagRemedy.text(field, written: text))" }
        }
    }

    /// Sets a field to what was written behind its flag each time.
    mutating func set(_ field: PlanField, _ texts: [String]) {
        if !texts.isEmpty { set(field, texts.joined(separator: ",")) }
    }

    mutating func set(cpus words: [String]) {
        guard !words.isEmpty else { return }
        do throws(PlanError) {
            let request = try CPURequest(parsing: words)
            draft.transmit.cpus = request.transmit
            draft.receive.cpus = request.receive
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

extension TrialPlan {
    /// The plan of a command line alone.
    ///
    /// - Throws: `FlagDraft.Problems`, all that is wrong, by the names of the flags.
    init(flags draft: PlanDraft) throws(FlagDraft.Problems) {
        do throws(PlanError) {
            self = try TrialPlan(draft, limits: .thisMachine)
        } catch {
            throw FlagDraft.Problems(sentences: TrialPlan.errors(in: draft, limits: .thisMachine).map { "\($0.flag) \($0.predicate)" })
        }
    }
}
