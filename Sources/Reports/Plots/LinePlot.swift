/// Curves, steps and points over two axes, with their intervals.
public struct LinePlot: Plot {
    public struct Point: Sendable {
        var x: Double
        var y: Double
        /// The ends of its interval.
        var low: Double?
        var high: Double?
        /// In the place of its series' mark.
        var mark: PlotMark?
        var words: String?
    }

    public struct Series: Sendable {
        enum Form: Sendable { case line, lineWithMarks, marks }
        var name: String
        var points: [Point]
        var form = Form.line
        /// 1 to 6.
        var colour = 1
    }

    public let name: String
    public let title: String
    public let summary: String
    let x: PlotAxis
    let y: PlotAxis
    let series: [Series]
    /// Beside the series' own, where marks have a meaning.
    var keys: [(name: String, mark: PlotMark)] = []
    /// A value of the vertical axis that is drawn through, and what it is.
    var reference: (value: Double, name: String)?

    public func drawing(width: Double) -> PlotDrawing {
        let points = series.flatMap(\.points)
        var own = series.map { series in
            PlotFrame.Key(
                name: series.name, line: series.form == .marks ? nil : "l\(series.colour)",
                mark: series.form == .line ? nil : .dot(series: series.colour))
        }
        if own.count == 1, own[0].name.isEmpty || !keys.isEmpty { own = [] }
        let frame = PlotFrame(
            width: width, x: x, y: y, xValues: points.map(\.x),
            yValues: points.flatMap { [$0.y, $0.low, $0.high].compactMap { $0 } } + (reference.map { [$0.value] } ?? []),
            keys: own + keys.map { PlotFrame.Key(name: $0.name, mark: $0.mark) }, plotHeight: width < 400 ? 190 : 230)
        var shapes = frame.shapes
        if let reference {
            let place = frame.y.place(reference.value)
            shapes += "<path class=\"axis\" stroke-dasharray=\"4 4\" d=\"M\(frame.x.start) \(place)H\(frame.x.end)\"/>"
            shapes += "<text class=\"small quiet\" x=\"\(frame.x.end)\" y=\"\(place - 5)\" text-anchor=\"end\">\(reference.name)</text>"
        }
        for (index, series) in series.enumerated() {
            // Intervals of several series at the same name stand side by side.
            let shift = x.isByName ? (Double(index) - Double(self.series.count - 1) / 2) * 6 : 0
            shapes += drawn(series, frame, shift)
        }
        return PlotDrawing(width: width, height: frame.height, shapes: shapes)
    }

    private func drawn(_ series: Series, _ frame: PlotFrame, _ shift: Double) -> Markup {
        var shapes: Markup = ""
        let known = series.points.filter { $0.x.isFinite && $0.y.isFinite && (y.kind == .linear || $0.y > 0) }
        if series.form != .marks, known.count > 1 {
            var path = ""
            for (index, point) in known.enumerated() {
                let (x, y): (Markup, Markup) = ("\(frame.x.place(point.x) + shift)", "\(frame.y.place(point.y))")
                path += "\(index == 0 ? "M" : "L")\(x.text) \(y.text)"
            }
            shapes += "<path class=\"curve l\(series.colour)\" d=\"\(path)\"/>"
        }
        for point in known {
            let (x, y) = (frame.x.place(point.x) + shift, frame.y.place(point.y))
            if let low = point.low, let high = point.high {
                let (bottom, top) = (frame.y.place(low), frame.y.place(high))
                shapes +=
                    "<path class=\"whisker l\(series.colour)\" stroke-dasharray=\"none\" d=\"M\(x) \(bottom)V\(top)M\(x - 4) \(bottom)h8M\(x - 4) \(top)h8\"/>"
            }
            guard series.form != .line || known.count == 1 else { continue }
            shapes += (point.mark ?? .dot(series: series.colour)).drawn(x, y, point.words)
        }
        return shapes
    }
}
