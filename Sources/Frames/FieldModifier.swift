/// A header field that takes another value from frame to frame, so that one worker makes many flows.
public struct FieldModifier: Codable, Equatable, Hashable, Sendable {
    public enum Field: String, Codable, CaseIterable, Sendable {
        case sourceAddress, destinationAddress
        case sourceIPv4, destinationIPv4
        case sourceIPv6, destinationIPv6
        case sourcePort, destinationPort
        case vlan
    }

    public enum Mode: String, Codable, CaseIterable, Sendable {
        /// The plan's value, then `step` more each frame, `count` values in all, and again.
        case increment
        /// `count` values drawn once from the plan's seed, in that order, and again.
        case random
    }

    public var field: Field
    public var mode: Mode
    /// How many different values; at least 1.
    public var count: Int
    /// Only for `increment`; 1 unless said otherwise.
    public var step: UInt64

    public init(field: Field, mode: Mode, count: Int, step: UInt64 = 1) {
        self.field = field
        self.mode = mode
        self.count = count
        self.step = step
    }
}
