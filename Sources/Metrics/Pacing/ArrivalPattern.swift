import Memory

/// A process at a rate, with the tables that its due times are looked up in: made once before a trial, and shared by all who send and receive.
///
/// A `PacedSchedule` is made from it and points into these tables: keep the pattern as long. Of several streams (`ArrivalProcess.streams`) each
/// thread takes one for itself (`separated`).
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
    /// Each stream's own; empty in a pattern of one.
    private let streams: [ArrivalPattern]
    private let lanes: OwnedTable<PacedSchedule>
    private let numbers: OwnedTable<UInt64>
    private let dueTimes: OwnedTable<UInt64>
    private let heap: OwnedTable<UInt8>
    private let window: OwnedTable<StreamDeparture>
    private let merge: OwnedTable<StreamMerge>

    /// - Parameters:
    ///   - rate: the mean over all workers, within `PacketRate.allowed`; that of a course is its own.
    ///   - process: with bursts of 1 frame or more, times above zero, and courses of one frame or more.
    public convenience init(_ process: ArrivalProcess, rate: PacketRate) {
        var streams: [ArrivalPattern] = []
        if case .streams(let paces) = process { streams = paces.map { ArrivalPattern($0.process, rate: $0.rate) } }
        self.init(process, rate: rate, streams: streams)
    }

    /// The same for one thread more: schedules of a merge move it as they are asked, and must not share it. All else is shared.
    public func separated() -> ArrivalPattern { streams.isEmpty ? self : ArrivalPattern(process, rate: rate, streams: streams) }

    private init(_ process: ArrivalProcess, rate: PacketRate, streams: [ArrivalPattern]) {
        self.rate = rate
        self.streams = streams
        lanes = OwnedTable(streams.map { PacedSchedule($0, startNanoseconds: 0) })
        numbers = OwnedTable(repeating: 0, count: streams.count)
        dueTimes = OwnedTable(repeating: 0, count: streams.count)
        heap = OwnedTable(repeating: 0, count: streams.count)
        let nobody = StreamDeparture(stream: 0, own: 0, offsetNanoseconds: 0)
        window = OwnedTable(repeating: nobody, count: streams.isEmpty ? 0 : StreamMerge.windowRows)
        let (lanes, numbers, dueTimes, heap, window) = (lanes.table, numbers.table, dueTimes.table, heap.table, window.table)
        merge = OwnedTable(count: streams.isEmpty ? 0 : 1) { _ in
            StreamMerge(lanes: lanes, next: numbers, due: dueTimes, heap: heap, window: window)
        }
        self.process = process
        if case .course(let stretches) = process {
            knots = OwnedTable(RateCourse.knots(stretches))
        } else {
            knots = OwnedTable([])
        }
        if case .poisson(let seed) = process {
            offsets = OwnedTable(Self.poissonOffsets(seed: seed, rate: rate))
        } else if case .recorded(let times, _) = process {
            offsets = OwnedTable(times)
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
        case .recorded(let times, let period):
            precondition(!times.isEmpty && period > 0, "a recording has frames and takes time")
            arrivals = .recorded(offsets: offsets.table, period: period)
        case .streams: arrivals = .merged(MergedArrivals(merge.table))
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

// Safe because its tables are written in the initialiser only, before anybody has them; but for a merge's, which one thread has (`separated`).
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
    /// From the start of each period; nanoseconds.
    case recorded(offsets: MemoryTable<UInt64>, period: UInt64)
    case merged(MergedArrivals)
}
