/// Who sits on which CPU of which node.
public struct PlacementPlot: Plot {
    struct CPU: Equatable, Sendable {
        var number: Int
        var node: Int
        /// `tx 0`, `rx 0`, `softirq`.
        var tenants: [String]
    }

    public let name: String
    public let title: String
    public let summary: String
    let cpus: [CPU]

    public func drawing(width: Double) -> PlotDrawing {
        let nodes = Set(cpus.map(\.node)).sorted()
        let most = cpus.map { max($0.tenants.count, 1) }.max() ?? 1
        let boxWidth = 104.0
        let boxHeight = 26 + Double(most) * 22
        let each = max(1, Int((width - 16) / (boxWidth + 10)))
        var shapes: Markup = ""
        var y = 0.0
        for node in nodes {
            let members = cpus.filter { $0.node == node }.sorted { $0.number < $1.number }
            let lines = (members.count + each - 1) / each
            let height = 30 + Double(lines) * (boxHeight + 10)
            let across = min(width - 1, Double(min(each, members.count)) * (boxWidth + 10) + 14)
            shapes += "<rect class=\"box\" x=\"0.5\" y=\"\(y + 0.5)\" width=\"\(max(across, 120))\" height=\"\(height)\" rx=\"8\"/>"
            shapes += "<text class=\"quiet\" x=\"12\" y=\"\(y + 19)\">NUMA node \(node)</text>"
            for (index, cpu) in members.enumerated() {
                let x = 12 + Double(index % each) * (boxWidth + 10)
                shapes += drawn(cpu, x, y + 28 + Double(index / each) * (boxHeight + 10), boxWidth, boxHeight)
            }
            y += height + 12
        }
        return PlotDrawing(width: width, height: max(y, 1), shapes: shapes)
    }

    private func drawn(_ cpu: CPU, _ x: Double, _ y: Double, _ width: Double, _ height: Double) -> Markup {
        var shapes: Markup = """
            <rect class="ground" stroke="currentColor" stroke-opacity=".35" x="\(x)" y="\(y)" width="\(width)" height="\(height)" rx="6"/>\
            <text class="strong" x="\(x + 10)" y="\(y + 18)">CPU \(cpu.number)</text>
            """
        for (index, tenant) in cpu.tenants.enumerated() {
            let place = y + 26 + Double(index) * 22
            let fill = tenant.hasPrefix("tx") ? "f1" : tenant.hasPrefix("rx") ? "f3" : "f5"
            shapes += "<rect class=\"\(fill)\" x=\"\(x + 10)\" y=\"\(place + 3)\" width=\"4\" height=\"14\"/>"
            shapes += "<text x=\"\(x + 20)\" y=\"\(place + 14)\">\(PlotText.fitted(tenant, in: width - 24))</text>"
        }
        return shapes
    }
}
