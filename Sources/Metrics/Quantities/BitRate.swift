/// Bits per second; which layer's bits, the name of the variable says.
public struct BitRate: Codable, Equatable, Comparable, Hashable, Sendable {
    public var bitsPerSecond: Double
    public init(bitsPerSecond: Double) { self.bitsPerSecond = bitsPerSecond }
    public static func < (left: Self, right: Self) -> Bool { left.bitsPerSecond < right.bitsPerSecond }

    /// From a bit to a petabit a second.
    public static let allowed: ClosedRange<Double> = 1...1e15

    /// Preamble (7), start of frame delimiter (1) and inter-packet gap (12): what a frame takes on the wire
    /// beside its own bytes (IEEE 802.3, 3.1.1 and 4.4.2).
    public static let layer1OverheadBytes: Double = 20
}

extension BitRate: CustomStringConvertible {
    static let allowedText = "more than zero, as in 5gbps, 100mbps or 9.6kbps"
    static let scale = UnitScale(("b/s", 0), ("kb/s", 3), ("Mb/s", 6), ("Gb/s", 9), ("Tb/s", 12))
    static let unitPowers: [String: Int] = {
        var powers: [String: Int] = [:]
        for (prefix, power) in [("", 0), ("k", 3), ("m", 6), ("g", 9), ("t", 12)] {
            for unit in ["bps", "b/s", "bit", "bit/s"] { powers[prefix + unit] = power }
            // As iperf3 and tc take it: `1G`. A number alone could be anything.
            if !prefix.isEmpty { powers[prefix] = power }
        }
        return powers
    }()

    /// `5gbps`, `9.8 Gb/s`, `100mbit`, `1G`: SI prefixes, in any case; the unit or its prefix is needed, and always means bits.
    public init(parsing text: String) throws(QuantityError) {
        try self.init(QuantityLiteral(parsing: text, quantity: "bit rate", allowed: Self.allowedText))
    }

    init(_ literal: QuantityLiteral) throws(QuantityError) {
        guard let power = Self.unitPowers[literal.unit] else { throw literal.unitError }
        self.init(bitsPerSecond: try literal.real(timesPowerOfTen: power, within: Self.allowed))
    }

    /// `9.8 Gb/s`: four significant digits.
    public var description: String {
        bitsPerSecond.isFinite
            ? Self.scale.text(DecimalNumber(bitsPerSecond), significantDigits: 4) : "\(bitsPerSecond) b/s"
    }

    /// Frames per second, if these are layer 2 bits.
    ///
    /// - Parameter meanFrameBytes: With FCS; above zero.
    public func packetRateAtLayer2(meanFrameBytes: Double) -> PacketRate {
        PacketRate(packetsPerSecond: bitsPerSecond / (8 * meanFrameBytes))
    }

    /// Frames per second, if these are layer 1 bits.
    ///
    /// - Parameter meanFrameBytes: With FCS; above zero.
    public func packetRateAtLayer1(meanFrameBytes: Double) -> PacketRate {
        packetRateAtLayer2(meanFrameBytes: meanFrameBytes + Self.layer1OverheadBytes)
    }
}
