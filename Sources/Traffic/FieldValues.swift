import Frames

/// Which values a field takes, one after the other, and again from the first.
public enum FieldValues: Equatable, Hashable, Sendable {
    /// `step` more each time, from `start` or the plan's own value on; what leaves the field's range comes in again at its other end.
    case counter(start: FieldLiteral?, step: UInt64, count: UInt64, isDown: Bool)
    /// These, each as often as its weight says, spread evenly.
    case list([Choice])
    /// `count` different values of the range, or of the field's own, in an order that the seed draws.
    case random(count: UInt64, range: ClosedRange<FieldLiteral>?)

    public struct Choice: Equatable, Hashable, Sendable {
        public var value: FieldLiteral
        public var weight: Int
    }

    /// More than this nobody lives to see again.
    public static let maximumCount: UInt64 = 1 << 40
    static let maximumListLength = 1_024

    /// How many times a value is taken before the first is again.
    public var count: UInt64 {
        switch self {
        case .counter(_, _, let count, _), .random(let count, _): count
        case .list(let choices): choices.reduce(0) { $0 + UInt64($1.weight) }
        }
    }

    /// Whether count, step and weights make sense.
    var isValid: Bool {
        switch self {
        case .counter(_, let step, let count, _): (1...Self.maximumCount).contains(count) && step > 0
        case .random(let count, _): (1...Self.maximumCount).contains(count)
        case .list(let choices):
            !choices.isEmpty && choices.allSatisfy { (1...Self.maximumListLength).contains($0.weight) }
                && choices.reduce(0) { $0 + $1.weight } <= Self.maximumListLength
        }
    }
}

extension FieldValues {
    /// `inc:100`, `inc:100:2`, `dec:10`, `random:50`, `random:50:10.0.0.0/8`, `1000..1999`, `1000..2000/10`, `10.0.0.0/16`, `53|80*2|443`; nil for
    /// all else.
    init?(_ text: Substring) {
        let parts = text.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        switch parts[0].lowercased() {
        case "inc", "increment", "dec", "decrement":
            guard parts.count > 1, let count = UInt64(parts[1]), let step = parts.count == 3 ? UInt64(parts[2]) : 1 else { return nil }
            self = .counter(start: nil, step: step, count: count, isDown: parts[0].lowercased().hasPrefix("dec"))
        case "random":
            guard parts.count > 1, let count = UInt64(parts[1]) else { return nil }
            guard parts.count == 3 else {
                self = .random(count: count, range: nil)
                return
            }
            guard let (first, last, _) = Self.range(parts[2]) ?? Self.prefix(parts[2]).map({ ($0, $1, 1) }), first <= last else {
                return nil
            }
            self = .random(count: count, range: first...last)
        default:
            if let (first, last, step) = Self.range(text) {
                guard step > 0, let span = UInt64(exactly: first.distance(to: last) / UInt128(step)), span < Self.maximumCount else {
                    return nil
                }
                self = .counter(start: first, step: step, count: span + 1, isDown: first > last)
            } else if let (first, last) = Self.prefix(text) {
                guard let span = UInt64(exactly: first.distance(to: last)), span < Self.maximumCount else { return nil }
                self = .counter(start: first, step: 1, count: span + 1, isDown: false)
            } else {
                var choices: [Choice] = []
                for choice in text.split(separator: "|", omittingEmptySubsequences: false) {
                    let halves = choice.split(separator: "*", omittingEmptySubsequences: false)
                    guard halves.count <= 2, let value = FieldLiteral(halves[0]), let weight = halves.count == 2 ? Int(halves[1]) : 1
                    else { return nil }
                    choices.append(Choice(value: value, weight: weight))
                }
                self = .list(choices)
            }
        }
    }

    /// `FIRST..LAST` or `FIRST..LAST/STEP`.
    private static func range(_ text: Substring) -> (FieldLiteral, FieldLiteral, UInt64)? {
        guard let dots = text.firstRange(of: "..") else { return nil }
        let halves = text[dots.upperBound...].split(separator: "/", omittingEmptySubsequences: false)
        guard halves.count <= 2, let first = FieldLiteral(text[..<dots.lowerBound]), let last = FieldLiteral(halves[0]),
            first.form == last.form,
            let step = halves.count == 2 ? UInt64(halves[1]) : 1
        else { return nil }
        return (first, last, step)
    }

    /// `ADDRESS/LENGTH`: the network's first and last address.
    private static func prefix(_ text: Substring) -> (FieldLiteral, FieldLiteral)? {
        let halves = text.split(separator: "/", omittingEmptySubsequences: false)
        guard halves.count == 2, let address = FieldLiteral(halves[0]), let length = Int(halves[1]) else { return nil }
        let bits: Int
        switch address.form {
        case .ipv4: bits = 32
        case .ipv6: bits = 128
        default: return nil
        }
        guard (0...bits).contains(length) else { return nil }
        let hosts: UInt128 = length == bits ? 0 : .max >> UInt128(128 - bits + length)
        // Host bits beside a prefix are a slip: nobody knows which of the two was meant.
        guard address.value & hosts == 0 else { return nil }
        return (address, FieldLiteral(value: address.value | hosts, form: address.form))
    }
}

/// A value as it is written: a number, decimal or hexadecimal behind `0x`, or an address.
public struct FieldLiteral: Equatable, Hashable, Sendable, Comparable {
    public let value: UInt128
    public let form: FieldPlace.Form

    init(value: UInt128, form: FieldPlace.Form) {
        self.value = value
        self.form = form
    }

    init?(_ text: Substring) {
        if let number = text.lowercased().hasPrefix("0x") ? UInt128(text.dropFirst(2), radix: 16) : UInt128(text) {
            self.init(value: number, form: .number)
        } else if let address = MACAddress(String(text)) {
            self.init(value: UInt128(address.value), form: .mac)
        } else if let address = IPv4Address(String(text)) {
            self.init(value: UInt128(address.value), form: .ipv4)
        } else if let address = IPv6Address(String(text)) {
            self.init(value: UInt128(address.high) << 64 | UInt128(address.low), form: .ipv6)
        } else {
            return nil
        }
    }

    public static func < (left: FieldLiteral, right: FieldLiteral) -> Bool { left.value < right.value }

    package func distance(to other: FieldLiteral) -> UInt128 { value < other.value ? other.value - value : value - other.value }
}
