import Metrics
import Results

/// What to say of reordered frames besides their number.
struct ReorderingWords {
    let text: String

    /// - Parameter places: whether RFC 5236's figures are told as well.
    init(_ reordering: ReorderingResult, places: Bool = true) {
        let mean = FigureText.tenths(reordering.meanExtent)
        var text = "reordered frames came \(mean) frames late in the mean, \(FigureText.count(reordering.maximumExtent)) at most"
        if reordering.cutFrames != nil { text += " or more" }
        // RFC 5681's duplicate threshold.
        let likeLoss = reordering.nReordered.count > 2 ? reordering.nReordered[2] : 0
        if likeLoss > 0 { text += "; \(FigureText.count(likeLoss)) of them behind three or more in a row, which TCP takes for loss" }
        if places, let density = reordering.density { text += Self.places(density) }
        self.text = text
    }

    /// RFC 5236: displacement 0 is a frame's place.
    private static func places(_ density: ReorderDensityResult) -> String {
        guard let first = density.displacement.first, let last = density.displacement.last, let buffer = density.occupancy.last else {
            return ""
        }
        let inPlace = density.displacement.first { $0.value == 0 }?.density ?? 0
        let (early, late) = (UInt64(max(0, -first.value)), UInt64(max(0, last.value)))
        var text = "; \(FigureText.percent(inPlace)) of all came in their place, others up to \(FigureText.count(early)) early and "
        text += "\(FigureText.count(late)) late"
        if let beyond = density.displacedBeyond { text += ", \(FigureText.count(beyond)) further off" }
        let isEnough = buffer.value < density.threshold && density.displacedBeyond == nil && density.heldBeyond == nil
        // Lost frames fill it as well: it waits for them.
        let buffered =
            isEnough ? "a buffer of \(FigureText.count(UInt64(buffer.value), "frame"))" : "not even a buffer of \(density.threshold) frames"
        return text + "; " + buffered + " puts all in order"
    }
}
