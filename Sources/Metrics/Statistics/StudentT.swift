/// Student's t distribution, as far as confidence intervals need it.
enum StudentT {
    /// 97.5 % quantiles for 1 to 30 degrees of freedom.
    private static let table: [Double] = [
        12.706205, 4.302653, 3.182446, 2.776445, 2.570582, 2.446912, 2.364624, 2.306004, 2.262157, 2.228139,
        2.200985, 2.178813, 2.160369, 2.144787, 2.131450, 2.119905, 2.109816, 2.100922, 2.093024, 2.085963,
        2.079614, 2.073873, 2.068658, 2.063899, 2.059539, 2.055529, 2.051831, 2.048407, 2.045230, 2.042272
    ]

    /// The 97.5 % quantile, which bounds a two-sided interval of 95 %: from a table up to 30 degrees of
    /// freedom, above by the expansion in Abramowitz and Stegun, 26.7.5, whose error there is below 10⁻⁵.
    static func quantile975(degreesOfFreedom: Int) -> Double {
        if degreesOfFreedom <= table.count { return table[degreesOfFreedom - 1] }
        let z = 1.959963984540054
        let z3 = z * z * z
        let z5 = z3 * z * z
        let z7 = z5 * z * z
        let n = Double(degreesOfFreedom)
        let first = (z3 + z) / 4
        let second = (5 * z5 + 16 * z3 + 3 * z) / 96
        let third = (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / 384
        return z + first / n + second / (n * n) + third / (n * n * n)
    }
}
