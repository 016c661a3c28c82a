import Metrics

/// Rates are written as a user would write them, so that a result's plan can be read, and typed again.
extension TrialPlan.Load: Codable {
    private enum CodingKeys: String, CodingKey {
        case rate, lineRate, packetRate, shape, course, frameCount, durationNanoseconds, warmupNanoseconds
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        rate = try values.decode(RateRequest.self, forKey: .rate)
        lineRate = nil
        packetRate = nil
        if case .bits(let bits) = try values.decodeIfPresent(RateRequest.self, forKey: .lineRate) { lineRate = bits }
        if case .packets(let packets) = try values.decodeIfPresent(RateRequest.self, forKey: .packetRate) {
            packetRate = packets
        }
        // Results of before there was a choice have none.
        shape = try values.decodeIfPresent(LoadShape.self, forKey: .shape) ?? .constant
        course = try values.decodeIfPresent([RateStretch].self, forKey: .course)
        frameCount = try values.decodeIfPresent(UInt64.self, forKey: .frameCount)
        durationNanoseconds = try values.decodeIfPresent(UInt64.self, forKey: .durationNanoseconds)
        warmupNanoseconds = try values.decode(UInt64.self, forKey: .warmupNanoseconds)
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(rate, forKey: .rate)
        try values.encodeIfPresent(lineRate.map(RateRequest.bits), forKey: .lineRate)
        try values.encodeIfPresent(packetRate.map(RateRequest.packets), forKey: .packetRate)
        try values.encode(shape, forKey: .shape)
        try values.encodeIfPresent(course, forKey: .course)
        try values.encodeIfPresent(frameCount, forKey: .frameCount)
        try values.encodeIfPresent(durationNanoseconds, forKey: .durationNanoseconds)
        try values.encode(warmupNanoseconds, forKey: .warmupNanoseconds)
    }
}
