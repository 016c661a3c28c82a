/// The normal distribution's upper tail, for sets too large to count through.
enum NormalTail {
    /// P(Z > z), to some 10⁻¹².
    static func upper(_ z: Double) -> Double {
        guard z >= 0 else { return 1 - upper(-z) }
        guard z < 38 else { return 0 }
        let density = exponential(-z * z / 2) * 0.3989422804014327
        if z < 3 {
            // Abramowitz and Stegun, 26.2.11.
            var term = z
            var sum = z
            var odd = 3.0
            while term > sum * 1e-17 {
                term *= z * z / odd
                sum += term
                odd += 2
            }
            return 0.5 - density * sum
        }
        // The continued fraction, 26.2.14, from its end.
        let fraction = stride(from: 120.0, to: 0, by: -1).reduce(z) { z + $1 / $0 }
        return density / fraction
    }

    /// e^x for x ≤ 0: this room imports no C library.
    private static func exponential(_ x: Double) -> Double {
        let doublings = (x / 0.6931471805599453).rounded()
        let rest = x - doublings * 0.6931471805599453
        let series = stride(from: 18.0, to: 0, by: -1).reduce(1.0) { 1 + rest / $1 * $0 }
        return Double(sign: .plus, exponent: Int(doublings), significand: series)
    }
}
