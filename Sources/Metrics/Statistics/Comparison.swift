/// How new measurements of a figure compare with those of before.
public protocol Comparison: Sendable {
    var scale: ComparisonScale { get }
    /// Pairs, or the smaller of both counts.
    var count: Int { get }
    /// New over base, or new minus base.
    var estimate: Double { get }
    /// Of `estimate`, at 95 % or more.
    var interval: ConfidenceInterval { get }
    /// The same at 90 % or more: each of its ends is one of two one-sided tests at 5 % (Schuirmann 1987), so that what lies inside of a margin is equivalent.
    var equivalenceInterval: ConfidenceInterval { get }
    /// Two-sided, of no difference.
    var pValue: Double { get }
}

/// What two figures are compared by.
public enum ComparisonScale: String, Codable, Sendable {
    /// New over base, of figures above zero: 1 is no difference.
    case ratio
    /// New minus base: 0 is no difference.
    case difference

    public var neutral: Double { self == .ratio ? 1 : 0 }

    /// Nil where there is no such thing.
    func effect(_ base: Double, _ new: Double) -> Double? {
        guard base.isFinite, new.isFinite else { return nil }
        switch self {
        case .ratio: return base > 0 && new > 0 ? new / base : nil
        case .difference: return new - base
        }
    }

    /// The middle of sorted effects. Of two ratios in the middle it is the geometric mean, which is the median of the logarithms; no other figure here
    /// needs logarithms, for they keep the order.
    public func median(ofSorted effects: [Double]) -> Double {
        let middle = effects.count / 2
        guard self == .ratio, effects.count.isMultiple(of: 2) else { return Metrics.median(ofSorted: effects) }
        return (effects[middle - 1] * effects[middle]).squareRoot()
    }

    /// How far from no difference: 0.25 for ratios of 1.25 and 0.8.
    public func size(_ effect: Double) -> Double {
        switch self {
        case .ratio: effect >= 1 ? effect - 1 : 1 / effect - 1
        case .difference: effect.magnitude
        }
    }
}

extension Comparison {
    /// Whether the 95 % interval leaves no room for no difference.
    public var isDistinct: Bool { !interval.contains(scale.neutral) }

    /// Whether any difference is smaller than `margin`, at 5 %: `1/(1 + margin)` to `1 + margin`, or minus to plus.
    public func isEquivalent(within margin: Double) -> Bool {
        let bounds = scale == .ratio ? 1 / (1 + margin)...1 + margin : -margin...margin
        return bounds.contains(equivalenceInterval.low) && bounds.contains(equivalenceInterval.high)
    }

    /// The smallest difference that such samples would have shown, as `size`: from the estimate to the interval's farther end.
    public var smallestVisible: Double {
        switch scale {
        case .ratio: max(interval.high / estimate, estimate / interval.low) - 1
        case .difference: max(interval.high - estimate, estimate - interval.low)
        }
    }

    /// How many samples would probably tell, if they scatter as these do and the estimate is right: a difference of that size, or none beyond the margin,
    /// whichever needs fewer. Intervals shrink with the square root of the count. Nil beyond 10,000.
    public func samplesNeeded(margin: Double) -> Int? {
        let size = scale.size(estimate)
        let target = max(size, margin - size)
        guard target > 0 else { return nil }
        let needed = Double(count) * smallestVisible * smallestVisible / (target * target)
        return needed <= 10_000 ? max(count + 1, 6, Int(needed.rounded(.up))) : nil
    }
}
