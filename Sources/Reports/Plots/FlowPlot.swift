import Metrics

/// The book of frames as a stream that parts: what was offered, what was sent of it, and where each frame ended. Bands are as wide as they hold frames.
public struct FlowPlot: Plot {
    /// Where frames end.
    struct Branch: Equatable, Sendable {
        enum Origin: Sendable { case offered, sent }
        var name: String
        var frames: UInt64
        var origin: Origin
        /// A class: `f-good`, `f-bad`.
        var fill: String
    }

    /// A branch with its place: both of its ends are `width` pixels wide.
    struct Band: Equatable {
        var branch: Branch
        /// Upper edges, where it leaves and where it ends.
        var start: Double
        var end: Double
        var width: Double
    }

    public let name: String
    public let title: String
    public let summary: String
    let offered: UInt64
    let sent: UInt64
    let branches: [Branch]
    /// What no row explains, negative if rows hold more than was offered: below the picture.
    let residual: Int64
    private let noun: String
    public var isBroad: Bool { true }

    /// - Parameter ledger: of one trial, or the sum of several.
    init(name: String, title: String, ledger: Ledger, noun: String = "frame") {
        self.init(
            name: name, title: title, offered: ledger.offered, sent: ledger.sent, notOffered: ledger.notOffered, refused: ledger.refused,
            ends: [
                ("received", ledger.received, "f-good"), ("received altered", ledger.altered, "f-warn"),
                ("in flight at the end", ledger.inFlightAtEnd, "f-warn"), ("dropped on the link", ledger.linkDropped, "f-bad"),
                ("dropped by the receiver's ring", ledger.receiverDropped, "f-bad")
            ], noun: noun)
    }

    /// - Parameter ends: what became of sent frames, with the class that it is filled by.
    init(
        name: String, title: String, offered: UInt64, sent: UInt64, notOffered: UInt64, refused: UInt64,
        ends: [(name: String, frames: UInt64, fill: String)], noun: String = "frame"
    ) {
        self.noun = noun
        self.name = name
        self.title = title
        self.offered = offered
        self.sent = sent
        let explained = ends.reduce(notOffered &+ refused) { $0 &+ $1.frames }
        residual = Int64(bitPattern: offered &- explained)
        let rows =
            ends.map { Branch(name: $0.name, frames: $0.frames, origin: .sent, fill: $0.fill) } + [
                Branch(name: "residual", frames: residual > 0 ? UInt64(residual) : 0, origin: .sent, fill: "f-bad"),
                Branch(name: "refused by the kernel", frames: refused, origin: .offered, fill: "f-warn"),
                Branch(name: "not offered in time", frames: notOffered, origin: .offered, fill: "f-muted")
            ]
        branches = rows.filter { $0.frames > 0 }
        let parts = branches.map { "\(FigureText.count($0.frames)) \($0.name)" }.joined(separator: ", ")
        summary =
            "Of \(FigureText.count(offered)) \(noun)s offered \(FigureText.count(sent)) were sent. They ended as: "
            + "\(parts.isEmpty ? "none" : parts); residual \(FigureText.count(residual))."
    }

    private static let top = 46.0
    private static let streamHeight = 180.0
    private static let leastRoom = 48.0

    /// How wide a frame is, pixels.
    private var scale: Double {
        let from = branches.filter { $0.origin == .sent }.reduce(0.0) { $0 + Double($1.frames) }
        let besides = branches.filter { $0.origin == .offered }.reduce(0.0) { $0 + Double($1.frames) }
        // A book that doesn't close has more on one side than on the other.
        let most = max(Double(offered), from + besides, Double(sent) + besides)
        return most > 0 ? Self.streamHeight / most : 0
    }

    var bands: [Band] {
        var (fromSent, end) = (Self.top, Self.top)
        var fromOffered = Self.top + Double(sent) * scale
        return branches.map { branch in
            let width = Double(branch.frames) * scale
            let start = branch.origin == .sent ? fromSent : fromOffered
            if branch.origin == .sent { fromSent += width } else { fromOffered += width }
            defer { end += max(width, Self.leastRoom) + 8 }
            return Band(branch: branch, start: start, end: end, width: width)
        }
    }

    public func drawing(width: Double) -> PlotDrawing {
        let isNarrow = width < 400
        let node = 10.0
        let labels = isNarrow ? 146.0 : 215
        let end = width - labels
        let middle = isNarrow ? end * 0.42 : end * 0.45
        let bands = bands
        var shapes: Markup = ""
        let sentHeight = Double(sent) * scale
        shapes += ribbon("f1", from: (node, Self.top), to: (middle, Self.top), sentHeight, "sent: \(FigureText.count(sent))")
        for band in bands {
            let start = band.branch.origin == .sent ? middle + node : node
            let words = "\(band.branch.name): \(FigureText.count(band.branch.frames))"
            shapes += ribbon(band.branch.fill, from: (start, band.start), to: (end, band.end), band.width, words)
            shapes += column(band.branch.fill, end, band.end, band.width, node)
            shapes += label(band, x: end + node + 8, room: labels - node - 8)
        }
        shapes += column("f1", 0, Self.top, Double(offered) * scale, node) + column("f1", middle, Self.top, sentHeight, node)
        shapes += heading("offered", offered, x: 0) + heading("sent", sent, x: middle)
        let bottom = max(
            Self.top + Self.streamHeight, bands.last.map { $0.end + max($0.width, Self.leastRoom) } ?? 0)
        let words =
            residual == 0 ? "residual 0: every \(noun) is in one row" : "residual \(FigureText.count(residual)): the book does not close"
        shapes += "<text class=\"\(residual == 0 ? "quiet" : "f-bad")\" x=\"0\" y=\"\(bottom + 20)\">\(words)</text>"
        return PlotDrawing(width: width, height: bottom + 28, shapes: shapes)
    }

    private func ribbon(_ fill: String, from: (x: Double, y: Double), to: (x: Double, y: Double), _ width: Double, _ words: String)
        -> Markup
    {
        let middle = (from.x + to.x) / 2
        // What is too thin to be seen has a line along its edge.
        let edge: Markup = width < 1.5 ? " stroke=\"currentColor\" stroke-width=\"1\"" : ""
        return """
            <path class="band \(fill)"\(edge) d="M\(from.x) \(from.y)C\(middle) \(from.y) \(middle) \(to.y) \(to.x) \(to.y)v\(width)\
            C\(middle) \(to.y + width) \(middle) \(from.y + width) \(from.x) \(from.y + width)z"><title>\(words)</title></path>
            """
    }

    private func column(_ fill: String, _ x: Double, _ y: Double, _ height: Double, _ width: Double) -> Markup {
        "<rect class=\"\(fill)\" x=\"\(x)\" y=\"\(y)\" width=\"\(width)\" height=\"\(max(height, 1))\"/>"
    }

    private func heading(_ name: String, _ frames: UInt64, x: Double) -> Markup {
        """
        <text class="quiet" x="\(x)" y="14">\(name)</text><text class="strong" x="\(x)" y="32">\(FigureText.count(frames))</text>
        """
    }

    private func label(_ band: Band, x: Double, room: Double) -> Markup {
        let share = sent > 0 && band.branch.origin == .sent ? " · \(FigureText.percent(Double(band.branch.frames) / Double(sent)))" : ""
        let lines = PlotText.wrapped(band.branch.name, in: room)
        let middle = band.end + max(min(band.width, Self.streamHeight), 30) / 2
        let first = max(band.end + 10, middle + 4 - Double(lines.count) * 7)
        let names = lines.enumerated().map { "<text x=\"\(x)\" y=\"\(first + Double($0.offset) * 14)\">\($0.element)</text>" as Markup }
        return names.joined() + """
            <text class="strong" x="\(x)" y="\(first + Double(lines.count) * 14 + 1)">\(FigureText.count(band.branch.frames))\(share)</text>
            """
    }
}
