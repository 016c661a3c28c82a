/// A duration as users write it: `10`, `10s`, `500ms`, `3m`, `1.5h`, `1m30s`; a number alone means seconds.
public struct DurationText: Equatable, Hashable, Sendable, CustomStringConvertible {
    public var nanoseconds: UInt64

    public init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

    private static let nanosecondsPerUnit: [String: UInt64] = [
        // The micro sign and the Greek letter look alike and are both typed.
        "ns": 1, "us": 1_000, "\u{B5}s": 1_000, "\u{3BC}s": 1_000, "ms": 1_000_000,
        "": 1_000_000_000, "s": 1_000_000_000,
        "m": 60_000_000_000, "min": 60_000_000_000, "h": 3_600_000_000_000
    ]

    /// Zero is a duration; whether it makes sense is the caller's to say. At most 2⁶³ − 1 ns (292 years), so
    /// that it can be added to any clock.
    public init(parsing text: String) throws(QuantityError) {
        if let sum = Self.sum(of: text) {
            nanoseconds = sum
            return
        }
        (nanoseconds, _) = try Self.single(text)
    }

    private static func single(_ text: String) throws(QuantityError) -> (nanoseconds: UInt64, multiplier: UInt64) {
        let literal = try QuantityLiteral(
            parsing: text, quantity: "duration",
            allowed: "10, 10s, 500ms, 250us, 100ns, 3m or 1h; a number alone means seconds")
        guard let multiplier = nanosecondsPerUnit[literal.unit] else { throw literal.unitError }
        return (try literal.whole(times: multiplier, of: "nanoseconds", limit: UInt64(Int64.max)), multiplier)
    }

    /// `1m30s`: several with their units, each unit smaller than the one before. Nil for anything else.
    private static func sum(of text: String) -> UInt64? {
        var parts: [String] = []
        var wasLetter = true
        for character in text where character != " " {
            let isLetter = character.isLetter
            if wasLetter, !isLetter { parts.append("") }
            guard !parts.isEmpty else { return nil }
            parts[parts.count - 1].append(character)
            wasLetter = isLetter
        }
        guard parts.count > 1, wasLetter else { return nil }
        var sum: UInt64 = 0
        var last = UInt64.max
        for part in parts {
            guard let (nanoseconds, multiplier) = try? single(part), multiplier < last else { return nil }
            let (total, overflow) = sum.addingReportingOverflow(nanoseconds)
            guard !overflow, total <= UInt64(Int64.max) else { return nil }
            sum = total
            last = multiplier
        }
        return sum
    }

    /// Exact, and parses to the same value again: `10 s`, `1.5 ms`, `12.3 µs`, `3 min`, `1 h`.
    public var description: String {
        guard nanoseconds > 0 else { return "0 s" }
        for (unit, size) in [("h", 3_600_000_000_000), ("min", 60_000_000_000)] as [(String, UInt64)]
        where nanoseconds.isMultiple(of: size) {
            return "\(nanoseconds / size) \(unit)"
        }
        return UnitScale.time.exactText(DecimalNumber(digits: UInt128(nanoseconds)))
    }
}
