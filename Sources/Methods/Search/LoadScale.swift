import Glibc

/// Loads as whole steps of one ratio, so that widths are whole numbers too: what was halved or widened can be undone exactly.
///
/// The step is chosen so that each goal's width is a whole number of steps, at most 1 % and at least a millionth below it: intervals are
/// never wider than was asked for. (`LoadRounding` of the reference library MLRsearch 1.2.1.)
public struct LoadScale: Equatable, Sendable {
    /// Frames a second at step 0, and at step `steps`.
    public let minimum: Double
    public let maximum: Double
    public let steps: Int

    private static let fit = 0.99...0.999_999

    /// - Parameter relativeWidths: 0 < width < 1 each; at least one.
    public init(minimum: Double, maximum: Double, relativeWidths: [Double]) {
        precondition(minimum > 0 && minimum < maximum && !relativeWidths.isEmpty, "no range to search")
        self.minimum = minimum
        self.maximum = maximum
        let range = log(maximum) - log(minimum)
        let widths = Set(relativeWidths).sorted().map { -log1p(-$0) }
        var candidate = 1
        while true {
            let unit = range / Double(candidate)
            var next = Double(candidate + 1)
            var isAcceptable = true
            for width in widths {
                let units = width / unit
                let whole = units.rounded(.down)
                guard !Self.fit.contains(whole / units) else { continue }
                isAcceptable = false
                next = max(next, (whole + 1) / Self.fit.upperBound / units * Double(candidate))
            }
            if isAcceptable { break }
            candidate = Int(next.rounded(.up))
        }
        steps = candidate
    }

    /// Frames a second.
    public func load(at step: Int) -> Double {
        if step <= 0 { return minimum }
        if step >= steps { return maximum }
        return minimum * exp((log(maximum) - log(minimum)) * Double(step) / Double(steps))
    }

    /// The highest step whose load is no more than that.
    public func step(below load: Double) -> Int {
        if load <= minimum { return 0 }
        if load >= maximum { return steps }
        let estimate = (log(load) - log(minimum)) / (log(maximum) - log(minimum)) * Double(steps)
        var step = Int(estimate.rounded(.down))
        while step < steps, self.load(at: step + 1) <= load { step += 1 }
        while step > 0, self.load(at: step) > load { step -= 1 }
        return step
    }

    /// A goal's width in steps.
    func steps(ofWidth relativeWidth: Double) -> Int {
        let unit = (log(maximum) - log(minimum)) / Double(steps)
        return min(steps, Int((-log1p(-relativeWidth) / unit).rounded(.down)))
    }
}

/// Two steps of a scale and what lies between.
struct StepInterval {
    let lower: Int
    let upper: Int

    var width: Int { upper - lower }

    /// A step between, so that one part is a power of two times the goal's width and the lower part is the smaller one: that saves trials
    /// where all in the middle are lossy.
    ///
    /// - Precondition: The interval is wider than `goal`.
    func middle(goal: Int) -> Int {
        precondition(width > goal, "narrow enough already")
        if width == 2 * goal { return lower + goal }
        if width < 2 * goal { return goal.isMultiple(of: 2) ? middle(goal: goal / 2) : lower + width / 2 }
        var (high, low) = (goal, width - goal)
        while true {
            let (nextHigh, nextLow) = (2 * high, width - 2 * high)
            if nextLow <= nextHigh { return lower + (high * low > nextHigh * nextLow ? high : nextLow) }
            (high, low) = (nextHigh, nextLow)
        }
    }
}

/// Keeps loads away from the ends of the scale and from bounds that are known: what is too close to them tells nothing new.
struct StepLimits {
    let steps: Int

    /// - Parameters:
    ///   - width: How close is too close.
    ///   - lower: A bound that is no candidate itself any more.
    ///   - upper: Likewise.
    /// - Returns: the step, or another one at a proper distance; nil if there is none.
    func fitted(_ wanted: Int, width: Int, above lower: Int?, below upper: Int?) -> Int? {
        let step = min(max(wanted, 0), steps)
        if let lower, step <= lower { return nil }
        if let upper, step >= upper { return nil }
        let (minimum, maximum) = (lower ?? 0, upper ?? steps)
        guard width < maximum - minimum else { return lower == nil ? minimum : upper == nil ? maximum : nil }
        var (softMinimum, softMaximum) = (minimum + width, maximum - width)
        if softMinimum > softMaximum {
            softMinimum = StepInterval(lower: minimum, upper: maximum).middle(goal: width)
            softMaximum = softMinimum
        }
        if step < softMinimum { return lower == nil ? minimum : softMinimum }
        if step > softMaximum { return upper == nil ? maximum : softMaximum }
        return step
    }
}
