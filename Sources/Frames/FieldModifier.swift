/// A header field that takes another value from frame to frame, so that one worker makes many flows.
public struct FieldModifier: Equatable, Hashable, Sendable {
    public enum Field: String, Codable, CaseIterable, Sendable {
        case sourceAddress, destinationAddress
        case sourceIPv4, destinationIPv4
        case sourceIPv6, destinationIPv6
        case sourcePort, destinationPort
        /// The innermost tag's identifier.
        case vlan
    }

    public enum Mode: String, Codable, CaseIterable, Sendable {
        /// The plan's value, then `step` more each frame, `count` values in all, and again.
        case increment
        /// `count` values drawn from the plan's seed, in that order, and again.
        case random
    }

    public var field: Field
    public var mode: Mode
    /// How many values before the first comes again.
    public var count: Int
    /// For `increment` only.
    public var step: UInt64

    public static let maximumCount = 65_536

    public init(field: Field, mode: Mode, count: Int, step: UInt64 = 1) {
        self.field = field
        self.mode = mode
        self.count = count
        self.step = step
    }

    /// Whether count and step make sense.
    public var isValid: Bool { (1...Self.maximumCount).contains(count) && step > 0 }
}

extension FieldModifier: LosslessStringConvertible {
    /// `sourcePort=inc:100`, `destinationPort=inc:10:2` or `sourceIPv4=random:50`; nil for all else.
    public init?(_ text: String) {
        let halves = text.split(separator: "=", omittingEmptySubsequences: false)
        guard halves.count == 2, let field = Field.allCases.first(where: { $0.rawValue.lowercased() == halves[0].lowercased() })
        else { return nil }
        let parts = halves[1].split(separator: ":", omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count), let count = Int(parts[1]) else { return nil }
        switch parts[0].lowercased() {
        case "inc", "increment":
            guard let step = parts.count == 3 ? UInt64(parts[2]) : 1 else { return nil }
            self.init(field: field, mode: .increment, count: count, step: step)
        case "random":
            guard parts.count == 2 else { return nil }
            self.init(field: field, mode: .random, count: count)
        default: return nil
        }
        guard isValid else { return nil }
    }

    public var description: String {
        switch mode {
        case .increment: step == 1 ? "\(field.rawValue)=inc:\(count)" : "\(field.rawValue)=inc:\(count):\(step)"
        case .random: "\(field.rawValue)=random:\(count)"
        }
    }
}

extension FieldModifier: TextCodable {
    static let kind = "field modifier"
}
