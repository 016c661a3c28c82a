/// How far from their places frames of one sequence came, and how large a buffer would put them in order: RFC 5236's reorder density and reorder
/// buffer-occupancy density.
///
/// As with `ReorderRecorder` only jumps ahead and late frames are told of: frames in order between them are a run, taken when the next one comes.
public struct ReorderDensityRecorder: ~Copyable {
    /// Displacement threshold and buffer-occupancy threshold, frames (RFC 5236 sections 3.4 and 3.9): the memory, and the work for a frame, are bounded by it.
    public static var defaultThreshold: Int { 128 }

    private var displacements: DisplacementRecorder
    private var occupancies: OccupancyRecorder
    /// The first number of the run that goes on, and distinct frames before it.
    private var next: UInt64 = 0
    private var taken: UInt64 = 0

    /// Makes its memory, 8 KiB, on the calling thread.
    public init(threshold: Int = defaultThreshold) {
        displacements = DisplacementRecorder(threshold: threshold)
        occupancies = OccupancyRecorder(threshold: threshold)
    }

    /// Forgets everything.
    public mutating func reset() {
        displacements.reset()
        occupancies.reset()
        (next, taken) = (0, 0)
    }

    /// A frame ahead of the next one in order.
    ///
    /// - Parameter arrivals: distinct frames before it.
    public mutating func jump(to sequence: UInt64, arrivals: UInt64) {
        catchUp(arrivals)
        next = sequence
    }

    /// A first copy of a frame behind the highest one.
    ///
    /// - Parameters:
    ///   - expected: one more than the highest.
    ///   - arrivals: distinct frames before it.
    public mutating func late(_ sequence: UInt64, expected: UInt64, arrivals: UInt64) {
        catchUp(arrivals)
        displacements.takeLate(sequence)
        occupancies.take(FrameRun(start: sequence, count: 1))
        taken = arrivals + 1
        next = expected
    }

    /// What all of it came to: the last frames have no others behind them to wait for. Nothing is recorded after this but behind a `reset`.
    ///
    /// - Parameter arrivals: distinct frames in all.
    public mutating func finish(arrivals: UInt64) -> ReorderDensityTally {
        catchUp(arrivals)
        displacements.finish()
        return ReorderDensityTally(
            displacements: (0..<displacements.frequencies.count).map { displacements.frequencies[$0] },
            displacedBeyond: displacements.beyond,
            occupancies: (0..<occupancies.frequencies.count).map { occupancies.frequencies[$0] }, heldBeyond: occupancies.beyond)
    }

    /// Takes the frames in order since the last one out of turn.
    private mutating func catchUp(_ arrivals: UInt64) {
        guard arrivals > taken else { return }
        let run = FrameRun(start: next, count: arrivals - taken)
        displacements.take(run)
        occupancies.take(run)
        next = run.end
        taken = arrivals
    }
}

/// RFC 5236's frequencies, for one sequence or, added up, for many.
public struct ReorderDensityTally: Codable, Equatable, Sendable {
    /// FD (section 3.5): frames by displacement, from minus the threshold to the threshold.
    public private(set) var displacements: [UInt64]
    /// Frames that lay further from their place.
    public private(set) var displacedBeyond: UInt64
    /// FB (section 3.10): frames by how many were held once each had come, from none to the threshold.
    public private(set) var occupancies: [UInt64]
    /// Frames that came when the buffer no longer waited for them.
    public private(set) var heldBeyond: UInt64

    public init(threshold: Int = ReorderDensityRecorder.defaultThreshold) {
        self.init(
            displacements: [UInt64](repeating: 0, count: 2 * threshold + 1), displacedBeyond: 0,
            occupancies: [UInt64](repeating: 0, count: threshold + 1), heldBeyond: 0)
    }

    init(displacements: [UInt64], displacedBeyond: UInt64, occupancies: [UInt64], heldBeyond: UInt64) {
        self.displacements = displacements
        self.displacedBeyond = displacedBeyond
        self.occupancies = occupancies
        self.heldBeyond = heldBeyond
    }

    /// DT and BT, frames.
    public var threshold: Int { occupancies.count - 1 }

    /// Adds up two sequences that were recorded with the same threshold.
    public static func + (left: ReorderDensityTally, right: ReorderDensityTally) -> ReorderDensityTally {
        precondition(left.threshold == right.threshold, "densities of one threshold add up")
        return ReorderDensityTally(
            displacements: zip(left.displacements, right.displacements).map { $0 + $1 },
            displacedBeyond: left.displacedBeyond + right.displacedBeyond,
            occupancies: zip(left.occupancies, right.occupancies).map { $0 + $1 }, heldBeyond: left.heldBeyond + right.heldBeyond)
    }

    public static func += (left: inout ReorderDensityTally, right: ReorderDensityTally) { left = left + right }
}
