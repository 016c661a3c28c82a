/// A process at a rate, with the tables that its due times are looked up in: made once before a trial, and shared by all who send and receive.
///
/// A `PacedSchedule` is made from it and points into these tables: keep the pattern as long.
public final class ArrivalPattern {
    public let rate: PacketRate
    public let process: ArrivalProcess
    let arrivals: Arrivals
    /// Of the frames between which `arrivals` moves things: the rate, or that within the on-time.
    let evenRate: PacketRate

    /// Frames after which the gaps of a Poisson process come again; a power of two.
    public static let poissonCycle = 1 << 18

    private let offsets: UnsafeMutableBufferPointer<UInt64>
    private let knots: UnsafeMutableBufferPointer<RateKnot>

    /// - Parameters:
    ///   - rate: the mean over all workers, within `PacketRate.allowed`; that of a course is its own.
    ///   - process: with bursts of 1 frame or more, times above zero, and courses of one frame or more.
    public init(_ process: ArrivalProcess, rate: PacketRate) {
        self.rate = rate
        self.process = process
        var offsets = UnsafeMutableBufferPointer<UInt64>(start: nil, count: 0)
        var knots = UnsafeMutableBufferPointer<RateKnot>(start: nil, count: 0)
        var evenRate = rate
        switch process {
        case .constant: arrivals = .even
        case .poisson(let seed):
            offsets = Self.poissonOffsets(seed: seed, rate: rate)
            arrivals = .cycle(offsets: UnsafePointer(offsets.baseAddress!), mask: UInt64(Self.poissonCycle - 1))
        case .bursts(let frames):
            precondition(frames > 0, "a burst has frames")
            arrivals = .bursts(frames: frames)
        case .onOff(let on, let off):
            precondition(on > 0, "frames need a time in which they may come")
            evenRate = PacketRate(packetsPerSecond: rate.packetsPerSecond * (Double(on) + Double(off)) / Double(on))
            arrivals = .onOff(on: on, off: off)
        case .course(let stretches):
            let course = RateCourse(stretches, table: &knots)
            arrivals = .course(course)
        }
        self.evenRate = evenRate
        self.offsets = offsets
        self.knots = knots
    }

    deinit {
        offsets.deallocate()
        knots.deallocate()
    }

    /// When each frame of a cycle is due, nanoseconds from its start. The sum of the gaps is made the rate's, so that nothing drifts.
    private static func poissonOffsets(seed: UInt64, rate: PacketRate) -> UnsafeMutableBufferPointer<UInt64> {
        let sums = UnsafeMutableBufferPointer<Double>.allocate(capacity: poissonCycle)
        defer { sums.deallocate() }
        var gaps = ExponentialGaps(seed: seed)
        var sum = 0.0
        for frame in 0..<poissonCycle {
            sum += gaps.next()
            sums.initializeElement(at: frame, to: sum)
        }
        let scale = Double(poissonCycle) / rate.packetsPerSecond * 1e9 / sum
        let offsets = UnsafeMutableBufferPointer<UInt64>.allocate(capacity: poissonCycle)
        for frame in 0..<poissonCycle {
            offsets.initializeElement(at: frame, to: UInt64(min(sums[frame] * scale, RateCourse.farthestNanoseconds)))
        }
        return offsets
    }
}

// Safe because its tables are written in the initialiser only, before anybody has them.
extension ArrivalPattern: @unchecked Sendable {}

/// Where a process puts a frame that evenly spaced frames would have at some time. No reference in it: it is looked at for each frame.
@frozen
@usableFromInline
enum Arrivals {
    case even
    case bursts(frames: UInt64)
    case onOff(on: UInt64, off: UInt64)
    /// From the start of each cycle, the last one being its end; nanoseconds.
    case cycle(offsets: UnsafePointer<UInt64>, mask: UInt64)
    case course(RateCourse)
}
