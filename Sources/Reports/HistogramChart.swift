import Metrics

/// Bars of doubling bounds, drawn to a common width. Lengths are linear in the count, with a hair for
/// bars too small to see: a tail of one frame in a million must not vanish.
struct HistogramChart {
    private let bars: [HistogramBar]
    private let style: TextStyle
    private let widthCells: Int
    private let noun: String

    /// - Parameter noun: what was counted.
    init(_ bars: [HistogramBar], _ style: TextStyle, noun: String = "frame") {
        self.bars = bars
        self.noun = noun
        self.style = style
        // What is beside the bars takes up to 42.
        widthCells = style.columns.map { min(max($0 - 42, 8), 80) } ?? 44
    }

    var lines: [String] {
        guard let tallest = bars.map(\.count).max(), tallest > 0 else { return [] }
        let total = bars.reduce(0) { $0 + $1.count }
        var table = Table(.number("below"), .text(""), .number("\(noun)s"), .number("up to here"))
        var sum: UInt64 = 0
        for bar in bars {
            sum += bar.count
            table.add(
                FigureText.nanoseconds(bar.upper), drawn(bar.count, tallest), FigureText.count(bar.count),
                FigureText.percent(Double(sum) / Double(total)))
        }
        return table.lines(style)
    }

    /// Eighths of a cell.
    private func drawn(_ count: UInt64, _ tallest: UInt64) -> String {
        guard count > 0 else { return "" }
        let eighths = max(1, Int((Double(count) / Double(tallest) * Double(widthCells * 8)).rounded()))
        let partial = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8]
        return String(repeating: "█", count: eighths / 8) + partial
    }
}
