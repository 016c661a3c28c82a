import Frames
import Kernel
import Memory
import Metrics

/// An XDP program that counts a plan's frames where they arrive, before there is an skb: ours end here, others go on or
/// end as the settings say. Attach it in native mode to the receiving end.
public struct CounterProgram: ~Copyable, Sendable {
    public let program: BPFProgram
    public let settings: CounterSettings
    private let layout: CounterLayout
    private let memory: MappedMemory
    private let map: BPFMap

    /// - Parameter node: the NUMA node for the books; nil leaves it to the kernel.
    /// - Throws: `ProgramError`; `.failed` with E2BIG where older kernels bound a map's value, at 16 workers.
    public init(_ settings: CounterSettings, node: Int? = nil) throws(ProgramError) {
        let layout = CounterLayout(workers: settings.workers)
        let map = try BPFMap(.sharedArray, name: "counter_books", valueBytes: layout.byteCount, node: node)
        let memory = try map.mapped()
        let code = CounterCode(settings: settings, mapDescriptor: map.descriptor.raw)
        let program = try BPFProgram(name: "vethmark_count", code.program())
        self.program = program
        self.settings = settings
        self.layout = layout
        self.memory = memory
        self.map = map
        restart(epoch: 0, clockOffsetNanoseconds: settings.clockOffsetNanoseconds)
    }

    /// Forgets everything, and counts the frames of another epoch from now on. Only while no frame of ours is on its way: the
    /// program counts without atomic instructions.
    ///
    /// - Parameters:
    ///   - key: whose run's frames.
    ///   - clockOffsetNanoseconds: what makes CLOCK_MONOTONIC the clock of the stamps from now on.
    public borrowing func restart(epoch: UInt8, key: UInt16 = 0, clockOffsetNanoseconds: Int64? = nil) {
        let offset =
            clockOffsetNanoseconds.map { UInt64(bitPattern: $0) } ?? SharedWord.load(memory.window, at: CounterLayout.Common.clockOffset)
        memory.window.part(from: 0, count: layout.byteCount).fill(0)
        for worker in 0..<settings.workers {
            store(.max, at: layout.bookOffset(worker) + CounterLayout.Book.latencyMinimum)
        }
        store(offset, at: CounterLayout.Common.clockOffset)
        store(UInt64(StreamIdentifier(epoch: epoch, worker: 0, key: key).phaseBits), at: CounterLayout.Common.phaseBits)
    }

    /// The greatest latency so far, nanoseconds; any thread may look while frames arrive.
    public borrowing func slowestNanoseconds(worker: Int) -> UInt64 {
        SharedWord.load(memory.window, at: layout.bookOffset(worker) + CounterLayout.Book.latencyMaximum)
    }

    /// Distinct frames so far; any thread may look while frames arrive.
    public borrowing func receivedFrames(worker: Int) -> UInt64 {
        SharedWord.load(memory.window, at: layout.bookOffset(worker) + CounterLayout.Book.received)
    }

    /// Ends an interval of latencies, as `IntervalRecorder.cut` does; any thread may look while frames arrive. Counters only grow, so a
    /// frame that comes meanwhile is in this interval or in the next.
    public borrowing func cut(_ intervals: inout IntervalRecorder, at time: UInt64) {
        intervals.cut(at: time, from: least, to: greatest) { latencyCounter($0) }
    }

    /// Gives the rest to the last interval.
    public borrowing func finish(_ intervals: inout IntervalRecorder) {
        intervals.finish(from: least, to: greatest) { latencyCounter($0) }
    }

    private var greatest: UInt64 { (0..<settings.workers).reduce(0) { max($0, slowestNanoseconds(worker: $1)) } }
    private var least: UInt64 {
        (0..<settings.workers).reduce(.max) {
            min($0, SharedWord.load(memory.window, at: layout.bookOffset($1) + CounterLayout.Book.latencyMinimum))
        }
    }

    /// Of all workers.
    private borrowing func latencyCounter(_ index: Int) -> UInt64 {
        var sum: UInt64 = 0
        for worker in 0..<settings.workers {
            sum &+= SharedWord.load(memory.window, at: layout.bookOffset(worker) + CounterLayout.Book.latencyCounters + index * 8)
        }
        return sum
    }

    /// Everything counted. While frames arrive, figures are of slightly different moments.
    public borrowing func report() -> CounterReport {
        CounterReport(
            workers: (0..<settings.workers).map { workerReport($0) },
            foreignFrames: SharedWord.load(memory.window, at: CounterLayout.Common.foreignFrames),
            foreignBytes: SharedWord.load(memory.window, at: CounterLayout.Common.foreignBytes),
            staleFrames: SharedWord.load(memory.window, at: CounterLayout.Common.staleFrames),
            otherRunFrames: SharedWord.load(memory.window, at: CounterLayout.Common.otherRunFrames))
    }

    private borrowing func workerReport(_ number: Int) -> CounterReport.Worker {
        typealias Book = CounterLayout.Book
        let base = memory.window.dropFirst(layout.bookOffset(number))
        var worker = CounterReport.Worker()
        worker.sequence.expected = SharedWord.load(base, at: Book.expected)
        worker.sequence.received = SharedWord.load(base, at: Book.received)
        worker.sequence.duplicates = SharedWord.load(base, at: Book.duplicates)
        worker.sequence.reordered = SharedWord.load(base, at: Book.reordered)
        worker.sequence.beyondWindow = SharedWord.load(base, at: Book.beyondWindow)
        worker.sequence.maximumSequenceLag = SharedWord.load(base, at: Book.maximumSequenceLag)
        worker.receivedBytes = SharedWord.load(base, at: Book.receivedBytes)
        worker.lastNanoseconds = lastNanoseconds(base)
        worker.firstNanoseconds = SharedWord.load(base, at: Book.firstNanoseconds)
        worker.alteredFrames = SharedWord.load(base, at: Book.altered)
        worker.untimedFrames = SharedWord.load(base, at: Book.untimed)
        worker.taggedFrames = SharedWord.load(base, at: Book.tagged)
        worker.untaggedFrames = SharedWord.load(base, at: Book.untagged)
        for size in 0..<CounterLayout.SizeTable.count {
            let count = SharedWord.load(base, at: Book.sizes + size * 8)
            if count > 0 { worker.sizes[size] = count }
        }
        worker.queueChanges = SharedWord.load(base, at: Book.queueChanges)
        let sum = UInt128(SharedWord.load(base, at: Book.latencySumHigh)) << 64 | UInt128(SharedWord.load(base, at: Book.latencySum))
        let counters = (0..<LatencyRecorder.counterCount).map { SharedWord.load(base, at: Book.latencyCounters + $0 * 8) }
        worker.latency = LatencyDistribution(
            counters: counters,
            overflow: SharedWord.load(base, at: Book.latencyOverflow), negative: SharedWord.load(base, at: Book.latencyNegative),
            sum: sum, minimum: SharedWord.load(base, at: Book.latencyMinimum), maximum: SharedWord.load(base, at: Book.latencyMaximum))
        return worker
    }

    /// When the latest distinct frame of worker 0 came.
    var lastNanoseconds: UInt64 { lastNanoseconds(memory.window.dropFirst(layout.bookOffset(0))) }

    /// When the latest distinct frame of a book came: as read, or a tick before the one in which it came if that is later; never later than it came.
    ///
    /// The kernel counts ticks by a grid that is fixed when the machine starts (`tick_do_update_jiffies64`, kernel/time/tick-sched.c). A frame whose
    /// time was read came up to a tick behind its tick's beginning, so the origin that it gives is up to one too late.
    private borrowing func lastNanoseconds(_ book: ByteWindow) -> UInt64 {
        typealias Book = CounterLayout.Book
        let read = SharedWord.load(book, at: Book.lastNanoseconds)
        let tick = SharedWord.load(book, at: Book.lastTick)
        guard read > 0, tick > 0 else { return read }
        return max(read, SharedWord.load(book, at: Book.tickOrigin) &+ (tick - 1) &* Clock.tickNanoseconds)
    }

    private borrowing func store(_ value: UInt64, at offset: Int) {
        memory.window.store(value, at: offset)
    }
}
