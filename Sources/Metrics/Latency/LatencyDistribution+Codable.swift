/// As it goes from one host to another: the counters that hold anything, by number, and the exact figures beside them.
extension LatencyDistribution: Codable {
    private enum Key: String, CodingKey {
        case places, counts, overflow, negative, sumHigh, sumLow, minimum, maximum
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        let filled = counters
        try container.encode(filled.map(\.place), forKey: .places)
        try container.encode(filled.map(\.count), forKey: .counts)
        try container.encode(overflow, forKey: .overflow)
        try container.encode(negative, forKey: .negative)
        // JSON's readers know 64 bits.
        try container.encode(UInt64(truncatingIfNeeded: sum >> 64), forKey: .sumHigh)
        try container.encode(UInt64(truncatingIfNeeded: sum), forKey: .sumLow)
        try container.encode(minimum, forKey: .minimum)
        try container.encode(maximum, forKey: .maximum)
    }

    /// - Throws: `DecodingError`, for counters that no recorder has as well.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        func word(_ key: Key) throws -> UInt64 { try container.decode(UInt64.self, forKey: key) }
        let places = try container.decode([Int].self, forKey: .places)
        let counts = try container.decode([UInt64].self, forKey: .counts)
        var counters = [UInt64](repeating: 0, count: LatencyRecorder.counterCount)
        guard places.count == counts.count, places.allSatisfy(counters.indices.contains) else {
            throw DecodingError.dataCorruptedError(forKey: .places, in: container, debugDescription: "no recorder has such counters")
        }
        for (place, count) in zip(places, counts) { counters[place] = count }
        self.init(
            counters: counters, overflow: try word(.overflow), negative: try word(.negative),
            sum: UInt128(try word(.sumHigh)) << 64 | UInt128(try word(.sumLow)), minimum: try word(.minimum), maximum: try word(.maximum))
    }
}
