import Glibc

/// Where values lie along an axis.
struct PlotScale: Equatable {
    enum Kind: Sendable { case linear, logarithmic }

    /// A value with a line and a label of its own.
    struct Tick: Equatable, Sendable {
        var value: Double
        var label: String
    }

    let kind: Kind
    /// The values at both ends.
    let low: Double
    let high: Double
    /// The pixels of both ends: of a vertical axis `start` is the greater.
    var start = 0.0
    var end = 1.0

    /// A scale on which all values have their place, its ends on round numbers.
    ///
    /// - Parameters:
    ///   - values: those that are nowhere near what can be measured have no say: not finite, above 10¹⁸, and on a logarithmic scale below 10⁻¹².
    ///   - isFromZero: of a linear scale.
    init(_ kind: Kind, around values: some Sequence<Double>, isFromZero: Bool = true) {
        let known = values.filter { $0.magnitude < 1e18 && (kind == .linear || $0 > 1e-12) }
        var (low, high) = (known.min() ?? 0, known.max() ?? 1)
        self.kind = kind
        switch kind {
        case .linear:
            if isFromZero { (low, high) = (Swift.min(low, 0), Swift.max(high, 0)) }
            if high - low < 1e-12 {
                (low, high) = low == 0 ? (0, 1) : (low - low.magnitude / 10 - 1e-12, high + high.magnitude / 10 + 1e-12)
            }
            let step = Self.step(of: high - low, about: 5)
            self.low = (low / step).rounded(.down) * step
            self.high = (high / step).rounded(.up) * step
        case .logarithmic:
            if known.isEmpty { (low, high) = (1, 10) }
            self.low = Self.round(low, .down)
            let up = Self.round(high, .up)
            self.high = up > self.low ? up : self.low * 10
        }
    }

    /// From one value to another exactly.
    init(_ kind: Kind, from low: Double, to high: Double) {
        (self.kind, self.low, self.high) = (kind, low, high)
    }

    func placed(from start: Double, to end: Double) -> PlotScale {
        var scale = self
        (scale.start, scale.end) = (start, end)
        return scale
    }

    /// The pixel of a value; beyond the ends it is the end's.
    func place(_ value: Double) -> Double {
        let part: Double
        switch kind {
        case .linear: part = high == low ? 0 : (value - low) / (high - low)
        case .logarithmic: part = value <= 0 ? 0 : log(value / low) / log(high / low)
        }
        guard part.isFinite else { return start }
        return start + Swift.min(1, Swift.max(0, part)) * (end - start)
    }

    /// Round values, about as many as asked for.
    func ticks(about count: Int) -> [Double] {
        switch kind {
        case .linear:
            let step = Self.step(of: high - low, about: count)
            guard step > 0, step.isFinite else { return [low] }
            let first = Int((low / step - 1e-9).rounded(.up))
            let last = Int((high / step + 1e-9).rounded(.down))
            return last < first ? [low] : (first...last).map { Double($0) * step }
        case .logarithmic:
            let decades = Int(log10(low).rounded(.down))...Int(log10(high).rounded(.up))
            let room = Double(count) / log10(high / low)
            let factors: [Double] = room >= 2.8 ? [1, 2, 5] : [1]
            let stride = Swift.max(1, Int((1 / room).rounded(.up)))
            let all = decades.filter { ($0 - decades.lowerBound).isMultiple(of: stride) }.flatMap { decade in
                factors.map { $0 * pow(10, Double(decade)) }
            }
            return all.filter { $0 >= low * 0.999_999 && $0 <= high * 1.000_001 }
        }
    }

    /// 1, 2 or 5 times a power of ten.
    private static func step(of span: Double, about count: Int) -> Double {
        guard span > 0, span.isFinite, count > 0 else { return 1 }
        let raw = span / Double(count)
        let power = pow(10, log10(raw).rounded(.down))
        return ([1, 2, 5, 10].first { $0 * power >= raw * 0.999_999 } ?? 10) * power
    }

    /// The next 1, 2 or 5 times a power of ten.
    private static func round(_ value: Double, _ direction: FloatingPointRoundingRule) -> Double {
        let power = pow(10, log10(value).rounded(.down))
        let factors: [Double] = [1, 2, 5, 10]
        return direction == .up
            ? (factors.first { $0 * power >= value * 0.999_999 } ?? 10) * power
            : (factors.last { $0 * power <= value * 1.000_001 } ?? 1) * power
    }
}
