/// A picture as a value: it can be drawn at any width, and says in words what it shows.
public protocol Plot: Sendable {
    /// Of its file: lower case, digits and hyphens.
    var name: String { get }
    var title: String { get }
    /// What is to be seen in it, for those who can't.
    var summary: String { get }
    /// Whether it wants all of a wide page.
    var isBroad: Bool { get }
    func drawing(width: Double) -> PlotDrawing
}

extension Plot {
    public var isBroad: Bool { false }
}

/// Shapes on an area, in pixels from the upper left corner.
public struct PlotDrawing: Sendable {
    let width: Double
    let height: Double
    let shapes: Markup
}

/// A plot as an SVG element.
enum SVG {
    /// For a page, whose style sheet gives the colours.
    ///
    static func inlined(_ plot: some Plot, width: Double, class style: String) -> Markup {
        let drawing = plot.drawing(width: width)
        return """
            <svg class="plot \(style)" viewBox="0 0 \(drawing.width) \(drawing.height)" role="img" aria-label="\(plot.title). \(plot.summary)">\
            <title>\(plot.title)</title><desc>\(plot.summary)</desc>\(drawing.shapes)</svg>
            """
    }

    /// A file of its own, with its colours, light and dark.
    static func file(_ plot: some Plot) -> String {
        let drawing = plot.drawing(width: plot.isBroad ? PlotWidth.broad : PlotWidth.wide)
        let (width, height) = (drawing.width + 32, drawing.height + 56)
        let text: Markup = """
            <?xml version="1.0" encoding="UTF-8"?>
            <svg xmlns="http://www.w3.org/2000/svg" class="plot" width="\(width)" height="\(height)" viewBox="0 0 \(width) \(height)" \
            role="img" aria-labelledby="plot-title plot-summary"><title id="plot-title">\(plot.title)</title>\
            <desc id="plot-summary">\(plot.summary)</desc>
            <style>\(Markup(stringLiteral: Palette.style))\(Markup(stringLiteral: PlotStyle.text))</style>
            <rect class="ground" x="0" y="0" width="\(width)" height="\(height)"/>
            <text class="heading" x="16" y="28">\(plot.title)</text>
            <g transform="translate(16 44)">\(drawing.shapes)</g>
            </svg>

            """
        return text.text
    }
}

/// How wide plots are drawn, pixels: text keeps its size, so that each width is a drawing of its own.
enum PlotWidth {
    static let narrow = 340.0
    static let wide = 540.0
    static let broad = 1_104.0
}

/// How much room text takes. Fonts differ: what matters is that it isn't too little.
enum PlotText {
    static let size = 12.0
    /// Of a letter, by its size.
    private static let advance = 0.61

    static func width(_ text: String, size: Double = size) -> Double { Double(text.count) * size * advance }

    /// In as many lines as it needs.
    static func wrapped(_ text: String, in room: Double) -> [String] {
        text.split(separator: " ").reduce(into: [String]()) { lines, word in
            if let last = lines.last, width(last + " " + word) <= room {
                lines[lines.count - 1] += " " + word
            } else {
                lines.append(String(word))
            }
        }
    }

    /// Cut to its room, with a mark that says so.
    static func fitted(_ text: String, in room: Double) -> String {
        guard width(text) > room else { return text }
        let count = max(1, Int(room / (size * advance)) - 1)
        return text.prefix(count) + "…"
    }
}
