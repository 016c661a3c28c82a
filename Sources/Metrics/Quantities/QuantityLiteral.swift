/// A number and the unit behind it, as users write quantities: `1.5mpps`, `1_000_000`, `1e6`, `128 KiB`.
///
/// The unit is in lower case, so that upper and lower case mean the same in every quantity.
struct QuantityLiteral {
    let number: DecimalNumber
    let unit: String
    private let quantity: String
    private let found: String
    private let allowed: String

    /// - Parameters:
    ///   - quantity: The kind of quantity, for the error.
    ///   - allowed: What is allowed, for the error.
    init(parsing text: String, quantity: String, allowed: String) throws(QuantityError) {
        self.quantity = quantity
        self.allowed = allowed
        found = text
        do throws(QuantityError.Problem) {
            var scanner = try NumberScanner(text)
            number = try scanner.scanNumber()
            unit = try scanner.scanUnit()
        } catch {
            throw QuantityError(quantity: quantity, found: text, problem: error, allowed: allowed)
        }
    }

    func error(_ problem: QuantityError.Problem) -> QuantityError {
        QuantityError(quantity: quantity, found: found, problem: problem, allowed: allowed)
    }

    var unitError: QuantityError { error(unit.isEmpty ? .missingUnit : .unknownUnit(unit)) }

    /// The number times `multiplier`, exactly; at most `limit`.
    ///
    /// - Parameter unitName: Whole numbers of what, for the error.
    func whole(times multiplier: UInt64, of unitName: String?, limit: UInt64) throws(QuantityError) -> UInt64 {
        guard number.digits > 0 else { return 0 }
        // 10^20 is above 2^64, so larger magnitudes can't fit whatever the multiplier is.
        guard number.magnitude <= 20 else { throw error(.tooLarge) }
        var value = number.digits * UInt128(multiplier)
        if number.exponent >= 0 {
            let (product, overflow) = value.multipliedReportingOverflow(by: DecimalNumber.power(number.exponent))
            guard !overflow else { throw error(.tooLarge) }
            value = product
        } else {
            guard -number.exponent <= 38 else { throw error(.notWhole(of: unitName)) }
            let (quotient, rest) = value.quotientAndRemainder(dividingBy: DecimalNumber.power(-number.exponent))
            guard rest == 0 else { throw error(.notWhole(of: unitName)) }
            value = quotient
        }
        guard value <= UInt128(limit) else { throw error(.tooLarge) }
        return UInt64(value)
    }

    /// The double nearest to the number × 10^power; above zero and within `range`.
    func real(timesPowerOfTen power: Int, within range: ClosedRange<Double>) throws(QuantityError) -> Double {
        guard number.digits > 0 else { throw error(.zero) }
        guard let value = Double("\(number.digits)e\(number.exponent + power)") else { throw error(.notANumber) }
        guard value >= range.lowerBound else { throw error(.tooSmall) }
        guard value <= range.upperBound else { throw error(.tooLarge) }
        return value
    }
}
