/// Measurements taken in turns (ABBA): each pair shares its minute, so that drift falls out of their ratio. The interval is that of the median of the log
/// ratios, between two order statistics.
public struct PairedComparison: Comparison, Equatable {
    public let scale: ComparisonScale
    public let count: Int
    public let estimate: Double
    public let interval: ConfidenceInterval
    public let equivalenceInterval: ConfidenceInterval
    /// Of the sign test; pairs without a difference are left out.
    public let pValue: Double
    /// Of each pair, in order: new over base, or new minus base.
    public let effects: [Double]

    /// Nil below 6 pairs, if one lacks its partner, or for ratios of what isn't above zero.
    public init?(base: [Double], new: [Double], scale: ComparisonScale = .ratio) {
        guard base.count == new.count else { return nil }
        let effects = zip(base, new).compactMap(scale.effect)
        guard effects.count == base.count, let median = MedianInterval(effects), let narrow = MedianInterval(effects, confidence: 0.9)
        else { return nil }
        self.scale = scale
        self.effects = effects
        count = effects.count
        estimate = scale.median(ofSorted: effects.sorted())
        interval = median.interval
        equivalenceInterval = narrow.interval
        let above = effects.count { $0 > scale.neutral }
        let differing = above + effects.count { $0 < scale.neutral }
        pValue = differing == 0 ? 1 : SignDistribution(count: differing).twoSided(above)
    }
}
