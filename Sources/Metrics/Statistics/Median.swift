/// The middle of `sorted`, or the mean of the two in the middle. Not for empty arrays.
func median(ofSorted sorted: [Double]) -> Double {
    let middle = sorted.count / 2
    return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
}
