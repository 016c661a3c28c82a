/// How fine the times of an interface are: pcapng's `if_tsresol`.
public struct TimeResolution: Equatable, Sendable {
    /// The option's byte: a negative power of ten, or of two with the highest bit set.
    public let code: UInt8
    public let unitsPerSecond: UInt64

    public static let microseconds = TimeResolution(code: 6)!
    public static let nanoseconds = TimeResolution(code: 9)!

    private static let billion: UInt64 = 1_000_000_000

    /// - Returns: nil for units so small that a second of them has no place in 64 bits.
    public init?(code: UInt8) {
        let power = code & 0x7F
        self.code = code
        if code & 0x80 != 0 {
            guard power < 64 else { return nil }
            unitsPerSecond = 1 << UInt64(power)
        } else {
            guard power < 20 else { return nil }
            unitsPerSecond = (0..<power).reduce(1) { product, _ in product * 10 }
        }
    }

    /// Nanoseconds since 1970, fractions of one left out.
    ///
    /// - Parameter offsetSeconds: `if_tsoffset`, which belongs on top.
    func nanoseconds(units: UInt64, offsetSeconds: Int64) -> Int128 {
        let (seconds, rest) = units.quotientAndRemainder(dividingBy: unitsPerSecond)
        let fraction = UInt128(rest) * UInt128(Self.billion) / UInt128(unitsPerSecond)
        return (Int128(seconds) + Int128(offsetSeconds)) * Int128(Self.billion) + Int128(fraction)
    }

    /// The way back.
    ///
    /// - Returns: nil for a time that 64 bits of these units don't reach.
    func units(nanoseconds: Int128, offsetSeconds: Int64) -> UInt64? {
        let time = nanoseconds - Int128(offsetSeconds) * Int128(Self.billion)
        guard time >= 0 else { return nil }
        let (seconds, rest) = time.quotientAndRemainder(dividingBy: Int128(Self.billion))
        let product = rest * Int128(unitsPerSecond)
        // Where a unit is no whole number of nanoseconds, reading rounded down: only rounding up comes back to the same.
        let isWhole = Self.billion.isMultiple(of: unitsPerSecond)
        let fraction = (product + (isWhole ? 0 : Int128(Self.billion) - 1)) / Int128(Self.billion)
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: Int128(unitsPerSecond))
        return overflow ? nil : UInt64(exactly: whole + fraction)
    }
}
