/// How many of n fair coins fall heads: where the order statistics of n samples lie around the median, and the null distribution of the sign test.
struct SignDistribution {
    /// `lowerTail[k]` is P(X ≤ k), for k = 0 ..< n + 1.
    let lowerTail: [Double]

    /// - Parameter count: above zero.
    init(count: Int) {
        // Outwards from the middle, in units of the middle: 2⁻ⁿ is no number any more from n = 1,075 on.
        let middle = count / 2
        var weights = [Double](repeating: 1, count: count + 1)
        for heads in stride(from: middle, to: 0, by: -1) { weights[heads - 1] = weights[heads] * Double(heads) / Double(count - heads + 1) }
        for heads in middle..<count { weights[heads + 1] = weights[heads] * Double(count - heads) / Double(heads + 1) }
        var tail: [Double] = []
        var sum = 0.0
        for weight in weights {
            sum += weight
            tail.append(sum)
        }
        lowerTail = tail.map { $0 / sum }
    }

    /// P of a split at least as uneven, either way.
    func twoSided(_ heads: Int) -> Double {
        let fewer = min(heads, lowerTail.count - 1 - heads)
        return min(1, 2 * lowerTail[fewer])
    }
}
