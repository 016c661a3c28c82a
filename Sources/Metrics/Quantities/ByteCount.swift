/// An amount of memory as users write it: `2MiB`, `128KiB`, `4096`; powers of two, in any case. `kB` and `MB`
/// are refused, for they mean different amounts to different people.
public struct ByteCount: Equatable, Hashable, Sendable, CustomStringConvertible {
    public var bytes: Int

    public init(bytes: Int) { self.bytes = bytes }

    private static let units: [(name: String, bytes: UInt64)] = [
        ("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1)
    ]

    /// Zero is an amount; whether it makes sense is the caller's to say.
    public init(parsing text: String) throws(QuantityError) {
        let literal = try QuantityLiteral(
            parsing: text, quantity: "size", allowed: "bytes, as in 4096, 128KiB, 2MiB or 1GiB")
        let unit = Self.units.first { $0.name.lowercased() == literal.unit }
        guard unit != nil || literal.unit.isEmpty else { throw literal.unitError }
        bytes = Int(try literal.whole(times: unit?.bytes ?? 1, of: "bytes", limit: UInt64(Int.max)))
    }

    /// Exact, and parses to the same value again: `128 KiB`, `1000 B`.
    public var description: String {
        let unit = Self.units.first { bytes != 0 && bytes.magnitude.isMultiple(of: UInt($0.bytes)) }
        return unit.map { "\(bytes / Int($0.bytes)) \($0.name)" } ?? "0 B"
    }
}
