/// A stretch of time in which the rate of all workers together goes in a straight line.
public struct RateStretch: Codable, Equatable, Hashable, Sendable {
    public var durationNanoseconds: UInt64
    /// Frames per second, zero or more, as `toPps`.
    public var fromPps: Double
    public var toPps: Double

    public init(durationNanoseconds: UInt64, fromPps: Double, toPps: Double) {
        self.durationNanoseconds = durationNanoseconds
        self.fromPps = fromPps
        self.toPps = toPps
    }

    /// How many frames fall due in it; a fraction, for the next stretch goes on from there.
    public var frames: Double { (fromPps + toPps) / 2 * Double(durationNanoseconds) / 1e9 }
}

extension [RateStretch] {
    /// Over all stretches, frames per second.
    public var meanPps: Double {
        let nanoseconds = totalNanoseconds
        return nanoseconds == 0 ? 0 : reduce(0) { $0 + $1.frames } / Double(nanoseconds) * 1e9
    }

    public var totalNanoseconds: UInt64 { reduce(0) { $0 + $1.durationNanoseconds } }
}
