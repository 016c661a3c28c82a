import Frames
import Kernel
import Memory
import Metrics
import Ports
import Traffic

/// Streams at their own paces: what is due is laid, stamped and sent at once, in the order of the merged schedule.
///
/// As `pacedTransmitLoop`, but for slots that belong to no frame: which stream is next only the schedule knows.
///
/// - Parameters:
///   - schedule: of a pattern of streams.
///   - books: one for each stream.
@inline(never)
func streamTransmitLoop<Port: FillablePort & ~Copyable>(
    _ port: inout Port, _ frames: inout LaidStreams, _ order: TransmitInstructions, _ schedule: PacedSchedule, endNanoseconds: UInt64,
    _ book: inout PacingBook, _ books: MemoryTable<PacingBook>, _ tally: inout TransmitTally
) {
    let owed = endNanoseconds == .max ? order.quota : min(order.quota, schedule.framesDue(at: endNanoseconds &- 1))
    let giveUp = endNanoseconds == .max ? .max : endNanoseconds &+ pacerGraceNanoseconds
    var sequence: UInt64 = 0
    var times = SampleCountdown(period: order.timePeriod)
    while order.stop.load() < order.phase && sequence < owed {
        var now = port.realtimeNanoseconds
        if now >= giveUp { break }
        tally.lookedNanoseconds = now
        let next = schedule.dueNanoseconds(sequence)
        if now < next {
            tally.sleptNanoseconds &+= waitForDue(now: now, due: next)
            continue
        }
        let most = min(order.batchFrames, Int(clamping: owed &- sequence))
        var due = 1
        while due < most, schedule.dueNanoseconds(sequence &+ UInt64(truncatingIfNeeded: due)) <= now { due &+= 1 }
        let count = port.reserve(due)
        for position in 0..<count {
            let frame = sequence &+ UInt64(truncatingIfNeeded: position)
            let departure = schedule.departure(ofFrame: frame)
            frames.choose(stream: departure.stream, own: departure.own)
            frames.showBase { port.lay(position, $0) }
            now = port.realtimeNanoseconds
            port.stamp(position, with: &frames, stream: order.stream, sequence: frame, timestampNanoseconds: times.time(now))
            let lag = Int64(bitPattern: now &- schedule.startNanoseconds &- departure.offsetNanoseconds)
            book.record(now, lag: lag)
            books[departure.stream].record(now, lag: lag)
        }
        port.submit(count)
        sequence &+= UInt64(truncatingIfNeeded: count)
        let failure = port.kick()
        tally.calls &+= 1
        if failure != 0 && !tally.survives(failure, completed: port.completedFrames) { break }
        order.sent.store(port.completedFrames &- order.completedBefore)
    }
    tally.filledFrames = sequence
}
