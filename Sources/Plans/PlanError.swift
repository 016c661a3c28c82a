import Kernel

/// One thing that was asked for and can't be had.
public struct PlanError: Error, Equatable, Hashable, Sendable {
    public var field: PlanField
    /// What was asked for, as the user would write it; nil if the field is missing.
    public var found: String?
    /// What is possible, to stand behind "must be".
    public var allowed: String
    /// What to do about it.
    public var advice: String

    public init(_ field: PlanField, found: String?, allowed: String, remedy: String) {
        self.field = field
        self.found = found
        self.allowed = allowed
        advice = remedy
    }

    /// The command line's option for the field: `--size`.
    public var flag: String { field.flag }

    /// Without the field's name: `is 9000 but must be at most 1518; …`.
    public var predicate: String {
        "\(found.map { "is \($0)" } ?? "is missing") but must be \(allowed); \(advice)"
    }
}

extension PlanError: ExplainedError, CustomStringConvertible {
    public var sentence: String { "\(flag) \(found.map { "is \($0)" } ?? "is missing") but must be \(allowed)" }
    public var remedy: String? { advice }
    public var exitCode: Int32? { 64 }

    /// One sentence: `frame.size (--size) is 9000 but must be at most 1518; …`.
    public var description: String { "\(field.path) (\(flag)) \(predicate)" }
}
