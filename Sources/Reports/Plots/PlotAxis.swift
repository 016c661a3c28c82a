/// What an axis says of itself.
public struct PlotAxis: Sendable {
    var title: String
    var unit: PlotUnit
    var kind = PlotScale.Kind.linear
    /// Of a linear axis: whether 0 is on it.
    var isFromZero = true
    /// In the place of round values: `64 bytes` at 0, `128 bytes` at 1.
    var ticks: [PlotScale.Tick]?
    /// Whether ticks are names and not places of a scale: then they stand apart from the ends.
    var isByName = false
}

/// Grid, axes, titles and legend around the place where the values are.
struct PlotFrame {
    let x: PlotScale
    let y: PlotScale
    let width: Double
    let height: Double
    let shapes: Markup

    /// How a series is known in the legend.
    struct Key {
        var name: String
        /// Class names of its sample.
        var line: String?
        var fill: String?
        var mark: PlotMark?
    }

    private static let tickLength = 5.0

    init(
        width: Double, x horizontal: PlotAxis, y vertical: PlotAxis, xValues: [Double], yValues: [Double], keys: [Key], plotHeight: Double
    ) {
        var shapes: Markup = ""
        let legend = Self.legend(keys, width: width)
        shapes += legend.shapes
        let top = legend.height + 26
        let bottom = top + plotHeight
        let upright = PlotScale(vertical.kind, around: yValues, isFromZero: vertical.isFromZero).placed(from: bottom, to: top)
        let yTicks = vertical.ticks ?? upright.ticks(about: 5).map { PlotScale.Tick(value: $0, label: vertical.unit.text($0)) }
        let left = (yTicks.map { PlotText.width($0.label) }.max() ?? 0) + 10
        let right = width - 14
        let flat = Self.horizontal(horizontal, xValues).placed(from: left, to: right)
        shapes += "<text class=\"small quiet\" x=\"0\" y=\"\(legend.height + 14)\">\(vertical.title)</text>"
        for tick in yTicks {
            let place = upright.place(tick.value)
            shapes += "<path class=\"grid\" d=\"M\(left) \(place)H\(right)\"/>"
            shapes += "<text class=\"quiet\" x=\"\(left - 8)\" y=\"\(place + 4)\" text-anchor=\"end\">\(tick.label)</text>"
        }
        shapes += "<path class=\"axis\" d=\"M\(left) \(top)V\(bottom)H\(right)\"/>"
        for tick in Self.fitting(horizontal, flat, width: right - left) {
            let place = flat.place(tick.value)
            let half = PlotText.width(tick.label) / 2
            let (anchor, label) = place + half > width ? ("end", width) : place < half ? ("start", 0) : ("middle", place)
            shapes += "<path class=\"axis\" d=\"M\(place) \(bottom)v\(Self.tickLength)\"/>"
            shapes +=
                "<text class=\"quiet\" x=\"\(label)\" y=\"\(bottom + 19)\" text-anchor=\"\(anchor)\">\(tick.label)</text>"
        }
        shapes += "<text class=\"small quiet\" x=\"\(right)\" y=\"\(bottom + 37)\" text-anchor=\"end\">\(horizontal.title)</text>"
        (self.x, self.y, self.width, self.height, self.shapes) = (flat, upright, width, bottom + 44, shapes)
    }

    private static func horizontal(_ axis: PlotAxis, _ values: [Double]) -> PlotScale {
        guard let ticks = axis.ticks, let first = ticks.first, let last = ticks.last else {
            return PlotScale(axis.kind, around: values, isFromZero: axis.isFromZero)
        }
        let known = values.filter(\.isFinite)
        let (low, high) = (min(first.value, known.min() ?? first.value), max(last.value, known.max() ?? last.value))
        if axis.isByName { return PlotScale(.linear, from: low - 0.35, to: high + 0.35) }
        return low == high ? PlotScale(.linear, from: low - 0.5, to: high + 0.5) : PlotScale(axis.kind, from: low, to: high)
    }

    /// As many labels as have room side by side.
    private static func fitting(_ axis: PlotAxis, _ scale: PlotScale, width: Double) -> [PlotScale.Tick] {
        let all =
            axis.ticks
            ?? scale.ticks(about: max(2, Int(width / 90))).map { PlotScale.Tick(value: $0, label: axis.unit.text($0)) }
        let room = (all.map { PlotText.width($0.label) }.max() ?? 0) + 12
        let stride = max(1, Int((room * Double(all.count) / max(width, 1)).rounded(.up)))
        return all.enumerated().filter { $0.offset.isMultiple(of: stride) }.map(\.element)
    }

    static func legend(_ keys: [Key], width: Double) -> (shapes: Markup, height: Double) {
        guard !keys.isEmpty else { return ("", 0) }
        var shapes: Markup = ""
        var (x, y) = (0.0, 0.0)
        for key in keys {
            let name = PlotText.fitted(key.name, in: width - 30)
            let room = PlotText.width(name) + 44
            if x > 0, x + room - 16 > width { (x, y) = (0, y + 20) }
            let middle = y + 8
            if let line = key.line {
                shapes += "<path class=\"curve \(Markup(stringLiteral: line))\" d=\"M\(x) \(middle)h22\"/>"
            }
            if let fill = key.fill {
                shapes += "<rect class=\"\(Markup(stringLiteral: fill))\" x=\"\(x + 4)\" y=\"\(middle - 6)\" width=\"14\" height=\"12\"/>"
            }
            if let mark = key.mark { shapes += mark.drawn(x + 11, middle, nil) }
            shapes += "<text x=\"\(x + 27)\" y=\"\(y + 12)\">\(name)</text>"
            x += room
        }
        return (shapes, y + 22)
    }
}

/// A point that is told from others by its form, not by its colour alone.
public enum PlotMark: Sendable {
    case dot(series: Int)
    case good, bad, untrusted

    /// - Parameter words: shown where a pointer rests on it.
    func drawn(_ x: Double, _ y: Double, _ words: String?) -> Markup {
        let title: Markup = words.map { "<title>\($0)</title>" } ?? ""
        switch self {
        case .dot(let series):
            return "<circle class=\"f\(series)\" cx=\"\(x)\" cy=\"\(y)\" r=\"3.5\">\(title)</circle>"
        case .good: return "<circle class=\"f-good\" cx=\"\(x)\" cy=\"\(y)\" r=\"4\">\(title)</circle>"
        case .bad:
            return "<path class=\"curve l-bad\" d=\"M\(x - 4) \(y - 4)l8 8m0 -8l-8 8\">\(title)</path>"
        case .untrusted:
            return "<path class=\"curve l-warn\" d=\"M\(x) \(y - 5)l5 5l-5 5l-5 -5z\">\(title)</path>"
        }
    }
}
