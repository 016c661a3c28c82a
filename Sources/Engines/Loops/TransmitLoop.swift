import Frames
import Kernel
import Metrics
import Ports
import Traffic

/// What a transmit loop needs to know, and may not change.
package struct TransmitInstructions {
    /// Whose numbers the frames carry.
    package var stream: StreamIdentifier
    /// Frames to send at most.
    package var quota: UInt64
    package var batchFrames: Int
    /// The phase that ends when `stop` reaches its number.
    package var phase: UInt64
    package var stop: CounterCell
    /// Frames completed so far, for whoever watches.
    package var sent: CounterCell
    /// What the port had completed in earlier phases, which `sent` leaves out.
    package var completedBefore: UInt64
    /// `LatencySampling.period`.
    var timePeriod: UInt64

    package init(
        stream: StreamIdentifier, quota: UInt64, batchFrames: Int, phase: UInt64, stop: CounterCell, sent: CounterCell,
        completedBefore: UInt64, sampling: LatencySampling = .all
    ) {
        self.stream = stream
        self.quota = quota
        self.batchFrames = batchFrames
        self.phase = phase
        self.stop = stop
        self.sent = sent
        self.completedBefore = completedBefore
        timePeriod = sampling.period
    }
}

/// What a transmit loop counted.
package struct TransmitTally: Sendable {
    /// Frames filled in and submitted.
    var filledFrames: UInt64 = 0
    package var calls: UInt64 = 0
    /// Calls that ended with ENOBUFS: one frame dropped on the way, and put back into its slot.
    package var retries: UInt64 = 0
    /// Time that `timedCalls` of the calls took: one batch in every `unbatchedPeriodFrames`.
    var callNanoseconds: UInt64 = 0
    var timedCalls: UInt64 = 0
    /// Time that the loop slept of its own will, waiting for the kernel or for a frame to fall due.
    package var sleptNanoseconds: UInt64 = 0
    /// When a paced loop last asked what is due, CLOCK_REALTIME; 0 if it never did.
    var lookedNanoseconds: UInt64 = 0
    /// The error that ended the loop, or 0.
    package var failure: Int32 = 0
    /// Calls in a row that moved nothing.
    var idleCalls = 0
    package var completedBefore: UInt64 = 0

    package init() {}
}

/// Every so many frames one goes to the kernel alone, so that its latency holds no share of a batch.
/// The receiver knows them by their sequence number.
let unbatchedPeriodFrames: UInt64 = 1024

/// As fast as the kernel takes frames: reclaim, fill, submit, one call; and again.
///
/// One clock reading a batch; the frames behind the first in a batch wait for those before them,
/// which is why latency is also kept of the frames that went alone.
@inline(never)
package func transmitLoop<Port: TransmitPort & ~Copyable, Filler: FrameFiller & ~Copyable>(
    _ port: inout Port, _ filler: inout Filler, _ order: TransmitInstructions, _ tally: inout TransmitTally
) {
    var sequence: UInt64 = 0
    var times = SampleCountdown(period: order.timePeriod)
    while order.stop.load() < order.phase && sequence < order.quota {
        let untilAlone = unbatchedPeriodFrames &- sequence & (unbatchedPeriodFrames &- 1)
        let batch = untilAlone == unbatchedPeriodFrames ? 1 : min(order.batchFrames, Int(untilAlone))
        // The one behind the frame that goes alone: a whole batch, if the ring has room.
        let isFirstBatch = untilAlone == unbatchedPeriodFrames &- 1
        let count = port.reserve(min(batch, Int(clamping: order.quota &- sequence)))
        let now = port.realtimeNanoseconds
        if order.timePeriod == 1 {
            for position in 0..<count {
                port.stamp(
                    position, with: &filler, stream: order.stream, sequence: sequence &+ UInt64(truncatingIfNeeded: position),
                    timestampNanoseconds: now)
            }
        } else {
            sampledStampLoop(&port, &filler, order, count: count, sequence: sequence, timestampNanoseconds: now, &times)
        }
        port.submit(count)
        sequence &+= UInt64(truncatingIfNeeded: count)
        let failure = port.kick()
        tally.calls &+= 1
        if isFirstBatch {
            tally.callNanoseconds &+= port.realtimeNanoseconds &- now
            tally.timedCalls &+= 1
        }
        if failure != 0 && !tally.survives(failure, completed: port.completedFrames) { break }
        order.sent.store(port.completedFrames &- order.completedBefore)
    }
    tally.filledFrames = sequence
}

/// A batch of which not every frame carries the time. Apart, because counting down to the next that does takes a tenth of what our own code costs.
@inline(never)
func sampledStampLoop<Port: TransmitPort & ~Copyable, Filler: FrameFiller & ~Copyable>(
    _ port: inout Port, _ filler: inout Filler, _ order: TransmitInstructions, count: Int, sequence: UInt64, timestampNanoseconds: UInt64,
    _ times: inout SampleCountdown
) {
    for position in 0..<count {
        port.stamp(
            position, with: &filler, stream: order.stream, sequence: sequence &+ UInt64(truncatingIfNeeded: position),
            timestampNanoseconds: times.time(timestampNanoseconds))
    }
}

/// At the schedule's pace: what is due is stamped one by one and sent at once.
///
/// Frames that fell due while the machine was away are sent as soon as it is back, until shortly
/// after the window; what is still owed then was not offered in time.
@inline(never)
func pacedTransmitLoop<Port: TransmitPort & ~Copyable, Filler: FrameFiller & ~Copyable>(
    _ port: inout Port, _ filler: inout Filler, _ order: TransmitInstructions, _ schedule: PacedSchedule, endNanoseconds: UInt64,
    _ book: inout PacingBook, _ tally: inout TransmitTally
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
            now = port.realtimeNanoseconds
            port.stamp(position, with: &filler, stream: order.stream, sequence: frame, timestampNanoseconds: times.time(now))
            book.lag.record(Int64(bitPattern: now &- schedule.dueNanoseconds(frame)))
            book.departures.record(now, at: &book.last)
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

/// How long after the window frames that fell due inside it may still leave.
package let pacerGraceNanoseconds: UInt64 = 2_000_000

/// Sleeps through long gaps and spins through short ones: in a virtual machine a timer wakes up 30 to 100 µs late.
///
/// - Returns: how long it meant to sleep, nanoseconds.
@inline(never)
package func waitForDue(now: UInt64, due: UInt64) -> UInt64 {
    let wakeupSlackNanoseconds: UInt64 = 100_000
    let gap = due &- now
    if gap > 2 * wakeupSlackNanoseconds {
        // Never so long that a stop request waits for the next frame of a slow schedule.
        let nap = min(gap &- wakeupSlackNanoseconds, 20_000_000)
        Clock.sleep(nanoseconds: nap)
        return nap
    }
    Clock.relax()
    return 0
}

extension TransmitTally {
    /// Whether the loop goes on after a call that failed. Waits a little when the kernel takes nothing.
    @inline(never)
    mutating func survives(_ failure: Int32, completed: UInt64) -> Bool {
        switch TransmitFailure(failure) {
        case .dropped: retries &+= 1
        case .noRoom, .interrupted: break
        case .fatal:
            self.failure = failure
            return false
        }
        idleCalls = completed == completedBefore ? idleCalls + 1 : 0
        completedBefore = completed
        if idleCalls > 64 { nap() }
        return true
    }

    /// Leaves the kernel a moment to get on. How long it really was counts: a timer wakes up late.
    @inline(never)
    mutating func nap() {
        let start = Clock.monotonicNanoseconds
        Clock.sleep(nanoseconds: 50_000)
        sleptNanoseconds &+= Clock.monotonicNanoseconds &- start
    }
}

/// What an `errno` of `tpacket_snd` means for the frames in the ring.
enum TransmitFailure: Equatable {
    /// ENOBUFS: the driver or a queue dropped a frame; `tpacket_snd` put its slot back to SEND_REQUEST.
    case dropped
    /// EAGAIN: the send buffer is full of frames in flight.
    case noRoom
    case interrupted
    /// ENETDOWN, ENXIO, ENODEV …: nothing will leave any more.
    case fatal

    init(_ number: Int32) {
        switch number {
        case ErrorNumber.noBuffers: self = .dropped
        case ErrorNumber.again: self = .noRoom
        case ErrorNumber.interrupted: self = .interrupted
        default: self = .fatal
        }
    }
}

/// After the loop: gives the kernel a chance to finish what lies in the ring, then takes the rest back.
///
/// - Returns: frames refused for good.
@inline(never)
func finishTransmitting<Port: TransmitPort & ~Copyable>(_ port: inout Port, _ tally: inout TransmitTally) -> UInt64 {
    var lastProgress = Clock.monotonicNanoseconds
    var completed = port.completedFrames
    while port.outstandingFrames > 0 {
        if tally.failure == 0 {
            let failure = port.kick()
            tally.calls &+= 1
            if failure != 0 && !tally.survives(failure, completed: port.completedFrames) { break }
        }
        _ = port.reserve(0)
        // What is in flight comes back by itself: no need to spin.
        if port.completedFrames == completed && port.outstandingFrames > 0 { tally.nap() }
        let now = Clock.monotonicNanoseconds
        if port.completedFrames != completed {
            completed = port.completedFrames
            lastProgress = now
        } else if now - lastProgress > 100_000_000 {
            break
        }
    }
    return port.withdraw()
}
