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

/// Reads a number and a unit off a text, blanks around and between them left out.
private struct NumberScanner {
    private var rest: Substring.UTF8View

    init(_ text: String) throws(QuantityError.Problem) {
        rest = text[...].utf8
        skipBlanks()
        while let last = rest.last, last == UInt8(ascii: " ") || last == UInt8(ascii: "\t") { rest.removeLast() }
        guard !rest.isEmpty else { throw .empty }
    }

    /// `[+]digits[.digits][e[±]digits]`; the digits may be parted by single underscores.
    mutating func scanNumber() throws(QuantityError.Problem) -> DecimalNumber {
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
        var number = DecimalNumber(digits: 0)
        try scanDigits(into: &number, isFraction: false)
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            try scanDigits(into: &number, isFraction: true)
        }
        number.exponent += scanExponent()
        guard !isNegative else { throw .negative }
        return number
    }

    /// Letters, `%` and `/`, to the end.
    mutating func scanUnit() throws(QuantityError.Problem) -> String {
        skipBlanks()
        let unit = String(Substring(rest)).lowercased()
        guard unit.allSatisfy({ $0.isLetter || $0 == "%" || $0 == "/" }) else { throw .notANumber }
        return unit
    }

    private mutating func scanDigits(into number: inout DecimalNumber, isFraction: Bool) throws(QuantityError.Problem) {
        guard Self.digit(rest.first) != nil else { throw .notANumber }
        while let byte = rest.first {
            if let digit = Self.digit(byte) {
                guard number.digitCount < DecimalNumber.maximumDigitCount else { throw .tooManyDigits }
                number.append(digit: digit, isFraction: isFraction)
            } else if byte != UInt8(ascii: "_") || Self.digit(rest.dropFirst().first) == nil {
                return
            }
            rest.removeFirst()
        }
    }

    /// An `e` counts as an exponent only if a number follows; anything else is a unit.
    private mutating func scanExponent() -> Int {
        guard rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") else { return 0 }
        var tail = rest.dropFirst()
        let isNegative = tail.first == UInt8(ascii: "-")
        if isNegative || tail.first == UInt8(ascii: "+") { tail.removeFirst() }
        guard Self.digit(tail.first) != nil else { return 0 }
        var exponent = 0
        while let digit = Self.digit(tail.first) {
            // Beyond any quantity's range a larger exponent says nothing more.
            exponent = min(9_999, exponent * 10 + Int(digit))
            tail.removeFirst()
        }
        rest = tail
        return isNegative ? -exponent : exponent
    }

    private mutating func skipBlanks() {
        while let first = rest.first, first == UInt8(ascii: " ") || first == UInt8(ascii: "\t") { rest.removeFirst() }
    }

    private static func digit(_ byte: UInt8?) -> UInt8? {
        guard let byte, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
        return byte - UInt8(ascii: "0")
    }
}
