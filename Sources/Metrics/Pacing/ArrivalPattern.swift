import Memory

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

    private let offsets: OwnedTable<UInt64>
    private let knots: OwnedTable<RateKnot>

    /// - Parameters:
    ///   - rate: the mean over all workers, within `PacketRate.allowed`; that of a course is its own.
    ///   - process: with bursts of 1 frame or more, times above zero, and courses of one frame or more.
    public init(_ process: ArrivalProcess, rate: PacketRate) {
        self.rate = rate
        self.process = process
        if case .course(let stretches) = process {
            knots = OwnedTable(RateCourse.knots(stretches))
        } else {
            knots = OwnedTable([])
        }
        if case .poisson(let seed) = process {
            offsets = OwnedTable(Self.poissonOffsets(seed: seed, rate: rate))
        } else {
            offsets = OwnedTable([])
        }
        var evenRate = rate
        switch process {
        case .constant: arrivals = .even
        case .poisson: arrivals = .cycle(offsets: offsets.table, mask: UInt64(Self.poissonCycle - 1))
        case .bursts(let frames):
            precondition(frames > 0, "a burst has frames")
            arrivals = .bursts(frames: frames)
        case .onOff(let on, let off):
            precondition(on > 0, "frames need a time in which they may come")
            evenRate = PacketRate(packetsPerSecond: rate.packetsPerSecond * (Double(on) + Double(off)) / Double(on))
            arrivals = .onOff(on: on, off: off)
        case .course(let stretches): arrivals = .course(RateCourse(stretches, knots: knots.table))
        }
        self.evenRate = evenRate
    }

    /// When each frame of a cycle is due, nanoseconds from its start. The sum of the gaps is made the rate's, so that nothing drifts.
    private static func poissonOffsets(seed: UInt64, rate: PacketRate) -> [UInt64] {
        var sums: [Double] = []
        sums.reserveCapacity(poissonCycle)
        var gaps = ExponentialGaps(seed: seed)
        var sum = 0.0
        for _ in 0..<poissonCycle {
            sum += gaps.next()
            sums.append(sum)
        }
        let scale = Double(poissonCycle) / rate.packetsPerSecond * 1e9 / sum
        return sums.map { UInt64(min($0 * scale, RateCourse.farthestNanoseconds)) }
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
    case cycle(offsets: MemoryTable<UInt64>, mask: UInt64)
    case course(RateCourse)
}
