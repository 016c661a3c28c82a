/// Which frames carry the time at which they left, and so have a latency: all, one in so many, or none.
///
/// The others have 0 where it would stand. Every frame is numbered all the same: loss, order and rates don't hang on it.
public struct LatencySampling: Equatable, Sendable {
    /// One frame of so many of each worker, at a place that is drawn; 0 for none.
    public let period: UInt64

    public static let all = LatencySampling(period: 1)
    public static let off = LatencySampling(period: 0)
    public static let periods: ClosedRange<UInt64> = 2...65_536
    package static let allowed = "all, off, or 1/N for one frame in N, 2 to 65536"

    package init(period: UInt64) { self.period = period }

    /// Whether there is a frame without a time.
    public var isPartial: Bool { period != 1 }
}

extension LatencySampling: WrittenAsText {
    /// - Throws: `QuantityError` for what `description` doesn't write.
    public init(parsing text: String) throws(QuantityError) {
        switch text {
        case "all", "1/1": self = .all
        case "off": self = .off
        default:
            guard text.hasPrefix("1/"), let period = UInt64(text.dropFirst(2)), Self.periods.contains(period) else {
                throw QuantityError(quantity: "latency", found: text, problem: .unknownForm, allowed: Self.allowed)
            }
            self.init(period: period)
        }
    }

    /// Nil for what can't be parsed.
    public init?(_ text: String) {
        guard let value = try? Self(parsing: text) else { return nil }
        self = value
    }

    public var description: String {
        switch period {
        case 0: "off"
        case 1: "all"
        default: "1/\(period)"
        }
    }
}

/// Where a loop is between two frames that carry the time.
///
/// Of each run of `period` frames one carries it, at a place that is drawn: every N-th would meet the same sizes, streams and places in a batch again and
/// again. All engines draw the same places.
@frozen
public struct SampleCountdown: Sendable {
    /// Frames to come before the next that carries the time.
    @usableFromInline var left: UInt64
    /// Of the latest that does, in its run.
    @usableFromInline var place: UInt64 = 0
    @usableFromInline var random: UInt64 = 0
    @usableFromInline let period: UInt64

    /// Of the linear congruential generator modulo 2³² (Numerical Recipes, section 7.1), whose upper bits are used.
    @inlinable package static var multiplier: UInt64 { 1_664_525 }
    @inlinable package static var increment: UInt64 { 1_013_904_223 }

    /// The first frame carries it.
    @inlinable
    public init(period: UInt64) {
        self.period = period
        // Of none at all, the first comes behind the last sequence number.
        left = period == 0 ? .max : 0
    }

    /// The time for the next frame.
    ///
    /// - Returns: 0 for a frame that carries none.
    @inlinable @inline(__always)
    public mutating func time(_ nanoseconds: UInt64) -> UInt64 {
        guard period != 1 else { return nanoseconds }
        guard left == 0 else {
            left &-= 1
            return 0
        }
        random = (random &* Self.multiplier &+ Self.increment) & 0xFFFF_FFFF
        let next = (random &* period) &>> 32
        left = period &- place &+ next &- 1
        place = next
        return nanoseconds
    }
}
