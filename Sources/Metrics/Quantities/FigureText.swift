/// How measured figures are written in reports.
public enum FigureText {
    /// Stands where a figure is not a number.
    static let notANumber = "n/a"

    /// Four significant digits, half rounded up: `850 ns`, `1.234 µs`, `12.35 ms`, `61.5 s`.
    public static func nanoseconds(_ value: UInt64) -> String {
        UnitScale.time.text(DecimalNumber(digits: UInt128(value)), significantDigits: 4)
    }

    /// The same for means and differences; `n/a` unless finite.
    public static func nanoseconds(_ value: Double) -> String {
        guard value.isFinite else { return notANumber }
        return sign(value) + UnitScale.time.text(DecimalNumber(value), significantDigits: 4)
    }

    /// Thousands parted by commas: `1,234,567`.
    public static func count(_ value: some BinaryInteger) -> String {
        let digits = value.magnitude.description
        var text = value < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.utf8.count - index).isMultiple(of: 3) { text += "," }
            text.append(digit)
        }
        return text
    }

    /// With its noun in the right number: `1 frame`, `1,234 frames`.
    public static func count(_ value: some BinaryInteger, _ noun: String) -> String {
        "\(count(value)) \(noun)\(value == 1 ? "" : "s")"
    }

    /// With one digit behind the point, half rounded to even: `2.0`, `1234.5`; `n/a` unless finite.
    public static func tenths(_ value: Double) -> String {
        guard value.isFinite else { return notANumber }
        let tenths = (value * 10).rounded(.toNearestOrEven)
        let digits = "\(UInt64(min(tenths.magnitude, 1e18)))"
        return (tenths < 0 ? "-" : "") + (digits.count > 1 ? digits.dropLast() : "0") + "." + digits.suffix(1)
    }

    /// A ratio (1 is `100 %`) with three significant digits: `0 %`, `0.0123 %`, `12.3 %`. Only 0 is
    /// written as 0 and only 1 as 100: what lies too close is `<0.0001 %` or `>99.9 %`. `n/a` unless finite.
    public static func percent(_ ratio: Double) -> String {
        guard ratio.isFinite else { return notANumber }
        let exact = DecimalNumber(ratio).scaled(byPowerOfTen: 2)
        guard exact.digits > 0 else { return "0 %" }
        let hundred = DecimalNumber(digits: 1, exponent: 2)
        // A leading digit in the fourth place is the last to be written.
        guard exact.magnitude > -4 else { return ratio < 0 ? ">-0.0001 %" : "<0.0001 %" }
        let rounded = exact.rounded(toSignificantDigits: 3)
        if ratio.magnitude < 1, rounded.text == hundred.text { return ratio < 0 ? "<-99.9 %" : ">99.9 %" }
        return sign(ratio) + rounded.text + " %"
    }

    /// The same with two significant digits and without its unit, for intervals: `3.1`, `0.47`, `12`.
    public static func roughPercent(_ ratio: Double) -> String {
        guard ratio.isFinite else { return notANumber }
        let rounded = DecimalNumber(ratio).scaled(byPowerOfTen: 2).rounded(toSignificantDigits: 2)
        return (rounded.digits == 0 ? "" : sign(ratio)) + rounded.text
    }

    private static func sign(_ value: Double) -> String { value < 0 ? "-" : "" }
}
