/// A number of things as users write it: `1M`, `500k`, `1_000_000`, `1e6`; SI prefixes, in any case.
public struct CountText: Equatable, Hashable, Sendable, CustomStringConvertible {
    public var count: UInt64

    public init(count: UInt64) { self.count = count }

    private static let prefixes: [(name: String, factor: UInt64)] = [
        ("T", 1_000_000_000_000), ("G", 1_000_000_000), ("M", 1_000_000), ("k", 1_000)
    ]

    /// Zero is a count; whether it makes sense is the caller's to say.
    public init(parsing text: String) throws(QuantityError) {
        let literal = try QuantityLiteral(
            parsing: text, quantity: "count", allowed: "a whole number, as in 1000, 1_000_000, 1e6, 500k or 1M")
        let prefix = Self.prefixes.first { $0.name.lowercased() == literal.unit }
        guard prefix != nil || literal.unit.isEmpty else { throw literal.unitError }
        count = try literal.whole(times: prefix?.factor ?? 1, of: nil, limit: .max)
    }

    /// Exact, and parses to the same value again: `1M`, `500k`, `1234`.
    public var description: String {
        guard count > 0, let prefix = Self.prefixes.first(where: { count.isMultiple(of: $0.factor) }) else {
            return "\(count)"
        }
        return "\(count / prefix.factor)\(prefix.name)"
    }
}
