/// One or more frame sizes, FCS counted (RFC 2544), and how often each comes in turn.
public struct FrameSizes: Codable, Equatable, Hashable, Sendable {
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

    public var shares: [Share]

    public init(shares: [Share]) { self.shares = shares }
}
