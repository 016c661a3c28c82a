import Kernel

/// A packet socket that frames leave through one by one, with pauses between them.
final class FrameSender {
    private(set) var frames: UInt64 = 0
    private(set) var bytes: UInt64 = 0
    private let socket: PacketSocket
    private let intervalNanoseconds: UInt64

    /// In the calling thread's network namespace.
    ///
    /// - Throws: `SystemError` of `socket(2)` and `bind(2)`.
    init(interfaceIndex: Int, intervalNanoseconds: UInt64) throws(SystemError) {
        let socket = try PacketSocket()
        try socket.bind(interfaceIndex: interfaceIndex, protocolNumber: 0)
        self.socket = socket
        self.intervalNanoseconds = intervalNanoseconds
    }

    /// - Throws: `SystemError` of `send(2)`: EMSGSIZE beyond the MTU, ENETDOWN.
    func send(_ frame: [UInt8]) throws(SystemError) {
        // `DurationText` ends at 2⁶³ − 1 ns, so that this sum fits.
        if frames > 0, intervalNanoseconds > 0 { Clock.sleep(untilMonotonic: Clock.monotonicNanoseconds + intervalNanoseconds) }
        try socket.send(frame)
        frames += 1
        bytes += UInt64(frame.count)
    }
}
