/// A text that is not the quantity it should be: what was found, what is wrong with it, what is allowed.
public struct QuantityError: Error, Equatable, Sendable, CustomStringConvertible {
    public enum Problem: Error, Equatable, Sendable {
        case empty
        case notANumber
        /// Neither a word nor a form that there is.
        case unknownForm
        /// More digits than any quantity has.
        case tooManyDigits
        case missingUnit
        case unknownUnit(String)
        case negative
        case zero
        case tooSmall
        case tooLarge
        /// Not a whole number of the smallest unit there is, as in 1.5 bytes; nil where there are no units.
        case notWhole(of: String?)
    }

    /// The kind of quantity: `rate`, `duration`.
    public var quantity: String
    /// The text as it was given.
    public var found: String
    public var problem: Problem
    /// What is allowed, with examples.
    public var allowed: String

    public init(quantity: String, found: String, problem: Problem, allowed: String) {
        self.quantity = quantity
        self.found = found
        self.problem = problem
        self.allowed = allowed
    }

    public var description: String {
        "\(quantity) '\(found)' \(problem); allowed: \(allowed)"
    }
}

extension QuantityError.Problem: CustomStringConvertible {
    public var description: String {
        switch self {
        case .empty: "is empty"
        case .notANumber: "is not a number"
        case .unknownForm: "can't be read"
        case .tooManyDigits: "has too many digits"
        case .missingUnit: "has no unit"
        case .unknownUnit(let unit): "has the unknown unit '\(unit)'"
        case .negative: "is negative"
        case .zero: "is zero"
        case .tooSmall: "is too small"
        case .tooLarge: "is too large"
        case .notWhole(let unit?): "is not a whole number of \(unit)"
        case .notWhole(nil): "is not a whole number"
        }
    }
}
