/// A row of figures through time that never grows beyond its capacity: when it is full, neighbours become their mean, and each place stands for twice the time.
public struct LiveSeries: Equatable, Sendable {
    /// Nil where nothing was measured.
    public private(set) var values: [Double?] = []
    /// How many looks a place stands for.
    public private(set) var looksEach = 1
    private var pending: [Double?] = []
    private let capacity: Int

    /// - Parameter capacity: even, at least 2.
    public init(capacity: Int = 240) {
        precondition(capacity >= 2 && capacity.isMultiple(of: 2), "a series has an even number of places")
        self.capacity = capacity
    }

    public mutating func add(_ value: Double?) {
        pending.append(value)
        guard pending.count >= looksEach else { return }
        values.append(Self.mean(pending[...]))
        pending = []
        guard values.count == capacity else { return }
        values = stride(from: 0, to: capacity, by: 2).map { Self.mean(values[$0..<$0 + 2]) }
        looksEach *= 2
    }

    /// What comes stands apart from what was.
    public mutating func addGap() {
        if let last = values.last, last != nil { add(nil) }
    }

    /// The same in so many places at most, from the first to the last.
    public func values(in places: Int) -> [Double?] {
        guard places > 0 else { return [] }
        guard values.count > places else { return values }
        return (0..<places).map { place in
            let first = place * values.count / places
            return Self.mean(values[first..<max(first + 1, (place + 1) * values.count / places)])
        }
    }

    private static func mean(_ values: ArraySlice<Double?>) -> Double? {
        let known = values.compactMap { $0 }
        return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
    }
}

/// Figures as a row of bars, one character each, from zero to the greatest.
enum Sparkline {
    private static let bars: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

    /// What isn't zero is never shown as if it were; what wasn't measured is a blank.
    static func text(_ values: [Double?]) -> String {
        let most = values.reduce(0) { max($0, $1 ?? 0) }
        return String(
            values.map { value -> Character in
                guard let value, value.isFinite else { return " " }
                guard value > 0, most > 0, most.isFinite else { return bars[0] }
                return bars[max(1, min(7, Int((value / most * 7).rounded())))]
            })
    }

    /// A share of a whole, 0 to 1, as a bar of so many characters at most.
    static func bar(_ share: Double, width: Int) -> String {
        guard share.isFinite, width > 0 else { return "" }
        let full = Int((min(max(share, 0), 1) * Double(width)).rounded())
        return String(repeating: "█", count: full) + String(repeating: "·", count: width - full)
    }
}
