/// Active queues and their maxima, what `ethtool -l` shows; nil where ethtool says n/a.
public struct LinkChannelCounts: Encodable, Equatable, Sendable {
    public var receive: Int?
    public var transmit: Int?
    public var combined: Int?
    /// What the link was made with.
    public var maximum: Maximum

    public struct Maximum: Encodable, Equatable, Sendable {
        public var receive: Int?
        public var transmit: Int?
        public var combined: Int?

        private enum CodingKeys: String, CodingKey {
            case receive = "rx"
            case transmit = "tx"
            case combined
        }
    }

    private enum CodingKeys: String, CodingKey {
        case receive = "rx"
        case transmit = "tx"
        case combined, maximum
    }
}
