import Frames
import Metrics
import Traffic

/// How the values of a setting are read and bounded.
public struct SettingKind<Value: Equatable & Sendable>: Sendable {
    package let unit: SettingUnit
    /// Stands behind "must be".
    package let allowed: String
    /// Nil where every value that can be read is one that can be had, or other settings decide.
    package let bounds: SettingBounds<Value>?
    /// The only values, if they are few.
    package let words: [String]
    /// Whether several may be written, in a list.
    package let takesList: Bool
    /// As a user would write it.
    package let text: @Sendable (Value) -> String
    /// Nil takes back what another has said.
    package let parse: @Sendable (SettingInput) throws(SettingProblem) -> Value?

    init(
        _ unit: SettingUnit, _ allowed: String, bounds: SettingBounds<Value>? = nil, words: [String] = [], takesList: Bool = false,
        text: @escaping @Sendable (Value) -> String = { "\($0)" },
        parse: @escaping @Sendable (SettingInput) throws(SettingProblem) -> Value?
    ) {
        self.unit = unit
        self.allowed = allowed
        self.bounds = bounds
        self.words = words
        self.takesList = takesList
        self.text = text
        self.parse = parse
    }

    /// A list of such values.
    package func list(_ allowed: String) -> SettingKind<[Value]> {
        let parse = parse, text = text
        return SettingKind<[Value]>(unit, allowed, takesList: true, text: { $0.map(text).joined(separator: ",") }) {
            input throws(SettingProblem) in
            var values: [Value] = []
            for element in try input.elements() {
                if let value = try parse(element) { values.append(value) }
            }
            return values
        }
    }

    /// The same in other words.
    func saying(_ allowed: String) -> SettingKind {
        SettingKind(unit, allowed, bounds: bounds, words: words, takesList: takesList, text: text, parse: parse)
    }

    /// Read by somebody else's parser, which answers nil to what it doesn't know.
    static func parsed(_ allowed: String, _ parse: @escaping @Sendable (String) -> Value?) -> SettingKind {
        SettingKind(.word, allowed) { input throws(SettingProblem) in
            guard let value = parse(try input.text()) else { throw input.problem() }
            return value
        }
    }

    /// Read by a parser of `Metrics`, which says what it allows.
    package static func quantity(
        _ unit: SettingUnit, _ allowed: String, bounds: SettingBounds<Value>? = nil,
        text: @escaping @Sendable (Value) -> String = { "\($0)" },
        _ parse: @escaping @Sendable (String) throws(QuantityError) -> Value
    ) -> SettingKind {
        SettingKind(unit, allowed, bounds: bounds, text: text) { input throws(SettingProblem) in
            let text = try input.text()
            do throws(QuantityError) {
                return try parse(text)
            } catch {
                var problem = input.problem(allowed: error.allowed)
                problem.found += ", which \(error.problem),"
                throw problem
            }
        }
    }
}

/// The range of a setting.
package struct SettingBounds<Value: Sendable>: Sendable {
    /// `1 to 256`.
    package let text: String
    package let contains: @Sendable (Value) -> Bool
    /// The range itself, where it is one of whole numbers.
    package let numbers: ClosedRange<Int>?

    init(_ range: ClosedRange<Value>, text: @escaping @Sendable (Value) -> String = { "\($0)" }) where Value: Comparable {
        self.text = "\(text(range.lowerBound)) to \(text(range.upperBound))"
        contains = { range.contains($0) }
        func number(_ value: Value) -> Int? { (value as? any BinaryInteger).flatMap { Int(exactly: $0) } }
        if let lower = number(range.lowerBound), let upper = number(range.upperBound) { numbers = lower...upper } else { numbers = nil }
    }
}

extension SettingKind where Value: FixedWidthInteger {
    /// Decimal digits; what doesn't fit the type is refused with the range as well.
    package static func number(_ range: ClosedRange<Value>) -> SettingKind {
        let bounds = SettingBounds(range)
        return SettingKind(.number, bounds.text, bounds: bounds) { input throws(SettingProblem) in
            guard let value = Value(try input.text()) else { throw input.problem() }
            return value
        }
    }
}

extension SettingKind where Value == String {
    /// Text of so many characters that no terminal takes for anything else.
    package static func line(characters: ClosedRange<Int>) -> SettingKind {
        parsed("a text of \(SettingBounds(characters).text) characters on one line") { text in
            let hidden: [Unicode.GeneralCategory] = [.control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse]
            let isPlain = !text.unicodeScalars.contains { hidden.contains($0.properties.generalCategory) }
            return isPlain && characters.contains(text.count) && text.contains { !$0.isWhitespace } ? text : nil
        }
    }
}

extension SettingKind where Value == Bool {
    /// `yes`, `on` and their opposites are YAML 1.1's, which many have in their fingers.
    package static let truth = SettingKind(.truth, "true or false") { input throws(SettingProblem) in
        switch try input.text().lowercased() {
        case "true", "yes", "on": return true
        case "false", "no", "off": return false
        default: throw input.problem()
        }
    }
}

extension SettingKind where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    /// One of a few words.
    package static var name: SettingKind { named([]) }

    /// The same, or `auto`, which leaves the choice to vethmark whatever lies below.
    package static var nameOrAuto: SettingKind { named(["auto"]) }

    /// - Parameter others: words that stand for no value.
    private static func named(_ others: [String]) -> SettingKind {
        let names = others + Value.allCases.map(\.rawValue)
        let allowed = names.dropLast().joined(separator: ", ") + " or " + names.suffix(1).joined()
        return SettingKind(.word, allowed, words: names, text: { $0.rawValue }) { input throws(SettingProblem) in
            let text = try input.text()
            if let name = Value(rawValue: text.lowercased()) { return name }
            if others.contains(text.lowercased()) { return nil }
            throw input.problem(hint: Spelling.suggestion(for: text, among: names).map { "did you mean '\($0)'?" })
        }
    }
}

extension SettingKind where Value == UInt64 {
    package static func count(_ allowed: String) -> SettingKind {
        quantity(.number, allowed) { text throws(QuantityError) in try CountText(parsing: text).count }
    }

    /// More than a trillion flows nobody lives to see.
    package static let flows: SettingKind = {
        let bounds = SettingBounds(PlanBounds.flows)
        return quantity(.number, bounds.text, bounds: bounds) { text throws(QuantityError) in try CountText(parsing: text).count }
    }()

    /// Nanoseconds.
    ///
    /// - Parameter zero: What 0 means, where it lies outside of the range.
    package static func duration(_ range: ClosedRange<UInt64>, zero: String? = nil) -> SettingKind {
        let text: @Sendable (UInt64) -> String = { "\(DurationText(nanoseconds: $0))" }
        let bounds = SettingBounds(range, text: text)
        return quantity(.duration, bounds.text + (zero.map { ", or 0: \($0)" } ?? ""), bounds: bounds, text: text) {
            text throws(QuantityError) in try DurationText(parsing: text).nanoseconds
        }
    }
}

extension SettingKind where Value == Int {
    package static func bytes(_ allowed: String) -> SettingKind {
        quantity(.bytes, allowed) { text throws(QuantityError) in try ByteCount(parsing: text).bytes }
    }

    /// Whole milliseconds, which a number alone means as well: it does where such settings come from, in `tpacket_req3`.
    package static func milliseconds(_ range: ClosedRange<Int>) -> SettingKind {
        let allowed = "\(range.lowerBound)ms to \(range.upperBound)ms, in whole milliseconds"
        let plain = SettingKind<UInt64>.quantity(.duration, allowed) { text throws(QuantityError) in
            let isNumber = !text.isEmpty && text.allSatisfy(\.isNumber)
            return try DurationText(parsing: isNumber ? text + "ms" : text).nanoseconds
        }
        let text: @Sendable (Int) -> String = { "\($0) ms" }
        return SettingKind(.duration, allowed, bounds: SettingBounds(range, text: text), text: text) { input throws(SettingProblem) in
            guard let nanoseconds = try plain.parse(input), nanoseconds.isMultiple(of: 1_000_000) else { throw input.problem() }
            return Int(nanoseconds / 1_000_000)
        }
    }
}

extension SettingKind where Value == [Int] {
    /// In order, ranges too; `auto` leaves the choice to the planner whatever a profile says.
    package static let cpus = SettingKind(
        .number, "a list of CPU numbers, one for each worker, as in [0, 2]", takesList: true,
        text: { $0.map(String.init).joined(separator: ",") }
    ) { input throws(SettingProblem) in
        if case .text("auto") = input.content { return nil }
        var cpus: [Int] = []
        for element in try input.elements() {
            guard let range = CPURequest.ordered(try element.text()) else { throw element.problem() }
            cpus += range
        }
        return cpus
    }
}

extension SettingKind where Value == FrameSizes {
    package static let sizes = SettingKind(
        .number,
        "one or more sizes from \(EthernetWire.minimumFrameBytes) to \(EthernetWire.maximumFrameBytes), "
            + "as in 64, [64, 512, 1518], 64:7,1518:1, 64-1518 or imix", takesList: true
    ) { input throws(SettingProblem) in
        let texts = try input.elements().map { element throws(SettingProblem) in try element.text() }
        guard let sizes = FrameSizes(texts.joined(separator: ",")) else { throw input.problem() }
        return sizes
    }
}

extension SettingKind where Value == MACAddress {
    static let macAddress = parsed("a MAC address, as in 02:00:00:00:00:01") { MACAddress($0) }
}

extension SettingKind where Value == InterfaceReference {
    package static let interface = parsed("an interface, as in veth0 or veth0@NETNS") { InterfaceReference($0) }
}

/// An address of either family, by the way it is written.
public enum SettingAddress: Equatable, Sendable {
    case ipv4(IPv4Address)
    case ipv6(IPv6Address)
}

extension SettingAddress: CustomStringConvertible {
    public var description: String {
        switch self {
        case .ipv4(let address): "\(address)"
        case .ipv6(let address): "\(address)"
        }
    }
}

extension SettingKind where Value == SettingAddress {
    static let ipAddress = parsed("an IP address, as in 198.18.0.1 or 2001:2::1") { text in
        IPv4Address(text).map(SettingAddress.ipv4) ?? IPv6Address(text).map(SettingAddress.ipv6)
    }
}

extension SettingKind where Value == FieldModifier {
    package static let modifier = parsed(
        "a list of FIELD=VALUES, as in ip.src=10.0.0.0/24, udp.dstport=1000..1999, vlan.id=random:50, ip.ttl=1|64, sourcePort=inc:100 or bytes[0..5]=inc:9"
    ) { FieldModifier($0) }
}
