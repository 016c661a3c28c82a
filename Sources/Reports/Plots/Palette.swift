/// The colours of reports, light and dark: of text and of what it stands on.
enum Palette {
    struct Colour: Sendable {
        let name: String
        /// `#rrggbb`.
        let light: String
        let dark: String
    }

    static let ground = Colour(name: "ground", light: "#ffffff", dark: "#0d1218")
    static let panel = Colour(name: "panel", light: "#f3f6fa", dark: "#161d26")
    static let line = Colour(name: "line", light: "#d5dce4", dark: "#2c3846")
    static let ink = Colour(name: "ink", light: "#12181f", dark: "#e8eef4")
    static let muted = Colour(name: "muted", light: "#515c69", dark: "#a3afbc")
    static let link = Colour(name: "link", light: "#1a57b0", dark: "#7db8ff")
    static let good = Colour(name: "good", light: "#17693a", dark: "#5fd38a")
    static let warn = Colour(name: "warn", light: "#835400", dark: "#e9b949")
    static let bad = Colour(name: "bad", light: "#b3261e", dark: "#ff938a")

    /// Lines and areas that are told apart.
    static let series = [
        Colour(name: "s1", light: "#1f5fbf", dark: "#6cb0ff"), Colour(name: "s2", light: "#b3471d", dark: "#ff9a6b"),
        Colour(name: "s3", light: "#1a7f37", dark: "#56d364"), Colour(name: "s4", light: "#7a3fb0", dark: "#cfa1ff"),
        Colour(name: "s5", light: "#8a5a00", dark: "#e3b341"), Colour(name: "s6", light: "#0f7b83", dark: "#5fd3dc")
    ]

    /// Of heat maps, from little to much.
    static let heat = zip(
        ["#eaf2fb", "#d3e4f7", "#b7d3f1", "#95bde9", "#6fa3de", "#3f76bd", "#2f63a8", "#214f8c", "#143a6b"],
        ["#142132", "#18304d", "#1c3f68", "#214f85", "#2b63a3", "#5b93d3", "#7aaee8", "#9cc7f5", "#c3defb"]
    ).enumerated().map { Colour(name: "h\($0)", light: $1.0, dark: $1.1) }

    /// Text on each of them.
    static let onHeat = heat.indices.map { step in
        Colour(name: "t\(step)", light: step < 5 ? "#10161d" : "#ffffff", dark: step < 5 ? "#f2f7fc" : "#0b1016")
    }

    static let all = [ground, panel, line, ink, muted, link, good, warn, bad] + series + heat + onHeat

    /// Text and what it stands on, which have to differ by 4.5 to 1 (WCAG 2.2, 1.4.3).
    static let texts: [(text: Colour, ground: Colour)] =
        [ground, panel].flatMap { under in [ink, muted, link, good, warn, bad].map { ($0, under) } } + zip(onHeat, heat).map { ($0, $1) }
    /// Shapes that mean something, 3 to 1 (1.4.11).
    static let shapes: [(text: Colour, ground: Colour)] = [ground, panel].flatMap { under in
        (series + [good, warn, bad, muted]).map { ($0, under) }
    }

    /// As custom properties, which every rule refers to.
    static let style: String = {
        let light = all.map { "--\($0.name):\($0.light)" }.joined(separator: ";")
        let dark = all.map { "--\($0.name):\($0.dark)" }.joined(separator: ";")
        return ":root{color-scheme:light dark;\(light)}@media screen and (prefers-color-scheme:dark){:root{\(dark)}}"
    }()
}

/// Rules for what plots are made of.
enum PlotStyle {
    static let text: String = {
        let dashes = ["none", "7 3", "2 3", "9 3 2 3", "5 2 1 2 1 2", "12 4"]
        let series = (1...6).map { number in
            ".l\(number){stroke:var(--s\(number));stroke-dasharray:\(dashes[number - 1])}.f\(number){fill:var(--s\(number))}"
        }
        let heat = Palette.heat.indices.map { ".h\($0){fill:var(--h\($0))}.plot .t\($0){fill:var(--t\($0))}" }
        let tones = ["good", "warn", "bad", "muted"].map { ".f-\($0){fill:var(--\($0))}.l-\($0){stroke:var(--\($0))}" }
        return """
            .plot text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;fill:var(--ink);\
            font-variant-numeric:tabular-nums}.plot .small{font-size:11px}.plot .quiet{fill:var(--muted)}\
            .plot{color:var(--ink)}.plot .heading{font-size:15px;font-weight:600}.plot .strong{font-weight:600}\
            .ground{fill:var(--ground)}.grid{stroke:var(--line);stroke-width:1;fill:none}.axis{stroke:var(--muted);stroke-width:1;fill:none}\
            .span{fill:none;stroke:var(--ink);stroke-width:1.5}.curve{fill:none;stroke-width:2;stroke-linejoin:round}.whisker{fill:none;stroke-width:1.5}.curve,.whisker,.mark{vector-effect:none}\
            .halo{fill:none;stroke:var(--ground);stroke-width:5}.l-ink{stroke:var(--ink)}.dashed{stroke-dasharray:6 3}\
            .box{fill:var(--panel);stroke:var(--line)}.band{fill-opacity:.45}.none{fill:var(--panel);stroke:var(--line);stroke-dasharray:3 3}
            """ + series.joined() + heat.joined() + tones.joined()
    }()
}
