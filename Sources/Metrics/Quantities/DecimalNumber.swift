/// A number not below zero, exactly as its decimal digits say: digits × 10^exponent. What parsing and
/// formatting have in common, so that neither goes through a binary fraction.
struct DecimalNumber: Equatable {
    /// So many digits always fit 128 bits, even once a unit has multiplied them.
    static let maximumDigitCount = 25

    var digits: UInt128
    var exponent: Int

    init(digits: UInt128, exponent: Int = 0) {
        self.digits = digits
        self.exponent = exponent
    }

    /// The shortest decimal number that reads back as `value`, which must be finite; its sign is left out.
    init(_ value: Double) {
        // The standard library prints exactly that number, as 0.25, 5e-05 or 1.2e+16.
        let text = value.magnitude.description.utf8
        let mark = text.firstIndex(of: UInt8(ascii: "e")) ?? text.endIndex
        self.init(digits: 0)
        var isFraction = false
        for byte in text[..<mark] {
            if byte == UInt8(ascii: ".") {
                isFraction = true
            } else {
                append(digit: byte - UInt8(ascii: "0"), isFraction: isFraction)
            }
        }
        if mark != text.endIndex {
            exponent += Int(Substring(text[text.index(after: mark)...])) ?? 0
        }
    }

    mutating func append(digit: UInt8, isFraction: Bool) {
        digits = digits * 10 + UInt128(digit)
        if isFraction { exponent -= 1 }
    }

    /// How many digits stand before the point; 0 or less below 1.
    var magnitude: Int { digits == 0 ? 0 : digitCount + exponent }

    var digitCount: Int { digits == 0 ? 0 : digits.description.utf8.count }

    /// The same number × 10^power.
    func scaled(byPowerOfTen power: Int) -> DecimalNumber {
        DecimalNumber(digits: digits, exponent: exponent + power)
    }

    /// At most `places` digits behind the point, half rounded up.
    func rounded(toPlaces places: Int) -> DecimalNumber {
        let excess = -exponent - places
        guard excess > 0 else { return self }
        guard excess <= digitCount else { return DecimalNumber(digits: 0, exponent: -places) }
        let unit = Self.power(excess)
        let (quotient, rest) = digits.quotientAndRemainder(dividingBy: unit)
        return DecimalNumber(digits: quotient + (rest * 2 >= unit ? 1 : 0), exponent: -places)
    }

    /// At most `count` significant digits; but digits before the point are all kept.
    func rounded(toSignificantDigits count: Int) -> DecimalNumber {
        rounded(toPlaces: max(0, count - magnitude))
    }

    /// Without zeros at the end of the fraction: `1.5`, `0.02`, `12000`.
    var text: String {
        var number = self
        while number.exponent < 0, number.digits.isMultiple(of: 10) {
            number = DecimalNumber(digits: number.digits / 10, exponent: number.exponent + 1)
        }
        let plain = number.digits.description
        guard number.exponent < 0 else {
            return number.digits == 0 ? "0" : plain + String(repeating: "0", count: number.exponent)
        }
        let places = -number.exponent
        let padded = String(repeating: "0", count: max(0, places + 1 - plain.utf8.count)) + plain
        return padded.dropLast(places) + "." + padded.suffix(places)
    }

    /// 10^exponent, for 0 ... 38.
    static func power(_ exponent: Int) -> UInt128 {
        (0..<exponent).reduce(UInt128(1)) { power, _ in power * 10 }
    }
}
