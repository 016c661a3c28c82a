/// Units of one quantity that differ by powers of ten, smallest first.
struct UnitScale {
    struct Unit {
        var name: String
        var powerOfTen: Int
    }

    let units: [Unit]

    init(_ units: (String, Int)...) {
        self.units = units.map { Unit(name: $0.0, powerOfTen: $0.1) }
    }

    /// Nanoseconds.
    static let time = UnitScale(("ns", 0), ("µs", 3), ("ms", 6), ("s", 9))

    /// In the largest unit that leaves a digit before the point, rounded half up to so many
    /// significant digits: `1.49 Mpps`.
    func text(_ number: DecimalNumber, significantDigits: Int) -> String {
        let chosen = units.lastIndex { number.magnitude > $0.powerOfTen } ?? 0
        var unit = units[chosen]
        var rounded = number.scaled(byPowerOfTen: -unit.powerOfTen).rounded(toSignificantDigits: significantDigits)
        // 999.96 k rounds up into the next unit.
        if chosen + 1 < units.count, rounded.magnitude > units[chosen + 1].powerOfTen - unit.powerOfTen {
            rounded = rounded.scaled(byPowerOfTen: unit.powerOfTen - units[chosen + 1].powerOfTen)
            unit = units[chosen + 1]
        }
        return rounded.text + " " + unit.name
    }

    /// In the same unit, with all digits, and `separator` before the unit.
    func exactText(_ number: DecimalNumber, separator: String = " ") -> String {
        let unit = units.last { number.magnitude > $0.powerOfTen } ?? units[0]
        return number.scaled(byPowerOfTen: -unit.powerOfTen).text + separator + unit.name
    }
}
