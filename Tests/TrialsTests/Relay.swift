import CLinux
import Foundation
import Kernel
import Links

/// A middlebox between two veth pairs that does known harm to known frames: what goes in at
/// `first.transmit` comes out at `second.receive` as `harm` says.
final class Relay: Sendable {
    let path: LinkPair
    private let first: LinkPair
    private let second: LinkPair
    private let stop = SharedCounters(count: 1)
    private let thread: WorkerThread<Int>

    /// - Parameters:
    ///   - takesLiveFrames: whether the sending end's peer has a ring for frames without an skb (GRO), as the `xdp` engine needs.
    ///   - passesSuperframes: whether superframes are handed on as they are, their virtio-net headers (10 bytes) in front of their bytes.
    ///   - cutsSuperframes: whether the second pair's sending end has no segmentation, so that the stack cuts them there.
    ///   - holdNanoseconds: how long each frame is held back.
    ///   - harm: from a frame's position (from 0) and bytes to what leaves for it. Tags that the frame had are not among the bytes.
    init(
        takesLiveFrames: Bool = false, passesSuperframes: Bool = false, cutsSuperframes: Bool = false, holdNanoseconds: UInt64 = 0,
        _ harm: @escaping @Sendable (Int, [UInt8]) -> [[UInt8]]
    ) throws {
        var settings = LinkSettings()
        if takesLiveFrames { settings.receiveFeatures["rx-gro"] = true }
        let first = try LinkPair.makePrivate(settings)
        var onward = LinkSettings()
        if cutsSuperframes { onward.transmitFeatures = ["tx-udp-segmentation": false, "tx-tcp-segmentation": false] }
        let second = try LinkPair.makePrivate(onward)
        self.first = first
        self.second = second
        path = try LinkPair.open(transmit: first.transmit, receive: second.receive, LinkSettings())
        let input = try first.receive.namespace.perform { () throws -> SocketBox in
            let socket = try PacketSocket()
            var bytes = Int32(64 << 20)
            setsockopt(
                socket.descriptor.raw, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, socklen_t(MemoryLayout<Int32>.size))
            if passesSuperframes { try socket.set(.virtioHeader, Int32(1)) }
            try socket.bind(interfaceIndex: first.receive.link.index, protocolNumber: UInt16(ETH_P_ALL))
            try socket.listenPromiscuously(interfaceIndex: first.receive.link.index)
            return SocketBox(socket)
        }
        let output = try second.transmit.namespace.perform { () throws -> SocketBox in
            let socket = try PacketSocket()
            if passesSuperframes { try socket.set(.virtioHeader, Int32(1)) }
            try socket.bind(interfaceIndex: second.transmit.link.index, protocolNumber: 0)
            return SocketBox(socket)
        }
        let stopCell = stop.cell(0)
        thread = try WorkerThread(name: "relay") {
            var position = 0
            var buffer = [UInt8](repeating: 0, count: 65_536)
            var held: [(due: UInt64, frame: [UInt8])] = []
            while true {
                while let first = held.first, first.due <= Clock.monotonicNanoseconds {
                    send(output.raw, first.frame, first.frame.count, 0)
                    held.removeFirst()
                }
                let count = recv(input.raw, &buffer, buffer.count, Int32(MSG_DONTWAIT))
                guard count > 0 else {
                    if stopCell.loadAcquiring() != 0, held.isEmpty { return position }
                    input.socket.waitReadable(milliseconds: held.isEmpty ? 5 : 1)
                    continue
                }
                for frame in harm(position, Array(buffer[..<count])) {
                    if holdNanoseconds > 0 {
                        held.append((Clock.monotonicNanoseconds + holdNanoseconds, frame))
                    } else {
                        send(output.raw, frame, frame.count, 0)
                    }
                }
                position += 1
            }
        }
    }

    /// Ends the relay; how many frames came in.
    func finish() throws -> Int {
        stop.cell(0).storeReleasing(1)
        return try thread.join().get()
    }
}

/// A socket that two threads may name.
final class SocketBox: Sendable {
    let socket: PacketSocket
    init(_ socket: consuming PacketSocket) { self.socket = socket }
    var raw: Int32 { socket.descriptor.raw }
}
