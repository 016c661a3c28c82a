/// Lying bars, each of one or several parts, with what they come to behind them.
public struct BarPlot: Plot {
    public struct Bar: Sendable {
        var name: String
        var parts: [Double]
        /// Behind it; nil for the sum.
        var words: String?
        /// From where to where it was seen.
        var range: ClosedRange<Double>?
    }

    public struct Part: Sendable {
        var name: String
        /// A class: `f1`, `f-good`.
        var fill: String
    }

    public let name: String
    public let title: String
    public let summary: String
    let axis: PlotAxis
    let parts: [Part]
    let bars: [Bar]

    public func drawing(width: Double) -> PlotDrawing {
        let legend = PlotFrame.legend(parts.count > 1 ? parts.map { PlotFrame.Key(name: $0.name, fill: $0.fill) } : [], width: width)
        var shapes = legend.shapes
        let isNarrow = width < 400
        let names = bars.map { PlotText.width($0.name) }.max() ?? 0
        let left = isNarrow ? 4 : min(names + 12, width * 0.4)
        let words = bars.map(text)
        let right = width - min((words.map { PlotText.width($0) }.max() ?? 0) + 10, width * 0.4)
        let rowHeight = isNarrow ? 44.0 : 30
        let top = legend.height + 6
        let bottom = top + rowHeight * Double(bars.count)
        let scale = PlotScale(.linear, around: bars.flatMap { [$0.parts.reduce(0, +), $0.range?.upperBound ?? 0] }).placed(
            from: left, to: right)
        let ticks = scale.ticks(about: max(2, Int((right - left) / 90)))
        for tick in ticks {
            let place = scale.place(tick)
            shapes += "<path class=\"grid\" d=\"M\(place) \(top)V\(bottom)\"/>"
            shapes +=
                "<text class=\"quiet\" x=\"\(place)\" y=\"\(bottom + 17)\" text-anchor=\"\(tick == scale.low && isNarrow ? "start" : "middle")\">\(axis.unit.text(tick))</text>"
        }
        for (index, bar) in bars.enumerated() {
            shapes += drawn(bar, words[index], scale, top + rowHeight * Double(index), isNarrow: isNarrow)
        }
        shapes += "<path class=\"axis\" d=\"M\(left) \(top)V\(bottom)H\(right)\"/>"
        shapes += "<text class=\"small quiet\" x=\"\(right)\" y=\"\(bottom + 35)\" text-anchor=\"end\">\(axis.title)</text>"
        return PlotDrawing(width: width, height: bottom + 42, shapes: shapes)
    }

    private func text(_ bar: Bar) -> String { bar.words ?? axis.unit.text(bar.parts.reduce(0, +)) }

    private func drawn(_ bar: Bar, _ words: String, _ scale: PlotScale, _ y: Double, isNarrow: Bool) -> Markup {
        var shapes: Markup = ""
        let (barTop, barHeight) = isNarrow ? (y + 20, 18.0) : (y + 6, 18.0)
        if isNarrow {
            shapes += "<text x=\"8\" y=\"\(y + 15)\">\(PlotText.fitted(bar.name, in: scale.end + 36))</text>"
        } else {
            shapes +=
                "<text x=\"\(scale.start - 8)\" y=\"\(barTop + 13)\" text-anchor=\"end\">\(PlotText.fitted(bar.name, in: scale.start - 8))</text>"
        }
        var sum = 0.0
        for (part, value) in zip(parts, bar.parts) where value > 0 {
            let (from, to) = (scale.place(sum), scale.place(sum + value))
            sum += value
            let title = parts.count > 1 ? "\(bar.name), \(part.name): \(axis.unit.text(value))" : "\(bar.name): \(words)"
            shapes += """
                <rect class="\(part.fill)" x="\(from)" y="\(barTop)" width="\(max(to - from, 0.5))" height="\(barHeight)">\
                <title>\(title)</title></rect>
                """
        }
        if let range = bar.range {
            let (from, to, middle) = (scale.place(range.lowerBound), scale.place(range.upperBound), barTop + barHeight / 2)
            shapes +=
                "<path class=\"span\" d=\"M\(from) \(middle)H\(to)M\(from) \(middle - 4)v8M\(to) \(middle - 4)v8\"/>"
        }
        let end = max(scale.place(sum), bar.range.map { scale.place($0.upperBound) } ?? 0)
        shapes += "<text x=\"\(end + 6)\" y=\"\(barTop + 13)\">\(words)</text>"
        return shapes
    }
}
