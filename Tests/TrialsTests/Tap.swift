import CLinux
import Foundation
import Frames
import Kernel
import Links

/// What a stranger's socket beside the receiver saw of our frames.
struct TappedFrame: Sendable {
    /// Without FCS.
    var bytes: Int
    var sequence: UInt64
    var sourcePort: Int
}

/// Listens on a link's receiving end, untagged UDP over IPv4 only.
final class Tap: Sendable {
    private let stop = SharedCounters(count: 1)
    private let thread: WorkerThread<[TappedFrame]>

    init(_ end: LinkEnd) throws {
        let input = try end.namespace.perform { () throws -> SocketBox in
            let socket = try PacketSocket()
            var bytes = Int32(1 << 29)
            setsockopt(socket.descriptor.raw, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, socklen_t(MemoryLayout<Int32>.size))
            try socket.bind(interfaceIndex: end.link.index, protocolNumber: UInt16(ETH_P_ALL))
            try socket.listenPromiscuously(interfaceIndex: end.link.index)
            return SocketBox(socket)
        }
        let stopCell = stop.cell(0)
        thread = try WorkerThread(name: "tap") {
            var frames: [TappedFrame] = []
            var buffer = [UInt8](repeating: 0, count: 256)
            while true {
                // The whole length, however little is read.
                let count = recv(input.raw, &buffer, buffer.count, Int32(MSG_DONTWAIT) | Int32(MSG_TRUNC))
                guard count > 0 else {
                    if stopCell.loadAcquiring() != 0 { return frames }
                    input.socket.waitReadable(milliseconds: 5)
                    continue
                }
                let signature = Signature.read(Array(buffer.prefix(count)), at: 42)
                guard let signature else { continue }
                frames.append(
                    TappedFrame(bytes: count, sequence: UInt64(signature.sequence), sourcePort: Int(buffer[34]) << 8 | Int(buffer[35])))
            }
        }
    }

    /// What was seen, in the order of arrival. What lies in the socket is read first.
    func finish() throws -> [TappedFrame] {
        stop.cell(0).storeReleasing(1)
        return try thread.join().get()
    }
}
