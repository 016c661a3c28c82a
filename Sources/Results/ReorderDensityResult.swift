import Metrics

/// Reorder density and reorder buffer-occupancy density (RFC 5236).
public struct ReorderDensityResult: Codable, Equatable, Sendable {
    /// One value that frames had, and how many.
    public struct Bin: Codable, Equatable, Sendable {
        public var value: Int
        public var frames: UInt64
        /// Of all frames that have a value, 0 to 1.
        public var density: Double

        public init(value: Int, frames: UInt64, density: Double) {
            self.value = value
            self.frames = frames
            self.density = density
        }
    }

    /// The displacement threshold DT and the buffer-occupancy threshold BT, frames (sections 3.4 and 3.9).
    public var threshold: Int
    /// RD (section 3.6): by displacement from a frame's place, negative for early ones; those without a frame are left out.
    public var displacement: [Bin]
    /// Frames further from their place, which count as lost. Nil if none.
    public var displacedBeyond: UInt64?
    /// RBD (section 3.11): by frames held in a buffer that puts all in order, once each frame has come.
    public var occupancy: [Bin]
    /// Frames that came when the buffer, full, no longer waited for them. Nil if none.
    public var heldBeyond: UInt64?

    public init(_ tally: ReorderDensityTally) {
        threshold = tally.threshold
        displacement = Self.bins(tally.displacements, from: -tally.threshold)
        displacedBeyond = tally.displacedBeyond > 0 ? tally.displacedBeyond : nil
        occupancy = Self.bins(tally.occupancies, from: 0)
        heldBeyond = tally.heldBeyond > 0 ? tally.heldBeyond : nil
    }

    private static func bins(_ frequencies: [UInt64], from first: Int) -> [Bin] {
        let all = frequencies.reduce(0, +)
        return frequencies.enumerated().filter { $0.element > 0 }.map { place, frames in
            Bin(value: first + place, frames: frames, density: Double(frames) / Double(all))
        }
    }
}
