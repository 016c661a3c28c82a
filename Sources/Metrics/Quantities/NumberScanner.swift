/// Reads a number and a unit off a text, blanks around and between them left out.
struct NumberScanner {
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
