import Foundation
import Metrics
import Results

/// What to say of reordered frames besides their number.
struct ReorderingWords {
    let text: String

    init(_ reordering: ReorderingResult) {
        let mean = String(format: "%.1f", reordering.meanExtent)
        var text = "reordered frames came \(mean) frames late in the mean, \(FigureText.count(reordering.maximumExtent)) at most"
        if reordering.cutFrames != nil { text += " or more" }
        // RFC 5681's duplicate threshold.
        let likeLoss = reordering.nReordered.count > 2 ? reordering.nReordered[2] : 0
        if likeLoss > 0 { text += "; \(FigureText.count(likeLoss)) of them behind three or more in a row, which TCP takes for loss" }
        self.text = text
    }
}
