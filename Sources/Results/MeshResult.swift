import Plans

/// A mesh of ranks, each pair of which was one run: `vethmark.mesh/1`.
public struct MeshResult: Codable, Equatable, Sendable {
    public static let currentSchema = "vethmark.mesh/1"

    public var schema: String
    /// `pairs`, `all-to-one`, `one-to-all`.
    public var pattern: String
    /// As rank 0 was asked for it; what each meeting made of it stands in its own result.
    public var plan: TrialPlan
    /// In the order of their numbers.
    public var ranks: [Rank]
    /// All that the pattern asks for, in the order of rounds.
    public var meetings: [Meeting]
    /// Whether every meeting was held, and every result can be trusted.
    public var trusted: Bool
    /// The words of rank 0's command line.
    public var command: [String]

    public struct Rank: Codable, Equatable, Sendable {
        /// From 0.
        public var rank: Int
        /// What its machine calls itself; nil for one that never came.
        public var host: String?
        /// Why it wasn't there to the end; nil if it was.
        public var lost: String?

        public init(rank: Int, host: String?, lost: String?) { (self.rank, self.host, self.lost) = (rank, host, lost) }
    }

    /// One rank sent to another.
    public struct Meeting: Codable, Equatable, Sendable {
        /// From 0; no rank is in two meetings of one.
        public var round: Int
        public var sender: Int
        public var receiver: Int
        /// Why it was not held to its end; nil if it was.
        public var missed: String?
        /// The sender's whole run. Of a missed meeting what was known when it ended; nil if nothing was.
        public var result: RunResult?

        public init(round: Int, sender: Int, receiver: Int, missed: String?, result: RunResult?) {
            (self.round, self.sender, self.receiver) = (round, sender, receiver)
            (self.result, self.missed) = (result, missed ?? Self.fault(of: result))
        }

        /// What both ranks came through is no meeting all the same, if the other was lost meanwhile or nothing was sent.
        private static func fault(of result: RunResult?) -> String? {
            guard let result else { return "its sender had no result" }
            if let failure = result.failure { return failure }
            return result.warnings.first { $0.code == "peer-lost" }?.message
        }

        /// Whether its figures can be believed.
        public var isTrusted: Bool { missed == nil && result?.trusted == true && result?.gates?.contains { !$0.passed } != true }
    }

    public init(pattern: String, plan: TrialPlan, ranks: [Rank], meetings: [Meeting], command: [String]) {
        schema = Self.currentSchema
        (self.pattern, self.plan, self.ranks, self.meetings, self.command) = (pattern, plan, ranks, meetings, command)
        trusted = !meetings.isEmpty && meetings.allSatisfy { $0.missed == nil && $0.result?.trusted == true }
    }
}
