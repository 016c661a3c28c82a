import Plans

extension SweepRequest {
    /// Of a sweep that ends by its precision.
    public static let mostRounds = 30

    /// The cells of this request over a plan.
    ///
    /// - Parameters:
    ///   - rounds: in place of this request's; of none there are 6, or at most 30 with a precision.
    ///   - precision: in place of this request's, a share of the median.
    /// - Precondition: it has a cell, and with `zip` as many values of each setting.
    /// - Throws: the first cell's `PlanError` if no cell is possible.
    public func design(
        base: PlanDraft, rounds: Int? = nil, precision: Double? = nil, limits: PlanLimits = .thisMachine
    ) throws(PlanError) -> SweepDesign {
        let precision = precision ?? self.precision
        return try SweepDesign(
            base: base, varying: variations, cases: cases, zip: zip ?? false,
            rounds: rounds ?? self.rounds ?? (precision == nil ? 6 : Self.mostRounds), precision: precision, limits: limits)
    }
}
