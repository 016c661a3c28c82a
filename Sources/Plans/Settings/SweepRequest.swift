/// What a profile asks of a sweep: a grid, cells beside it, and how often.
public struct SweepRequest: Equatable, Sendable {
    /// A cell by its name, whatever grid there is.
    public struct Case: Equatable, Sendable {
        public let name: String
        public let draft: PlanDraft

        public init(name: String, draft: PlanDraft) {
            (self.name, self.draft) = (name, draft)
        }
    }

    /// In the order in which they were written.
    public var variations: [SettingVariation] = []
    /// Nil if it wasn't said.
    public var zip: Bool?
    /// Nil for the command's own number.
    public var rounds: Int?
    /// A share of the median; nil for a fixed number of rounds.
    public var precision: Double?
    /// In the order in which they were written.
    public var cases: [Case] = []

    public init() {}

    /// How many cells there are; not in whole numbers, which many values would overflow.
    public var cellCount: Double {
        let grid = variations.reduce(1.0) { zip == true ? Double($1.values.count) : $0 * Double($1.values.count) }
        return (variations.isEmpty ? 0 : grid) + Double(cases.count)
    }

    /// How many values each setting has, where they have to go together and are not as many; else nil.
    public var unequalCounts: String? {
        guard zip == true, Set(variations.map(\.values.count)).count > 1 else { return nil }
        return variations.map { "\($0.name) has \($0.values.count)" }.joined(separator: ", ")
    }

    /// This request with what the command line says over it.
    ///
    /// - Parameters:
    ///   - varied: takes the place of the same setting's values here, or comes behind all.
    ///   - settings: what has one value by a flag is varied no more.
    public func applying(_ varied: [SettingVariation], settings: PlanDraft) -> SweepRequest {
        var request = self
        request.variations.removeAll { $0.fields.contains { settings.origin(of: $0) != .standard } }
        for variation in varied {
            let place = request.variations.firstIndex { $0.overlaps(variation) } ?? request.variations.count
            request.variations.removeAll { $0.overlaps(variation) }
            request.variations.insert(variation, at: min(place, request.variations.count))
        }
        return request
    }
}
