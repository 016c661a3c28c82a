/// Of which saved run another is the repetition, and what was different this time: `.rerunOf` of a result.
public struct Repetition: Codable, Equatable, Sendable {
    /// The file or folder that it was read from.
    public var source: String
    /// When that run began, in ISO 8601.
    public var startedAt: String
    /// The median of its `rxPps`, frames a second; nil if nothing was measured.
    public var rxPps: Double?
    /// In plan, placement and conditions.
    public var differences: [ResultDifference]

    public init(source: String, startedAt: String, rxPps: Double?, differences: [ResultDifference]) {
        self.source = source
        self.startedAt = startedAt
        self.rxPps = rxPps
        self.differences = differences
    }
}

/// What two results don't have in common, besides what was measured.
public struct ResultDifference: Codable, Equatable, Sendable {
    /// As the result file has it: `plan.link.mtuBytes`.
    public let path: String
    /// `none` where there is nothing.
    public let base: String
    public let new: String

    public init(path: String, base: String, new: String) {
        self.path = path
        self.base = base
        self.new = new
    }
}
