/// Times between the events of a Poisson process, in units of their mean.
struct ExponentialGaps {
    private var numbers: SplitMix64

    init(seed: UInt64) { numbers = SplitMix64(seed: seed) }

    /// −ln u, for u evenly over (0, 1].
    mutating func next() -> Double {
        // 53 bits, of which none is zero.
        -Self.logarithm(Double((numbers.next() >> 11) + 1) * 0x1p-53)
    }

    private static let rootOfTwo = 1.4142135623730951
    private static let logarithmOfTwo = 0.6931471805599453

    /// The natural logarithm of a normal number above zero, within some units of the last place. Written here, for this module has no C library.
    static func logarithm(_ value: Double) -> Double {
        var (mantissa, exponent) = (value.significand, Double(value.exponent))
        if mantissa > rootOfTwo { (mantissa, exponent) = (mantissa / 2, exponent + 1) }
        // ln m = 2 artanh s = 2 (s + s³/3 + s⁵/5 + …), with |s| below 0.172.
        let s = (mantissa - 1) / (mantissa + 1)
        let square = s * s
        let low = 1 + square * (1 / 3 + square * (1 / 5 + square * (1 / 7 + square * (1 / 9 + square / 11))))
        let high = 1 / 13 + square * (1 / 15 + square * (1 / 17 + square * (1 / 19 + square / 21)))
        let sixth = square * square * square
        return exponent * logarithmOfTwo + 2 * s * (low + sixth * sixth * high)
    }
}
