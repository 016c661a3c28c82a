import Trials

/// One key of a profile: what it means, what it may be, and how its value gets into a draft. The table of
/// all keys (`ProfileKey.all`) is what the reader, the error messages and `docs/profiles.md` have in common.
struct ProfileKey: Sendable {
    typealias Reader<Value> = @Sendable (ProfileValue) throws(ValueProblem) -> Value

    let field: PlanField
    let meaning: String
    /// Stands behind "must be".
    let allowed: String
    /// What a plan has where the key is left out.
    let standard: @Sendable (TrialPlan) -> String
    /// Values as they would be written in a profile.
    let examples: [String]
    let read: @Sendable (ProfileValue, inout PlanDraft) throws(ValueProblem) -> Void
    let isSet: @Sendable (PlanDraft) -> Bool

    init<Value>(
        _ field: PlanField, _ path: any WritableKeyPath<PlanDraft, Value?> & Sendable, _ meaning: String,
        allowed: String, default standard: @escaping @Sendable (TrialPlan) -> String, examples: String...,
        read: @escaping Reader<Value>
    ) {
        self.field = field
        self.meaning = meaning
        self.allowed = allowed
        self.standard = standard
        self.examples = examples
        self.read = { value, draft throws(ValueProblem) in draft[keyPath: path] = try read(value) }
        self.isSet = { $0[keyPath: path] != nil }
    }

    /// For a key whose value decides which part of the draft it belongs to.
    init(
        _ field: PlanField, _ meaning: String, allowed: String,
        default standard: @escaping @Sendable (TrialPlan) -> String, examples: String...,
        read: @escaping @Sendable (ProfileValue, inout PlanDraft) throws(ValueProblem) -> Void,
        isSet: @escaping @Sendable (PlanDraft) -> Bool
    ) {
        self.field = field
        self.meaning = meaning
        self.allowed = allowed
        self.standard = standard
        self.examples = examples
        self.read = read
        self.isSet = isSet
    }

    static let all: [ProfileKey] = link + frame + load + transmit + receive + run

    static let bySection: [String: [String: ProfileKey]] = Dictionary(grouping: all, by: \.field.section)
        .mapValues { Dictionary(uniqueKeysWithValues: $0.map { ($0.field.key, $0) }) }

    static let byField: [PlanField: ProfileKey] = Dictionary(uniqueKeysWithValues: all.map { ($0.field, $0) })
}
