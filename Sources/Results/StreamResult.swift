import Metrics

/// One stream of a trial: one entry of `.trials[].streams`, in the plan's order.
public struct StreamResult: Codable, Equatable, Sendable {
    public var name: String
    /// Frames in a round of all streams'.
    public var share: Int
    public var ledger: Book
    public var rates: Rates
    /// Nil if nobody looked.
    public var latency: Latency?
    /// Nil where streams keep no paces of their own.
    public var pacing: PacingResult?

    public init(name: String, share: Int, ledger: Book, rates: Rates, latency: Latency? = nil) {
        self.name = name
        self.share = share
        self.ledger = ledger
        self.rates = rates
        self.latency = latency
    }

    /// A stream's part of the book of frames. Which of several rows of drops a frame is in nobody can tell by stream.
    public struct Book: Codable, Equatable, Sendable {
        public var sent: UInt64
        /// Distinct frames that came as they left; nil, as all that follows, if nobody looked.
        public var received: UInt64?
        /// Distinct frames that came with another length or payload.
        public var altered: UInt64?
        /// Sent and never seen.
        public var lost: UInt64?
        /// Lost over sent frames, 0 to 1.
        public var lossRatio: Double?
        public var duplicates: UInt64?
        /// Frames that came behind a later one of their own stream (RFC 4737).
        public var reordered: UInt64?

        public init(sent: UInt64) { self.sent = sent }
    }

    public struct Rates: Codable, Equatable, Sendable {
        public var txPps: Double
        /// Frames that came, altered ones too; nil if nobody looked.
        public var rxPps: Double?
        /// Layer 2, each frame with an FCS.
        public var txL2Bps: Double
        public var rxL2Bps: Double?

        public init(txPps: Double, txL2Bps: Double) {
            self.txPps = txPps
            self.txL2Bps = txL2Bps
        }
    }

    public struct Latency: Codable, Equatable, Sendable {
        /// Receive timestamp minus send timestamp.
        public var path: LatencySummary

        public init(path: LatencySummary) { self.path = path }
    }

    private enum CodingKeys: String, CodingKey { case name, share, ledger, rates, latency, pacing }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        name = try values.decode(String.self, forKey: .name)
        share = try values.decode(Int.self, forKey: .share)
        pacing = try values.decodeIfPresent(PacingResult.self, forKey: .pacing)
        if values.contains(.ledger) {
            ledger = try values.decode(Book.self, forKey: .ledger)
            rates = try values.decode(Rates.self, forKey: .rates)
            latency = try values.decodeIfPresent(Latency.self, forKey: .latency)
        } else {
            // The first results with streams had all figures side by side.
            ledger = try Book(from: decoder)
            rates = try Rates(from: decoder)
            latency = try? Latency(from: decoder)
        }
    }
}
