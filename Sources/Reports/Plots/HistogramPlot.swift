import Metrics

/// How many values lay between which bounds. Both axes are logarithmic, so that one frame in a million is seen.
public struct HistogramPlot: Plot {
    public let name: String
    public let title: String
    public let summary: String
    let axis: PlotAxis
    let bars: [HistogramBar]
    /// `frames`.
    let noun: String

    public func drawing(width: Double) -> PlotDrawing {
        let shown = bars.drop { $0.count == 0 }
        let bounds = shown.flatMap { [Swift.max(Double($0.lower), 0.5), Double($0.upper)] }
        let most = Double(shown.map(\.count).max() ?? 1)
        var horizontal = axis
        horizontal.kind = .logarithmic
        let frame = PlotFrame(
            width: width, x: horizontal, y: PlotAxis(title: noun, unit: .count, kind: .logarithmic), xValues: bounds,
            yValues: [1, Swift.max(most, 10)], keys: [], plotHeight: width < 400 ? 190 : 230)
        var shapes = frame.shapes
        let total = bars.reduce(0.0) { $0 + Double($1.count) }
        for bar in shown where bar.count > 0 {
            let (from, to) = (frame.x.place(Swift.max(Double(bar.lower), 0.5)), frame.x.place(Double(bar.upper)))
            // The lowest line is one frame, whose bar must be seen.
            let top = Swift.min(frame.y.place(Double(bar.count)), frame.y.start - 3)
            let words =
                "\(axis.unit.text(Double(bar.lower))) to \(axis.unit.text(Double(bar.upper))): \(FigureText.count(bar.count)) "
                + "\(noun), \(FigureText.percent(Double(bar.count) / Swift.max(total, 1)))"
            shapes += """
                <rect class="f1" x="\(from + 0.5)" y="\(top)" width="\(Swift.max(to - from - 1, 1))" height="\(frame.y.start - top)">\
                <title>\(words)</title></rect>
                """
        }
        return PlotDrawing(width: width, height: frame.height, shapes: shapes)
    }
}
