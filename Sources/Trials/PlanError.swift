/// A field of a draft that can't be: what was found, what is allowed, what to do.
public struct PlanError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The field's path in a profile, such as `frame.size`.
    public var field: String
    /// The flag that sets it, such as `--size`.
    public var flag: String
    public var found: String
    public var allowed: String

    public init(field: String, flag: String, found: String, allowed: String) {
        self.field = field
        self.flag = flag
        self.found = found
        self.allowed = allowed
    }

    public var description: String { "\(field) (\(flag)): \(found); \(allowed)" }
}
