/// Holm's step-down correction (Scand. J. Statist. 6, 1979): of many comparisons, at most one in twenty families has a false alarm at 5 %.
public enum Holm {
    /// - Returns: adjusted p values in the order of the given, to be held against the same level.
    public static func adjusted(_ pValues: [Double]) -> [Double] {
        var adjusted = pValues
        var highest = 0.0
        for (position, index) in pValues.indices.sorted(by: { pValues[$0] < pValues[$1] }).enumerated() {
            highest = max(highest, min(1, pValues[index] * Double(pValues.count - position)))
            adjusted[index] = highest
        }
        return adjusted
    }
}
