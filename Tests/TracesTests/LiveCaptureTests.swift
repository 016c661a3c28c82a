import Frames
import Kernel
import Links
import TestSupport
import Testing

@testable import Traces

/// A capture on a veth pair of its own, in a namespace of its own.
@Suite(.enabled(if: KernelAccess.isGranted), .serialized) struct LiveCaptureTests {
    /// Sends `frames` into one end, and returns what a capture on the other saw.
    private func capture(_ frames: [[UInt8]], filter: String? = nil) throws -> (seen: [CapturedFrame], matched: UInt64, dropped: UInt64) {
        let namespace = try NetworkNamespace.makePrivate(name: "capture")
        let table = try LinkTable(in: namespace)
        try table.makeVethPair(VethEnd(name: "near", mtuBytes: 9_000), VethEnd(name: "far", mtuBytes: 9_000), in: namespace)
        let near = try table.link(named: "near").index
        let far = try table.link(named: "far").index
        for index in [near, far] {
            try table.set(index, LinkChanges(withoutIPv6Address: true))
            try table.set(index, LinkChanges(up: true))
        }
        return try namespace.perform {
            var settings = LiveCapture.Settings(interfaceIndex: far, interface: "far")
            settings.filter = filter
            settings.ringBytes = 4 << 20
            let capture = try LiveCapture(settings)
            let socket = try PacketSocket()
            try socket.bind(interfaceIndex: near, protocolNumber: 0)
            for frame in frames { try socket.send(frame) }
            capture.wait(milliseconds: 500)
            var seen: [CapturedFrame] = []
            var quiet = 0
            while quiet < 3 {
                if let frame = capture.next() {
                    seen.append(frame)
                } else {
                    capture.wait(milliseconds: 60)
                    quiet += 1
                }
            }
            capture.updateCounts()
            return (seen, capture.matched, capture.dropped)
        }
    }

    /// Every layer, tags that the kernel takes out included: the same bytes as were sent.
    @Test func whatWasSentIsSeen() throws {
        var stacks = RandomStack()
        let frames = (0..<500).map { _ in FrameStack.build(stacks.next()) }
        let result = try capture(frames)
        #expect(result.seen.map(\.bytes) == frames)
        #expect(result.seen.allSatisfy { $0.wireBytes == $0.bytes.count && !$0.isOutgoing })
        #expect(result.matched == 500 && result.dropped == 0)
    }

    @Test func aFilterLetsThroughWhatItSays() throws {
        func frame(_ port: UInt16, vlan: UInt16? = nil) -> [UInt8] {
            let tag: [any FrameLayer] = vlan.map { [VLANLayer(identifier: $0)] } ?? []
            return FrameStack.build(
                [EthernetLayer(destination: .broadcast, source: MACAddress(value: 0x0200_0000_0001))] + tag
                    + [
                        IPv4Layer(source: IPv4Address(value: 0xC612_0001), destination: IPv4Address(value: 0xC612_0002)),
                        UDPLayer(sourcePort: 50_100, destinationPort: port)
                    ])
        }
        let frames = [frame(1), frame(2), frame(1), frame(3, vlan: 7), frame(1, vlan: 8)]
        #expect(try capture(frames, filter: "udp dst port 1 and not vlan").seen.map(\.bytes) == [frames[0], frames[2]])
        #expect(try capture(frames, filter: "vlan 7").seen.map(\.bytes) == [frames[3]])
        #expect(try capture(frames, filter: "vlan and udp dst port 1").seen.map(\.bytes) == [frames[4]])
        #expect(throws: TraceError.self) { try capture(frames, filter: "vlan nonsense") }
    }
}
