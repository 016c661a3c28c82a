/// A bound that a run was held against, and whether it kept to it: one entry of `.gates` in the result file.
public struct GateResult: Codable, Equatable, Sendable {
    /// `max-loss`, `min-rate`, `max-p99`.
    public var name: String
    /// A ratio; frames or layer 2 bits a second; nanoseconds.
    public var bound: Double
    /// In the same unit; nil if it wasn't measured.
    public var value: Double?
    public var passed: Bool
    /// The figure, its bound and its value, or why it can't pass.
    public var words: String

    public init(name: String, bound: Double, value: Double?, passed: Bool, words: String) {
        self.name = name
        self.bound = bound
        self.value = value
        self.passed = passed
        self.words = words
    }
}
