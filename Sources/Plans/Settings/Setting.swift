/// A thing that can be asked for, as profile and flags, documents and help see it: one row of the table.
public protocol SettingRow: Sendable {
    var field: PlanField { get }
    var flag: SettingFlag { get }
    /// A sentence.
    var meaning: String { get }
    /// Stands behind "must be"; names the range.
    var allowed: String { get }
    var unit: SettingUnit { get }
    /// What a plan has where nobody asked.
    var standard: @Sendable (TrialPlan) -> String { get }
    /// What a plan has and why, where the choice was vethmark's.
    var choice: (@Sendable (TrialPlan) -> (value: String, reason: String)?)? { get }
    /// Values as they would be written in a profile.
    var examples: [String] { get }
    var scope: SettingScope { get }
    /// The only values, if they are few; for completions.
    var words: [String] { get }
    /// The range of a whole number, where it doesn't depend on others.
    var range: ClosedRange<Int>? { get }
    /// Whether several values may be written, in a list.
    var takesList: Bool { get }

    /// Puts what was written into a draft.
    func read(_ input: SettingInput, into draft: inout PlanDraft, from origin: SettingOrigin) throws(SettingProblem)

    /// What a draft asks for, as a user would write it; nil if it asks for nothing.
    func text(in draft: PlanDraft) -> String?
}

/// A setting whose values are of one type. To add one: a row here, the plan's field, and its use.
public struct Setting<Value: Equatable & Sendable>: SettingRow {
    public let field: PlanField
    public let flag: SettingFlag
    public let meaning: String
    public let kind: SettingKind<Value>
    public let standard: @Sendable (TrialPlan) -> String
    public let choice: (@Sendable (TrialPlan) -> (value: String, reason: String)?)?
    public let examples: [String]
    public let scope: SettingScope

    public var allowed: String { kind.allowed }
    public var unit: SettingUnit { kind.unit }
    public var words: [String] { kind.words }
    public var range: ClosedRange<Int>? { kind.bounds?.numbers }
    public var takesList: Bool { kind.takesList }

    /// - Parameters:
    ///   - path: Section and key in a profile: `frame.size`.
    ///   - flag: Nil for the key behind two dashes.
    package init(
        _ path: String, _ meaning: String, _ kind: SettingKind<Value>, default standard: @escaping @Sendable (TrialPlan) -> String,
        choosing choice: (@Sendable (TrialPlan) -> (value: String, reason: String)?)? = nil, examples: String..., flag: SettingFlag? = nil,
        scope: SettingScope = SettingScope()
    ) {
        field = PlanField(path: path)
        self.flag = flag ?? SettingFlag("--" + field.key)
        self.meaning = meaning
        self.kind = kind
        self.standard = standard
        self.choice = choice
        self.examples = examples
        self.scope = scope
    }

    public func read(
        _ input: SettingInput, into draft: inout PlanDraft, from origin: SettingOrigin
    ) throws(SettingProblem) {
        draft.set(self, to: try kind.parse(input), from: origin)
    }

    public func text(in draft: PlanDraft) -> String? { draft[self].map(kind.text) }
}

/// A setting's long option and what stands behind it.
public struct SettingFlag: Equatable, Sendable {
    /// `--size`.
    public let long: String
    /// `-s`.
    public let short: Character?
    /// Whether it may be given several times, for a list.
    public let isRepeatable: Bool
    /// Stands between the values of one that is given several times.
    public let separator: String
    /// `tx` of `--cpus tx=0,2`: an option which two settings share.
    public let word: String?

    init(_ long: String, short: Character? = nil, isRepeatable: Bool = false, separator: String = ",", word: String? = nil) {
        self.long = long
        self.short = short
        self.isRepeatable = isRepeatable
        self.separator = separator
        self.word = word
    }
}

/// Where a setting has a meaning.
public struct SettingScope: Sendable {
    /// Whether a bakeoff takes it, which chooses engines and makes links itself.
    public var isForBakeoffs = true
    /// Whether it means something to a pair.
    public var holds: @Sendable (EngineName, ReceiverName) -> Bool = { _, _ in true }

    static let runsOnly = SettingScope(isForBakeoffs: false)

    package static func engines(_ have: @escaping @Sendable (EngineAbilities) -> Bool) -> SettingScope {
        SettingScope(holds: { engine, _ in have(engine.abilities) })
    }

    package static func receivers(_ have: @escaping @Sendable (ReceiverAbilities) -> Bool) -> SettingScope {
        SettingScope(holds: { _, receiver in have(receiver.abilities) })
    }
}

/// What a setting is counted in; tells how to help with a value that can't be read.
public enum SettingUnit: Sendable {
    case word, number, bytes, duration, rate, truth, stream
}
