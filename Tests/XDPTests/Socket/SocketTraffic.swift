import Frames
import Kernel
import Links
import Ports
import Traffic

@testable import XDP

/// What a transmit port says it did.
struct SocketSending: Equatable, Sendable {
    var filled: UInt64 = 0
    var completed: UInt64 = 0
    var bytes: UInt64 = 0
    var dropped: UInt64 = 0
    var refused: UInt64 = 0
    var outstanding = 0
    var systemCalls: UInt64 = 0
    var kicks: UInt64 = 0
    /// EAGAIN answers.
    var waits: UInt64 = 0
    var failure: Int32 = 0
    var ringNode: Int?
}

/// Sends `frames` in the calling thread's namespace as the transmit loop does: CLOCK_REALTIME in each signature.
func sendBySocket(
    _ settings: XDPSocketTransmitPort.Settings, _ templates: [FrameTemplate], frames: UInt64, worker: UInt8 = 0, batch: Int = 64
) throws -> SocketSending {
    var port = try XDPSocketTransmitPort(settings, templates: templates)
    return sendBySocket(&port, StreamIdentifier(epoch: 1, worker: worker), frames: frames, batch: batch)
}

func sendBySocket(
    _ port: inout XDPSocketTransmitPort, _ stream: StreamIdentifier, frames: UInt64, batch: Int = 64
) -> SocketSending {
    var sending = SocketSending()
    sending.ringNode = port.ringNode
    let before = (port.completedFrames, port.droppedFrames, port.systemCalls, port.completedBytes)
    let giveUp = Clock.monotonicNanoseconds + 20_000_000_000
    while sending.filled < frames || port.outstandingFrames > 0, Clock.monotonicNanoseconds < giveUp {
        let count = port.reserve(min(batch, Int(frames - sending.filled)))
        for position in 0..<count {
            Signature.stamp(
                port.frame(position), port.stampPoint(position), stream: stream,
                sequence: sending.filled + UInt64(position), timestampNanoseconds: Clock.realtimeNanoseconds)
        }
        port.submit(count)
        sending.filled += UInt64(count)
        sending.kicks += 1
        let failure = port.kick()
        if failure == ErrorNumber.again {
            sending.waits += 1
        } else if failure != 0 {
            sending.failure = failure
            break
        }
    }
    sending.outstanding = port.outstandingFrames
    sending.refused = port.withdraw()
    sending.completed = port.completedFrames - before.0
    sending.dropped = port.droppedFrames - before.1
    sending.bytes = port.completedBytes - before.3
    sending.systemCalls = port.systemCalls - before.2
    return sending
}

/// What a receive port gave, held against what user space would have sent.
struct SocketReading: Sendable {
    var equal: UInt64 = 0
    var different: UInt64 = 0
    var foreign: UInt64 = 0
    var outOfOrder: UInt64 = 0
    var next: UInt64 = 0
    /// Arrival minus departure.
    var leastNanoseconds = Int64.max
    var mostNanoseconds = Int64.min
    /// Arrival minus the frame's before.
    var backwards = 0
    var lastNanoseconds: UInt64 = 0

    /// Reads what is there, and what comes until nothing has come for twice `idleMilliseconds`.
    mutating func read<Port: ReceivePort & ~Copyable>(
        _ port: inout Port, _ placeholder: UnsafeRawPointer, _ templates: [FrameTemplate], offset: Int, idleMilliseconds: Int32
    ) {
        var frame = ReceivedFrame(placeholder: placeholder)
        var silentSince = Clock.monotonicNanoseconds
        while Clock.monotonicNanoseconds - silentSince < 2_000_000 * UInt64(idleMilliseconds) {
            guard port.peek() else {
                port.wait(milliseconds: idleMilliseconds)
                continue
            }
            while port.read(&frame) { take(frame, templates, offset) }
            port.release()
            silentSince = Clock.monotonicNanoseconds
        }
    }

    private mutating func take(_ frame: ReceivedFrame, _ templates: [FrameTemplate], _ offset: Int) {
        let signature = Signature.read(frame.bytes, at: offset - frame.strippedTagBytes, capturedBytes: frame.capturedBytes)
        guard let signature, signature.stream.epoch == 1 else {
            foreign += 1
            return
        }
        let expected = expectedFrame(
            templates, stream: StreamIdentifier(epoch: 1, worker: signature.stream.worker), sequence: UInt64(signature.sequence),
            timestampNanoseconds: signature.timestampNanoseconds)
        let bytes = UnsafeRawBufferPointer(start: frame.bytes, count: frame.capturedBytes)
        if bytes.elementsEqual(expected), frame.wireBytes == expected.count { equal += 1 } else { different += 1 }
        if UInt64(signature.sequence) < next { outOfOrder += 1 }
        next = UInt64(signature.sequence) + 1
        let path = Int64(bitPattern: frame.timestampNanoseconds &- signature.timestampNanoseconds)
        leastNanoseconds = min(leastNanoseconds, path)
        mostNanoseconds = max(mostNanoseconds, path)
        if frame.timestampNanoseconds < lastNanoseconds { backwards += 1 }
        lastNanoseconds = frame.timestampNanoseconds
    }
}
