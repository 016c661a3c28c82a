import Frames

/// Header fields that take another value from frame to frame, so that one worker makes many flows.
///
/// The rules of one modifier move together; several modifiers vary independently, each value of the one with each of the other.
public struct FieldModifier: Equatable, Hashable, Sendable {
    /// Short names, which mean the field of whichever header the frame has.
    public enum Field: String, CaseIterable, Sendable {
        case sourceAddress, destinationAddress
        case sourceIPv4, destinationIPv4
        case sourceIPv6, destinationIPv6
        case sourcePort, destinationPort
        /// The innermost tag's identifier.
        case vlan
    }

    /// One field and its values.
    public struct Rule: Equatable, Hashable, Sendable {
        /// `ip.src`, `sourcePort` or `bytes[12..15]`, as it was written.
        public let field: String
        public let values: FieldValues
        /// The whole rule, as it was written.
        package let text: String
    }

    public enum Mode: String, CaseIterable, Sendable { case increment, random }

    /// At least one.
    public let rules: [Rule]

    /// One field that counts up from the plan's value (`increment`), or takes `count` values in an order drawn from the seed (`random`).
    public init(field: Field, mode: Mode, count: Int, step: UInt64 = 1) {
        let count = UInt64(max(count, 0))
        let values: FieldValues =
            mode == .increment ? .counter(start: nil, step: step, count: count, isDown: false) : .random(count: count, range: nil)
        let text = mode == .random ? "random:\(count)" : step == 1 ? "inc:\(count)" : "inc:\(count):\(step)"
        rules = [Rule(field: field.rawValue, values: values, text: "\(field.rawValue)=\(text)")]
    }

    /// Every name that some frame's header has, short ones first.
    public static let fieldNames = Field.allCases.map(\.rawValue) + FieldSpot.names.sorted()

    /// Values of all rules together before the first comes again.
    public var count: UInt64 { rules[0].values.count }
}

extension FieldModifier: LosslessStringConvertible {
    /// `sourcePort=inc:100`, `ip.src=10.0.0.0/16`, or rules that move together: `ip.src=inc:9+ip.dst=inc:9`; nil for all else.
    ///
    /// Whether a frame has the field and the field holds the values is for `FrameProgram` to say.
    public init?(_ text: String) {
        var rules: [Rule] = []
        for part in text.split(separator: "+", omittingEmptySubsequences: false) {
            let halves = part.split(separator: "=", omittingEmptySubsequences: false)
            guard halves.count == 2, let field = Self.field(halves[0]), let values = FieldValues(halves[1]), values.isValid else {
                return nil
            }
            rules.append(Rule(field: field, values: values, text: "\(field)=\(halves[1])"))
        }
        guard !rules.isEmpty else { return nil }
        self.rules = rules
    }

    /// The name in its own spelling; nil for one that no header has.
    private static func field(_ text: Substring) -> String? {
        let name = text.lowercased()
        if let short = Field.allCases.first(where: { $0.rawValue.lowercased() == name }) { return short.rawValue }
        if ByteSpan(name) != nil { return name }
        return FieldSpot.names.contains(name) ? name : nil
    }

    public var description: String { rules.map(\.text).joined(separator: "+") }
}

extension FieldModifier: TextCodable {
    package static let kind = "field modifier"
}

/// `bytes[12..15]` or `bytes[12]`, counted from the frame's first.
struct ByteSpan: Equatable {
    package let range: ClosedRange<Int>

    init?(_ text: String) {
        guard text.hasPrefix("bytes["), text.hasSuffix("]") else { return nil }
        let inner = text.dropFirst(6).dropLast()
        let dots = inner.firstRange(of: "..")
        guard let first = Int(dots.map { inner[..<$0.lowerBound] } ?? inner), let last = Int(dots.map { inner[$0.upperBound...] } ?? inner),
            first >= 0, first <= last, last - first < 8
        else { return nil }
        range = first...last
    }
}
