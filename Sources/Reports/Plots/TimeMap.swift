import Glibc
import Metrics

/// How a value went over time: intervals across, classes of the value up, the deeper the more there were; with lines for percentiles.
public struct TimeMap: Plot {
    public let name: String
    public let title: String
    public let summary: String
    /// Of the values, logarithmic.
    let axis: PlotAxis
    let course: LatencyOverTime
    /// `frame`.
    let noun: String

    /// The palest would not be seen beside an empty place, where one slow frame is what matters.
    private static let steps = 3..<Palette.heat.count

    public func drawing(width: Double) -> PlotDrawing {
        let intervals = course.intervals
        let ends = intervals.flatMap { [Double($0.startNanoseconds), Double($0.endNanoseconds)] }
        let low = Self.lowest(course.bounds[0], course.bounds[1])
        var vertical = axis
        vertical.kind = .logarithmic
        let frame = PlotFrame(
            width: width, x: PlotAxis(title: "time since the start of the window", unit: .nanoseconds), y: vertical, xValues: ends,
            yValues: [low, Double(course.bounds[course.bounds.count - 1])],
            keys: [.init(name: "p50", line: "l-ink"), .init(name: "p99", line: "l-ink dashed")], plotHeight: width < 400 ? 190 : 230)
        // As many columns as can be told apart; the lines have them all.
        var columns = intervals.map { Column(from: $0.startNanoseconds, to: $0.endNanoseconds, counts: $0.counts) }
        while Double(columns.count) > width / 8 { columns = Self.folded(columns) }
        let most = columns.lazy.flatMap(\.counts).max() ?? 1
        var shapes = cells(columns, frame, low: low, most: most)
        shapes += frame.shapes + line(frame, \.p50, "") + line(frame, \.p99, " dashed")
        shapes += HeatLegend.drawn(
            FigureText.count(1, noun), FigureText.count(most, noun), steps: Self.steps, y: frame.height + 4, width: width
        )
        return PlotDrawing(width: width, height: frame.height + 26, shapes: shapes)
    }

    private struct Column {
        var from: UInt64
        var to: UInt64
        var counts: [UInt64]
    }

    private static func folded(_ columns: [Column]) -> [Column] {
        stride(from: 0, to: columns.count, by: 2).map { first in
            guard first + 1 < columns.count else { return columns[first] }
            let (one, other) = (columns[first], columns[first + 1])
            return Column(from: one.from, to: other.to, counts: zip(one.counts, other.counts).map { $0 &+ $1 })
        }
    }

    /// 0 has no place on a logarithmic axis.
    private static func lowest(_ lower: UInt64, _ upper: UInt64) -> Double { lower == 0 ? Double(upper) / 2 : Double(lower) }

    /// A path for each depth; classes of the same depth above each other are one shape.
    private func cells(_ columns: [Column], _ frame: PlotFrame, low: Double, most: UInt64) -> Markup {
        var paths = [String](repeating: "", count: Palette.heat.count)
        for column in columns {
            let (left, right) = (Self.short(frame.x.place(Double(column.from))), Self.short(frame.x.place(Double(column.to))))
            let depths = column.counts.map { Self.step($0, most) }
            var first = 0
            while first < depths.count {
                let end = depths[first...].firstIndex { $0 != depths[first] } ?? depths.count
                if let depth = depths[first] {
                    let bottom = Self.short(frame.y.place(first == 0 ? low : Double(course.bounds[first])))
                    let top = Self.short(frame.y.place(Double(course.bounds[end])))
                    let shape: Markup = "M\(left) \(bottom)h\(right - left)v\(top - bottom)h\(left - right)z"
                    paths[depth] += shape.text
                }
                first = end
            }
        }
        return paths.enumerated().filter { !$0.element.isEmpty }.map { depth, path -> Markup in
            "<path class=\"h\(depth)\" d=\"\(path)\"/>"
        }.joined()
    }

    /// To a tenth of a pixel, for there are thousands.
    private static func short(_ place: Double) -> Double { (place * 10).rounded() / 10 }

    /// By the logarithm of the count; nil for none.
    private static func step(_ count: UInt64, _ most: UInt64) -> Int? {
        guard count > 0 else { return nil }
        let part = most > 1 ? log(Double(count)) / log(Double(most)) : 0
        return steps.lowerBound + min(steps.count - 1, Int(part * Double(steps.count)))
    }

    /// Level over each interval, and away where there was none; with a rim, so that it is seen over any depth.
    private func line(_ frame: PlotFrame, _ value: (LatencyOverTime.Interval) -> UInt64?, _ style: Markup) -> Markup {
        var path = ""
        var isAfterAGap = true
        for interval in course.intervals {
            guard let value = value(interval) else {
                isAfterAGap = true
                continue
            }
            let y = frame.y.place(Double(value))
            let (left, right) = (frame.x.place(Double(interval.startNanoseconds)), frame.x.place(Double(interval.endNanoseconds)))
            let piece: Markup = isAfterAGap ? "M\(left) \(y)H\(right)" : "V\(y)H\(right)"
            path += piece.text
            isAfterAGap = false
        }
        return path.isEmpty ? "" : "<path class=\"halo\" d=\"\(path)\"/><path class=\"curve l-ink\(style)\" d=\"\(path)\"/>"
    }
}

/// What pale and deep stand for.
enum HeatLegend {
    /// - Parameter steps: of `Palette.heat`.
    static func drawn(_ least: String, _ most: String, steps: Range<Int> = Palette.heat.indices, y: Double, width: Double) -> Markup {
        let start = PlotText.width(least) + 8
        let block = max(4, min(22, (width - start - PlotText.width(most) - 12) / Double(steps.count)))
        var shapes: Markup = "<text class=\"small quiet\" x=\"0\" y=\"\(y + 13)\">\(least)</text>"
        for (place, step) in steps.enumerated() {
            shapes += "<rect class=\"h\(step)\" x=\"\(start + Double(place) * block)\" y=\"\(y + 2)\" width=\"\(block)\" height=\"14\"/>"
        }
        return shapes + "<text class=\"small quiet\" x=\"\(start + block * Double(steps.count) + 8)\" y=\"\(y + 13)\">\(most)</text>"
    }
}
