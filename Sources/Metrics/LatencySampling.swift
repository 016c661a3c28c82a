/// Which frames carry the time at which they left, and so have a latency: all, one in so many, or none.
///
/// The others have 0 where it would stand. Every frame is numbered all the same: loss, order and rates don't hang on it.
public struct LatencySampling: Equatable, Sendable {
    /// One frame of so many of each worker; 0 for none.
    public let period: UInt64

    public static let all = LatencySampling(period: 1)
    public static let off = LatencySampling(period: 0)
    public static let periods: ClosedRange<UInt64> = 2...65_536
    package static let allowed = "all, off, or 1/N for one frame in N, 2 to 65536"

    package init(period: UInt64) { self.period = period }

    /// Whether there is a frame without a time.
    public var isPartial: Bool { period != 1 }
}

extension LatencySampling: Codable, LosslessStringConvertible {
    /// - Parameter text: as `description` writes it; nil for anything else.
    public init?(_ text: String) {
        switch text {
        case "all", "1/1": self = .all
        case "off": self = .off
        default:
            guard text.hasPrefix("1/"), let period = UInt64(text.dropFirst(2)), Self.periods.contains(period) else { return nil }
            self.init(period: period)
        }
    }

    public var description: String {
        switch period {
        case 0: "off"
        case 1: "all"
        default: "1/\(period)"
        }
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let value = Self(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "'\(text)' says of no frames whose latency is measured")
        }
        self = value
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// Where a loop is between two frames that carry the time.
@frozen
public struct SampleCountdown: Sendable {
    @usableFromInline var left: UInt64
    @usableFromInline let restart: UInt64

    /// The first frame carries it.
    @inlinable
    public init(period: UInt64) {
        // Of none at all, the first comes behind the last sequence number.
        (left, restart) = period == 0 ? (.max, .max) : (0, period &- 1)
    }

    /// The time for the next frame.
    ///
    /// - Returns: 0 for a frame that carries none.
    @inlinable @inline(__always)
    public mutating func time(_ nanoseconds: UInt64) -> UInt64 {
        let isTimed = left == 0
        left = isTimed ? restart : left &- 1
        return isTimed ? nanoseconds : 0
    }
}
