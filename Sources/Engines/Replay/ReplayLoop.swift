import Frames
import Kernel
import Metrics
import Ports

/// What a replaying loop counted, besides what every loop does.
struct ReplayTally: Sendable {
    /// Of the frames handed to the port, those that carry a signature.
    var stampedFrames: UInt64 = 0
    /// Times on CLOCK_MONOTONIC just before the first and the last frame were handed over, and when they were due; 0 before the first.
    package var firstNanoseconds: UInt64 = 0
    package var lastNanoseconds: UInt64 = 0
    package var firstDueNanoseconds: UInt64 = 0
    package var lastDueNanoseconds: UInt64 = 0
    /// Time in which the sender waited for the file.
    package var starvedNanoseconds: UInt64 = 0
}

/// Frame after frame out of the feed into the port's slots, as fast as the kernel takes them, or each when it is due.
///
/// - Parameters:
///   - order: `batchFrames` is the most that go out by one call.
///   - startNanoseconds: CLOCK_MONOTONIC.
@inline(never)
func replayLoop<Port: ReplayPort & ~Copyable, Mover: RecordMover>(
    _ port: inout Port, _ order: TransmitInstructions, _ cursor: inout ReplayCursor<Mover>, isTimed: Bool, startNanoseconds: UInt64,
    _ lag: inout LatencyRecorder, _ tally: inout TransmitTally, _ replay: inout ReplayTally
) {
    var sequence: UInt64 = 0
    while order.stop.load() < order.phase && sequence < order.quota {
        guard cursor.isReady() else {
            if cursor.isOver { break }
            replay.starvedNanoseconds &+= waitForFile()
            continue
        }
        var now = Clock.monotonicNanoseconds
        let due = startNanoseconds &+ cursor.dueNanoseconds
        if isTimed && now < due {
            tally.sleptNanoseconds &+= waitForDue(now: now, due: due)
            continue
        }
        let room = port.reserve(min(order.batchFrames, Int(clamping: order.quota &- sequence)))
        var count = 0
        while count < room && cursor.isReady() {
            let due = startNanoseconds &+ cursor.dueNanoseconds
            if isTimed {
                if count > 0 {
                    now = Clock.monotonicNanoseconds
                    if now < due { break }
                }
                lag.record(Int64(bitPattern: now &- due))
            }
            if replay.firstNanoseconds == 0 {
                replay.firstNanoseconds = now
                replay.firstDueNanoseconds = due
            }
            replay.lastDueNanoseconds = due
            cursor.move()
            cursor.read { port.lay(count, $0) }
            if let point = cursor.stampPoint {
                port.stamp(
                    count, at: point, stream: order.stream, sequence: replay.stampedFrames,
                    timestampNanoseconds: port.realtimeNanoseconds)
                replay.stampedFrames &+= 1
            }
            cursor.advance()
            count &+= 1
        }
        if count > 0 { replay.lastNanoseconds = now }
        port.submit(count)
        sequence &+= UInt64(truncatingIfNeeded: count)
        let failure = port.kick()
        tally.calls &+= 1
        if failure != 0 && !tally.survives(failure, completed: port.completedFrames) { break }
        order.sent.store(port.completedFrames &- order.completedBefore)
    }
    tally.filledFrames = sequence
}

/// - Returns: how long it waited, nanoseconds.
@inline(never)
private func waitForFile() -> UInt64 {
    let start = Clock.monotonicNanoseconds
    Clock.sleep(nanoseconds: 20_000)
    return Clock.monotonicNanoseconds &- start
}
