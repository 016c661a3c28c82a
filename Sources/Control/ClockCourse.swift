/// Another host's clock over a trial: measured before, during and after, and in between as if the clocks ran apart evenly.
public struct ClockCourse: Codable, Equatable, Sendable {
    /// By time, each moment once.
    public private(set) var points: [ClockOffset] = []

    public init(_ points: some Sequence<ClockOffset> = []) { for point in points { add(point) } }

    /// Of two measurements at one moment the better counts.
    public mutating func add(_ point: ClockOffset) {
        let place = points.firstIndex { $0.atNanoseconds >= point.atNanoseconds } ?? points.count
        guard place < points.count, points[place].atNanoseconds == point.atNanoseconds else { return points.insert(point, at: place) }
        if point.errorNanoseconds < points[place].errorNanoseconds { points[place] = point }
    }

    /// How much faster the other's clock runs, in parts of a million; nil with less than two measurements.
    public var driftPPM: Double? {
        guard let first = points.first, let last = points.last, points.count > 1 else { return nil }
        return Double(last.offsetNanoseconds - first.offsetNanoseconds) / Double(last.atNanoseconds - first.atNanoseconds) * 1e6
    }

    /// By how much a measurement is off the line between its neighbours, beyond what all three may be wrong by: a clock that was set or slewed meanwhile.
    public var unevenNanoseconds: Int64 {
        points.indices.dropFirst().dropLast().map { place in
            let told = Self.line(points[place - 1], points[place + 1], at: points[place].atNanoseconds)
            let departure = abs(told.offsetNanoseconds - points[place].offsetNanoseconds)
            return max(0, departure - told.errorNanoseconds - points[place].errorNanoseconds)
        }.max() ?? 0
    }

    /// The offset at a moment of our clock, with its error; nil without a measurement.
    ///
    /// Between two measurements it is on the line between them, and as wrong as they are, by distance, and as the course is uneven. Before the first and
    /// behind the last it is theirs, and wrong by as much more as clocks may have run apart since (`ClockOffset.mostDriftPPM`).
    public func offset(atNanoseconds moment: Int64) -> ClockOffset? {
        guard let first = points.first, let last = points.last else { return nil }
        if points.allSatisfy({ $0.errorNanoseconds == 0 && $0.offsetNanoseconds == 0 }) { return .shared(atNanoseconds: moment) }
        let outside = moment < first.atNanoseconds ? first : moment > last.atNanoseconds ? last : nil
        if let outside {
            let apart = Double(abs(moment - outside.atNanoseconds)) * Double(ClockOffset.mostDriftPPM) / 1e6
            return ClockOffset(
                atNanoseconds: moment, offsetNanoseconds: outside.offsetNanoseconds,
                errorNanoseconds: outside.errorNanoseconds + Int64(apart.rounded(.up)) + unevenNanoseconds)
        }
        let place = points.firstIndex { $0.atNanoseconds >= moment } ?? 0
        let told = place == 0 ? first : Self.line(points[place - 1], points[place], at: moment)
        return ClockOffset(
            atNanoseconds: moment, offsetNanoseconds: told.offsetNanoseconds, errorNanoseconds: told.errorNanoseconds + unevenNanoseconds)
    }

    /// How wrong one offset is, taken for all of a window: its distance from the course, and the course's own error. Nil without a measurement.
    public func error(ofNanoseconds offset: Int64, fromNanoseconds start: Int64, toNanoseconds end: Int64) -> Int64? {
        // A course of lines departs most at one of their ends.
        let moments = [start, end] + points.map(\.atNanoseconds).filter { (start...max(start, end)).contains($0) }
        return moments.compactMap { self.offset(atNanoseconds: $0) }.map { abs($0.offsetNanoseconds - offset) + $0.errorNanoseconds }.max()
    }

    private static func line(_ first: ClockOffset, _ last: ClockOffset, at moment: Int64) -> ClockOffset {
        let share = Double(moment - first.atNanoseconds) / Double(last.atNanoseconds - first.atNanoseconds)
        let rise = share * Double(last.offsetNanoseconds - first.offsetNanoseconds)
        let error = (1 - share) * Double(first.errorNanoseconds) + share * Double(last.errorNanoseconds)
        return ClockOffset(
            atNanoseconds: moment, offsetNanoseconds: first.offsetNanoseconds + Int64(rise.rounded()),
            errorNanoseconds: Int64(error.rounded(.up)) + 1)
    }
}
