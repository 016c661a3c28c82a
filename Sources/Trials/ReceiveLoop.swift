import Frames
import Kernel
import Metrics
import Ports

/// What a receive loop needs to know, and may not change.
struct ReceiveOrder {
    /// From a frame's first byte to the signature, tags included.
    var signatureOffset: Int
    /// The trial and phase whose frames count; those of others are stale.
    var epoch: UInt8
    /// Transmit workers: higher numbers are nobody's.
    var workers: Int
    /// No frame of this phase was stamped before, CLOCK_REALTIME.
    var earliestNanoseconds: UInt64
    /// One for each transmit worker; nil where nothing is planned.
    var schedules: UnsafePointer<PacedSchedule>?
    var phase: UInt64
    var stop: CounterCell
    /// Distinct frames so far, for whoever watches.
    var received: CounterCell
}

/// Where a receive loop counts: memory on the worker's own node.
struct ReceiveBooks: ~Copyable {
    /// One for each transmit worker.
    var trackers: UnsafeMutablePointer<SequenceTracker>
    var path: LatencyRecorder
    var unbatched: LatencyRecorder
    var response: LatencyRecorder
    var foreignFrames: UInt64 = 0
    var staleFrames: UInt64 = 0
    var receivedFrames: UInt64 = 0
    var polls: UInt64 = 0
    var lastNanoseconds: UInt64 = 0
}

/// Reads until told to stop and nothing is left: signature, sequence, latency, next.
@inline(never)
func receiveLoop<Port: ReceivePort & ~Copyable>(
    _ port: inout Port, _ order: ReceiveOrder, _ books: inout ReceiveBooks, _ frame: inout ReceivedFrame
) {
    while true {
        guard port.peek() else {
            if order.stop.load() >= order.phase && !port.peek() { return }
            port.wait(milliseconds: 10)
            books.polls &+= 1
            continue
        }
        while port.read(&frame) {
            let signature = Signature.read(
                frame.bytes, at: order.signatureOffset &- frame.strippedTagBytes, capturedBytes: frame.capturedBytes)
            let arrived = frame.timestampNanoseconds
            guard let signature, Int(signature.worker) < order.workers,
                // A magic of 16 bits alone would take one foreign frame in 65 536 for ours.
                signature.timestampNanoseconds >= order.earliestNanoseconds,
                signature.timestampNanoseconds <= arrived &+ clockSlackNanoseconds,
                signature.epoch == order.epoch
            else {
                books.setAside(signature, order)
                continue
            }
            let worker = Int(signature.worker)
            let arrival = books.trackers[worker].record(signature.sequence)
            guard arrival == .inOrder || arrival == .reordered else { continue }
            books.receivedFrames &+= 1
            let path = Int64(bitPattern: arrived &- signature.timestampNanoseconds)
            books.path.record(path)
            if signature.sequence & (unbatchedPeriodFrames &- 1) == 0 { books.unbatched.record(path) }
            if let schedules = order.schedules {
                let due = schedules[worker].dueNanoseconds(signature.sequence)
                books.response.record(Int64(bitPattern: arrived &- due))
            }
        }
        books.lastNanoseconds = frame.timestampNanoseconds
        port.release()
        order.received.store(books.receivedFrames)
    }
}

/// How far a receive timestamp may lie before the send timestamp without being another's frame:
/// CPUs of one machine agree on CLOCK_REALTIME far better than this.
let clockSlackNanoseconds: UInt64 = 1_000_000

extension ReceiveBooks {
    /// A frame that isn't of this phase: ours from an earlier one, or somebody else's.
    @inline(never)
    mutating func setAside(_ signature: Signature?, _ order: ReceiveOrder) {
        if let signature, Int(signature.worker) < order.workers, signature.epoch != order.epoch,
            signature.timestampNanoseconds < order.earliestNanoseconds,
            order.earliestNanoseconds - signature.timestampNanoseconds < staleHorizonNanoseconds
        {
            staleFrames &+= 1
        } else {
            foreignFrames &+= 1
        }
    }
}

/// How old a frame of ours may be and still be known as such: any earlier trial of the same run.
let staleHorizonNanoseconds: UInt64 = 600_000_000_000
