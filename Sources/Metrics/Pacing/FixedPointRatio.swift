/// A ratio of two integers as a whole part and 64 bits of fraction, so that multiplying an integer by it
/// takes two multiplications and no division.
@frozen
@usableFromInline
struct FixedPointRatio: Equatable, Hashable, Sendable {
    @usableFromInline let whole: UInt64
    @usableFromInline let fraction: UInt64

    @usableFromInline
    enum Rounding { case down, up }

    /// Long division in base 2, to the last bit.
    ///
    /// - Parameters:
    ///   - divisor: 1 ..< 2¹²⁷; the quotient must be below 2⁶⁴ − 1.
    ///   - rounding: Where the 64th bit of the fraction is not the last.
    init(_ dividend: UInt128, over divisor: UInt128, rounding: Rounding) {
        var (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
        for _ in 0..<64 {
            quotient <<= 1
            remainder <<= 1
            if remainder >= divisor {
                remainder -= divisor
                quotient |= 1
            }
        }
        if rounding == .up, remainder > 0 { quotient += 1 }
        whole = UInt64(quotient >> 64)
        fraction = UInt64(truncatingIfNeeded: quotient)
    }

    /// In units of 2⁻⁶⁴.
    var bits: UInt128 { UInt128(whole) << 64 | UInt128(fraction) }

    /// The whole part of `factor` times this ratio, modulo 2⁶⁴.
    @inlinable @inline(__always)
    func timesRoundedDown(_ factor: UInt64) -> UInt64 {
        factor &* whole &+ factor.multipliedFullWidth(by: fraction).high
    }
}
