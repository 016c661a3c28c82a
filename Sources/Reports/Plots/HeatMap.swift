/// A figure by two settings: the more, the deeper.
public struct HeatMap: Plot {
    public struct Cell: Sendable {
        /// Nil where there is none.
        var value: Double?
        /// Whether to be marked as not to be trusted.
        var isDoubtful = false
        var words: String
    }

    public let name: String
    public let title: String
    public let summary: String
    let unit: PlotUnit
    let rowTitle: String
    let columnTitle: String
    let rows: [String]
    let columns: [String]
    /// `cells[row][column]`.
    let cells: [[Cell]]
    public var isBroad: Bool { columns.count > 8 }

    public func drawing(width: Double) -> PlotDrawing {
        let left = min((rows + [rowTitle]).map { PlotText.width($0) }.max().map { $0 + 12 } ?? 0, width * 0.35)
        let cellWidth = (width - left) / Double(max(columns.count, 1))
        let cellHeight = 34.0
        let top = 44.0
        var shapes: Markup = """
            <text class="small quiet" x="0" y="12">\(PlotText.fitted("\(rowTitle) down, \(columnTitle) across", in: width))</text>
            """
        let room = (columns.map { PlotText.width($0) }.max() ?? 0) + 8
        let stride = max(1, Int((room / cellWidth).rounded(.up)))
        for (index, column) in columns.enumerated() where index.isMultiple(of: stride) {
            shapes += """
                <text class="quiet" x="\(left + (Double(index) + 0.5) * cellWidth)" y="\(top - 8)" text-anchor="middle">\
                \(PlotText.fitted(column, in: cellWidth * Double(stride)))</text>
                """
        }
        let values = cells.joined().compactMap(\.value)
        let (low, high) = (values.min() ?? 0, values.max() ?? 1)
        for (row, line) in cells.enumerated() {
            let y = top + Double(row) * cellHeight
            shapes += """
                <text class="quiet" x="\(left - 8)" y="\(y + 21)" text-anchor="end">\(PlotText.fitted(rows[row], in: left - 8))</text>
                """
            for (column, cell) in line.enumerated() {
                shapes += drawn(cell, x: left + Double(column) * cellWidth, y: y, cellWidth, cellHeight, low, high)
            }
        }
        let bottom = top + Double(rows.count) * cellHeight + 12
        if !values.isEmpty { shapes += HeatLegend.drawn(unit.text(low), unit.text(high), y: bottom, width: width) }
        return PlotDrawing(width: width, height: bottom + (values.isEmpty ? 0 : 30), shapes: shapes)
    }

    private func drawn(_ cell: Cell, x: Double, y: Double, _ width: Double, _ height: Double, _ low: Double, _ high: Double) -> Markup {
        guard let value = cell.value else {
            return """
                <g><title>\(cell.words)</title><rect class="none" x="\(x + 1)" y="\(y + 1)" width="\(max(width - 2, 1))" height="\(height - 2)"/>\
                <text class="quiet" x="\(x + width / 2)" y="\(y + 21)" text-anchor="middle">×</text></g>
                """
        }
        let step = Self.step(value, low, high)
        let text = unit.compact(value) + (cell.isDoubtful ? "?" : "")
        let label: Markup =
            PlotText.width(text) + 4 > width
            ? "" : "<text class=\"t\(step)\" x=\"\(x + width / 2)\" y=\"\(y + 21)\" text-anchor=\"middle\">\(text)</text>"
        return """
            <g><title>\(cell.words)</title><rect class="h\(step)" x="\(x + 1)" y="\(y + 1)" width="\(max(width - 2, 1))" \
            height="\(height - 2)"/>\(label)</g>
            """
    }

    /// Of nine: the least value is the palest, the greatest the deepest.
    static func step(_ value: Double, _ low: Double, _ high: Double) -> Int {
        guard high > low else { return Palette.heat.count / 2 }
        let part = (value - low) / (high - low) * Double(Palette.heat.count)
        return part.isFinite ? max(0, min(Palette.heat.count - 1, Int(part))) : 0
    }
}
