import Kernel

/// Text of an HTML or SVG document. Only literals of this program are markup; whatever is interpolated is escaped, so that nothing out of a result can
/// become an element, an attribute or a script.
public struct Markup: ExpressibleByStringInterpolation, Equatable, Sendable {
    public private(set) var text: String

    public init(stringLiteral value: String) { text = value }
    public init(stringInterpolation: StringInterpolation) { text = stringInterpolation.text }
    /// Of plain text.
    init(escaping text: String) { self.text = Self.escaped(text) }

    public struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        public init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity + interpolationCount * 8) }
        public mutating func appendLiteral(_ literal: String) { text += literal }
        /// Plain text, also as the value of a quoted attribute.
        public mutating func appendInterpolation(_ plain: String) { text += Markup.escaped(plain) }
        public mutating func appendInterpolation(_ markup: Markup) { text += markup.text }
        public mutating func appendInterpolation(_ number: Int) { text += "\(number)" }
        /// A coordinate: a hundredth of a pixel is seen by nobody.
        public mutating func appendInterpolation(_ coordinate: Double) { text += Markup.coordinate(coordinate) }
    }

    public static func += (left: inout Markup, right: Markup) { left.text += right.text }
    public static func + (left: Markup, right: Markup) -> Markup {
        var sum = left
        sum += right
        return sum
    }

    /// Characters that a terminal would obey are written out, as everywhere, and those that XML has no place for are replaced.
    static func escaped(_ plain: String) -> String {
        var text = ""
        for scalar in plain.visible.unicodeScalars {
            switch scalar {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"": text += "&quot;"
            case "'": text += "&#39;"
            case "\u{FFFE}", "\u{FFFF}": text += "\u{FFFD}"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    private static func coordinate(_ value: Double) -> String {
        guard value.isFinite, value.magnitude < 1e9 else { return "0" }
        let hundredths = Int((value * 100).rounded())
        let text = "\(Double(hundredths) / 100)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}

extension Sequence<Markup> {
    func joined(separator: Markup = "") -> Markup {
        var isFirst = true
        return reduce(into: "") { sum, next in
            if !isFirst { sum += separator }
            isFirst = false
            sum += next
        }
    }
}
