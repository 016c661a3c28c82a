import Frames

/// One or more frame sizes, FCS counted (RFC 2544), and how often each comes in a round.
public struct FrameSizes: Equatable, Hashable, Sendable {
    public struct Share: Codable, Equatable, Hashable, Sendable {
        /// With the 4-byte FCS.
        public var sizeBytes: Int
        /// How often in one round.
        public var weight: Int

        public init(sizeBytes: Int, weight: Int) {
            self.sizeBytes = sizeBytes
            self.weight = weight
        }
    }

    /// At least one.
    public let shares: [Share]
    /// Where each size of a range comes once a round.
    public let range: ClosedRange<Int>?

    /// From a header and the FCS on. What is below Ethernet's least is for frames that are short on purpose, and a plan knows whether they are.
    static let possibleBytes = (EthernetWire.headerBytes + EthernetWire.fcsBytes)...EthernetWire.maximumFrameBytes

    /// Rounds longer than this would only blow up the ring.
    static let maximumRound = 1024
    /// All sizes up to jumbo frames.
    static let maximumRange = 10_000

    /// Nil without shares, with sizes that no frame has, weights below 1 or a round too long.
    public init?(shares: [Share]) {
        guard !shares.isEmpty,
            shares.allSatisfy({ Self.possibleBytes.contains($0.sizeBytes) && (1...Self.maximumRound).contains($0.weight) }),
            shares.reduce(0, { $0 + $1.weight }) <= Self.maximumRound
        else { return nil }
        self.shares = shares
        range = nil
    }

    /// Each size once a round, small and large ones well mixed: the next is a golden section of the range further on, so that the mean of any stretch
    /// is near the whole's. Nil for sizes that no frame has, and more than 10,000.
    public init?(range: ClosedRange<Int>) {
        guard Self.possibleBytes.contains(range.lowerBound), Self.possibleBytes.contains(range.upperBound), range.count <= Self.maximumRange
        else { return nil }
        let count = UInt64(range.count)
        var step = max(1, UInt64(Double(count) * 0.618_033_988_749_895))
        while greatestCommonDivisor(step, count) > 1 { step += 1 }
        shares = (0..<count).map { Share(sizeBytes: range.lowerBound + Int($0 * step % count), weight: 1) }
        self.range = range
    }

    /// Every frame of one size; nil for a size that no frame has.
    public init?(sizeBytes: Int) { self.init(shares: [Share(sizeBytes: sizeBytes, weight: 1)]) }

    /// The simple IMIX, 7:4:1 of 64, 594 and 1518 bytes (the sizes of RFC 6985 section 4's example set).
    public static let imix = FrameSizes(
        trusted: [.init(sizeBytes: 64, weight: 7), .init(sizeBytes: 594, weight: 4), .init(sizeBytes: 1518, weight: 1)])
    /// The mix of FD.io CSIT, 28:16:4 of 64, 570 and 1518 bytes.
    public static let imixCSIT = FrameSizes(
        trusted: [.init(sizeBytes: 64, weight: 28), .init(sizeBytes: 570, weight: 16), .init(sizeBytes: 1518, weight: 4)])

    private init(trusted shares: [Share]) {
        self.shares = shares
        range = nil
    }

    public var minimumBytes: Int { shares.reduce(.max) { min($0, $1.sizeBytes) } }
    public var maximumBytes: Int { shares.reduce(0) { max($0, $1.sizeBytes) } }

    /// Over one round, FCS counted.
    public var meanBytes: Double {
        Double(shares.reduce(0) { $0 + $1.sizeBytes * $1.weight }) / Double(roundLength)
    }

    /// Frames in one round.
    public var roundLength: Int { shares.reduce(0) { $0 + $1.weight } }

    /// One round, each size spread evenly over it.
    public var round: [Int] { Self.spread(shares.map(\.weight)).map { shares[$0].sizeBytes } }

    /// Indices of `weights`, each as often as it says: the next is always the one that is furthest behind its share, the first winning a tie.
    package static func spread(_ weights: [Int]) -> [Int] {
        if weights.allSatisfy({ $0 == 1 }) { return Array(weights.indices) }
        let length = weights.reduce(0, +)
        var taken = [Int](repeating: 0, count: weights.count)
        return (1...length).map { position in
            let behind = weights.indices.map { weights[$0] * position - taken[$0] * length }
            let next = behind.indices.reduce(0) { behind[$1] > behind[$0] ? $1 : $0 }
            taken[next] += 1
            return next
        }
    }
}

extension FrameSizes: LosslessStringConvertible {
    /// `64`, `64,512,1518`, `64:7,594:4,1518:1`, `64-1518`, `imix` or `imix-csit`.
    public init?(_ text: String) {
        switch text.lowercased() {
        case "imix": self = .imix
        case "imix-csit": self = .imixCSIT
        default:
            let ends = text.split(separator: "-", omittingEmptySubsequences: false)
            if ends.count == 2, let first = Int(ends[0]), let last = Int(ends[1]), first <= last {
                self.init(range: first...last)
                return
            }
            var shares: [Share] = []
            for part in text.split(separator: ",", omittingEmptySubsequences: false) {
                let numbers = part.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
                guard numbers.count <= 2, let size = numbers[0], let weight = numbers.count == 2 ? numbers[1] : 1 else {
                    return nil
                }
                shares.append(Share(sizeBytes: size, weight: weight))
            }
            self.init(shares: shares)
        }
    }

    public var description: String {
        if self == .imix { return "imix" }
        if self == .imixCSIT { return "imix-csit" }
        if let range { return "\(range.lowerBound)-\(range.upperBound)" }
        let isEven = shares.allSatisfy { $0.weight == 1 }
        return shares.map { isEven ? "\($0.sizeBytes)" : "\($0.sizeBytes):\($0.weight)" }.joined(separator: ",")
    }
}

extension FrameSizes: TextCodable {
    package static let kind = "frame size"
}
