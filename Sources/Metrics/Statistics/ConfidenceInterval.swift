/// Where a figure lies, and how sure that is.
public struct ConfidenceInterval: Codable, Equatable, Sendable {
    public var low: Double
    public var high: Double
    /// The probability with which such intervals hold the true figure: at least what was asked for, for order statistics come in steps.
    public var level: Double

    public init(low: Double, high: Double, level: Double) {
        self.low = low
        self.high = high
        self.level = level
    }

    public func contains(_ value: Double) -> Bool { low <= value && value <= high }
}
