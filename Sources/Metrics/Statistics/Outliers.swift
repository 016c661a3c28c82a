/// Samples that lie far from the others: marked for the reader, never dropped, for medians bear them.
public enum Outliers {
    /// Positions of samples whose modified z score is above 3.5 (Iglewicz and Hoaglin, 1993): 0.6745 times the distance from the median over the median of
    /// all such distances. None below 5 samples, or where more than half are equal.
    public static func positions(in samples: [Double]) -> [Int] {
        guard samples.count >= 5 else { return [] }
        let middle = median(ofSorted: samples.sorted())
        let distances = samples.map { ($0 - middle).magnitude }
        let scale = median(ofSorted: distances.sorted())
        guard scale > 0 else { return [] }
        return distances.indices.filter { 0.6745 * distances[$0] / scale > 3.5 }
    }
}
