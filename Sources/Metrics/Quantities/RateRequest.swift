/// A load as the user says it. In results it is its text.
public enum RateRequest: Equatable, Hashable, Sendable {
    /// As fast as the kernel takes frames.
    case max
    case packets(PacketRate)
    /// Layer 2, with FCS.
    case bits(BitRate)
    /// 0 < percent ≤ 100 of a declared line rate (layer 1).
    case percent(Double)
}

extension RateRequest: CustomStringConvertible {
    private static let allowedText = "max, 1.5mpps, 500kpps, 100pps, 5gbps, 100mbps (layer 2) or 23% of the line rate"
    private static let packetScale = UnitScale(("pps", 0), ("kpps", 3), ("mpps", 6), ("gpps", 9))
    private static let bitScale = UnitScale(("bps", 0), ("kbps", 3), ("mbps", 6), ("gbps", 9), ("tbps", 12))

    /// `max`, `1.5mpps`, `5gbps`, `1G`, `23%`, in any case; a prefix alone means bits, as to iperf3. A number alone is refused: it would mean
    /// frames to those who come from pktgen, and bits to those who come from iperf3.
    public init(parsing text: String) throws(QuantityError) {
        guard text.lowercased() != "max" else {
            self = .max
            return
        }
        let literal = try QuantityLiteral(parsing: text, quantity: "rate", allowed: Self.allowedText)
        if literal.unit == "%" {
            self = .percent(try literal.real(timesPowerOfTen: 0, within: 1e-9...100))
        } else if BitRate.unitPowers[literal.unit] != nil {
            self = .bits(try BitRate(literal))
        } else {
            self = .packets(try PacketRate(literal))
        }
    }

    /// The text that parses to the same value again: `max`, `1.5mpps`, `5gbps`, `23%`.
    public var description: String {
        switch self {
        case .max: "max"
        case .packets(let rate): Self.packetScale.exactText(DecimalNumber(rate.packetsPerSecond), separator: "")
        case .bits(let rate): Self.bitScale.exactText(DecimalNumber(rate.bitsPerSecond), separator: "")
        case .percent(let percent): DecimalNumber(percent).text + "%"
        }
    }
}

extension RateRequest: WrittenAsText {}

extension RateRequest {
    /// Why a request is no packet rate.
    public enum ConversionError: Error, Equatable, Sendable, CustomStringConvertible {
        case missingLineRate
        /// The outcome can't be scheduled: see `PacketRate.allowed`.
        case outOfRange(PacketRate)

        public var description: String {
            switch self {
            case .missingLineRate: "a percentage needs a line rate to be a percentage of"
            case .outOfRange(let rate): "the rate comes to \(rate), which can't be scheduled"
            }
        }
    }

    /// Frames per second over all workers; nil for `max`.
    ///
    /// - Parameters:
    ///   - meanFrameBytes: With FCS; above zero.
    ///   - lineRate: Layer 1; only needed for a percentage.
    public func packetRate(meanFrameBytes: Double, lineRate: BitRate?) throws(ConversionError) -> PacketRate? {
        let rate: PacketRate
        switch self {
        case .max: return nil
        case .packets(let packets): rate = packets
        case .bits(let bits): rate = bits.packetRateAtLayer2(meanFrameBytes: meanFrameBytes)
        case .percent(let percent):
            guard let lineRate else { throw .missingLineRate }
            let share = BitRate(bitsPerSecond: lineRate.bitsPerSecond * percent / 100)
            rate = share.packetRateAtLayer1(meanFrameBytes: meanFrameBytes)
        }
        guard PacketRate.allowed.contains(rate.packetsPerSecond) else { throw .outOfRange(rate) }
        return rate
    }
}
