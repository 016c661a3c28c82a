import ArgumentParser
import Kernel
import Metrics

/// Wraps a parser of `Metrics`, so that its sentence reaches the user whole.
func quantity<Value>(_ parse: @escaping @Sendable (String) throws(QuantityError) -> Value) -> @Sendable (String) throws -> Value {
    { text in
        do throws(QuantityError) {
            return try parse(text)
        } catch {
            throw ValidationError("\(error)")
        }
    }
}

@Sendable func parsedDuration(_ text: String) throws -> UInt64 { try quantity(DurationText.init(parsing:))(text).nanoseconds }
@Sendable func parsedCount(_ text: String) throws -> UInt64 { try quantity(CountText.init(parsing:))(text).count }
@Sendable func parsedByteCount(_ text: String) throws -> Int { try quantity(ByteCount.init(parsing:))(text).bytes }

/// A whole number within its range, `1k` and `1_000` too.
///
/// The sentence goes on behind the option's name.
func number(_ range: ClosedRange<Int>) -> @Sendable (String) throws -> Int {
    { text in
        guard let count = try? CountText(parsing: text).count, let value = Int(exactly: count), range.contains(value) else {
            throw ValidationError("is '\(text.visible)' but must be \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }
}

/// Wraps a failable parser with what it allows.
func text<Value>(
    _ what: String, _ allowed: String, _ parse: @escaping @Sendable (String) -> Value?
) -> @Sendable (String) throws -> Value {
    { text in
        guard let value = parse(text) else {
            throw ValidationError("\(what) '\(text)' is not one; allowed: \(allowed)")
        }
        return value
    }
}
