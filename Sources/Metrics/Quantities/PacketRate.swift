/// Frames per second.
public struct PacketRate: Codable, Equatable, Comparable, Hashable, Sendable {
    public var packetsPerSecond: Double
    public init(packetsPerSecond: Double) { self.packetsPerSecond = packetsPerSecond }
    public static func < (left: Self, right: Self) -> Bool { left.packetsPerSecond < right.packetsPerSecond }

    /// What can be scheduled: from one frame in eleven days to a frame each picosecond.
    public static let allowed: ClosedRange<Double> = 1e-6...1e12
}

extension PacketRate: CustomStringConvertible {
    static let allowedText = "more than zero, as in 1.5mpps, 500kpps or 100pps"
    static let scale = UnitScale(("pps", 0), ("kpps", 3), ("Mpps", 6), ("Gpps", 9))
    static let unitPowers = ["pps": 0, "kpps": 3, "mpps": 6, "gpps": 9]

    /// `1.5mpps`, `500 kpps`, `1e6pps`: SI prefixes, in any case; the unit is needed.
    public init(parsing text: String) throws(QuantityError) {
        try self.init(QuantityLiteral(parsing: text, quantity: "packet rate", allowed: Self.allowedText))
    }

    init(_ literal: QuantityLiteral) throws(QuantityError) {
        guard let power = Self.unitPowers[literal.unit] else { throw literal.unitError }
        self.init(packetsPerSecond: try literal.real(timesPowerOfTen: power, within: Self.allowed))
    }

    /// `1.488 Mpps`: four significant digits.
    public var description: String {
        packetsPerSecond.isFinite
            ? Self.scale.text(DecimalNumber(packetsPerSecond), significantDigits: 4) : "\(packetsPerSecond) pps"
    }

    /// Layer 2: the frames with their FCS.
    public func layer2(meanFrameBytes: Double) -> BitRate {
        BitRate(bitsPerSecond: packetsPerSecond * 8 * meanFrameBytes)
    }

    /// Layer 1: what the frames take on an Ethernet wire.
    public func layer1(meanFrameBytes: Double) -> BitRate {
        layer2(meanFrameBytes: meanFrameBytes + BitRate.layer1OverheadBytes)
    }
}
