import Frames
import Kernel
import Links
import TestSupport
import Testing
import Traffic

@testable import Ports

/// What reached the other end: lengths without FCS, in order.
private struct Reader: ~Copyable {
    private var port: RingReceivePort
    private(set) var lengths: [Int] = []

    /// The calling thread, one of its own, comes back to where it sends.
    init(_ pair: LinkPair) throws {
        try pair.receive.namespace.enter()
        let port = try RingReceivePort(
            .init(
                interfaceIndex: pair.receive.link.index, blockBytes: 1 << 17, blocks: 64, retireMilliseconds: 5, snapBytes: 96, fanout: nil)
        )
        try pair.transmit.namespace.enter()
        self.port = port
    }

    /// Reads until nothing has come for 60 ms.
    mutating func read() -> [Int] {
        var found: [Int] = []
        var frame = ReceivedFrame()
        var silentSince = Clock.monotonicNanoseconds
        while Clock.monotonicNanoseconds - silentSince < 60_000_000 {
            guard port.peek() else {
                port.wait(milliseconds: 10)
                continue
            }
            while port.read(&frame) {
                if frame.signature(at: 42) != nil { found.append(frame.wireBytes) }
            }
            port.release()
            silentSince = Clock.monotonicNanoseconds
        }
        lengths += found
        return found
    }
}

/// The same against the real `tpacket_snd` as against the played one.
@Suite(.enabled(if: KernelAccess.isGranted), .serialized) struct KernelPortTests {
    private func templates() throws -> [FrameTemplate] {
        var recipe = FrameRecipe()
        recipe.destination = LinkPair.nobodysAddress
        return try FrameSchedule.templates(recipe, sizes: FrameSizes("64:2,700,1400")!)
    }

    private func pair() throws -> LinkPair {
        var settings = LinkSettings()
        settings.transmitFeatures = ["tx-udp-segmentation": false, "tx-checksum-ip-generic": false]
        return try LinkPair.makePrivate(settings)
    }

    private func ringSettings(_ pair: LinkPair) -> RingTransmitPort.Settings {
        .init(interfaceIndex: pair.transmit.link.index, minimumSlots: 16, linear: true, qdiscBypass: true)
    }

    /// Of templates that are IPv4 and UDP, without options or tags.
    private func segments() throws -> [SegmentTemplate] {
        try templates().map { template in
            let header = PseudoHeader(addresses: template.bytes[26..<34], isIPv6: false)
            let sum = header.sum(protocolNumber: 17, lengthBytes: template.bytes.count - 34)
            return SegmentTemplate(
                template, transport: SegmentedTransport(.udp, offset: 34, pseudoHeaderSum: InternetChecksum.folded(sum)))
        }
    }

    /// Fills, hands over, and has the kernel take them.
    private func send<Port: TransmitPort & ~Copyable>(_ port: inout Port, _ frames: Int, from sequence: Int = 0) -> Int {
        let count = fill(&port, frames, from: sequence)
        _ = port.kick()
        return count
    }

    private func fill<Port: TransmitPort & ~Copyable>(_ port: inout Port, _ frames: Int, from sequence: Int = 0) -> Int {
        let count = port.reserve(frames)
        var filler = SignatureFiller()
        for position in 0..<count {
            port.stamp(
                position, with: &filler, stream: StreamIdentifier(epoch: 1, worker: 0), sequence: UInt64(sequence + position),
                timestampNanoseconds: Clock.realtimeNanoseconds)
        }
        port.submit(count)
        return count
    }

    /// An end goes down in the midst of a phase, the phase is closed, the end comes up: frames at a slow pace leave at once, and not
    /// when the ring has gone round.
    private func survivesARefusal<Port: TransmitPort & ~Copyable>(_ port: inout Port, _ pair: LinkPair, of end: LinkEnd) throws {
        var reader = try Reader(pair)
        check(send(&port, 5) == 5)
        let first = reader.read().count
        check(first == 5)
        try end.table.set(end.link.index, LinkChanges(up: false))
        let refused = send(&port, 6)
        _ = port.kick()
        check(refused == 6)
        let outstanding = port.outstandingFrames
        check(outstanding == 6, "\(outstanding)")
        check(port.withdraw() == 6)
        let completed = port.completedFrames
        check(completed == 5)
        try end.table.set(end.link.index, LinkChanges(up: true))
        for number in 0..<20 {
            check(send(&port, 1, from: 100 + number) == 1)
            let found = reader.read()
            check(found.count == 1, "frame \(number): \(found.count)")
        }
        _ = port.reserve(0)
        let (frames, bytes, calls) = (port.completedFrames, port.completedBytes, port.systemCalls)
        check(frames == 25 && calls == 23)
        let received = reader.lengths.reduce(0, +)
        check(bytes == UInt64(received), "\(bytes) \(received)")
        check(port.withdraw() == 0)
    }

    /// A peer that is down has each frame dropped, and put back into its slot; an end that is down itself ends the call.
    @Test(arguments: [true, false]) func ringKeepsStepAfterARefusal(_ isPeer: Bool) throws {
        let pair = try pair()
        try pair.transmit.namespace.perform {
            var port = try RingTransmitPort(ringSettings(pair), templates: try templates())
            try survivesARefusal(&port, pair, of: isPeer ? pair.receive : pair.transmit)
            let next = port.nextTemplate
            check(next == 25 % 4)
        }
    }

    /// What is cut passes a queueing discipline, which takes frames for a peer that is down: only the end itself refuses.
    @Test func segmentsKeepStepAfterARefusal() throws {
        let pair = try pair()
        try pair.transmit.namespace.perform {
            var port = try GSOTransmitPort(
                .init(interfaceIndex: pair.transmit.link.index, minimumSlots: 16, segments: 4, batchFrames: 64), templates: try segments())
            try survivesARefusal(&port, pair, of: pair.transmit)
        }
    }

    @Test(arguments: [true, false]) func messagesKeepStepAfterARefusal(_ isPeer: Bool) throws {
        let pair = try pair()
        try pair.transmit.namespace.perform {
            var port = try MessageTransmitPort(ringSettings(pair), templates: try templates())
            try survivesARefusal(&port, pair, of: isPeer ? pair.receive : pair.transmit)
            let next = port.nextTemplate
            check(next == 25 % 4)
        }
    }

    /// The kernel refuses a slot that says it is longer than it is, and stays on it; mended, it goes on from there.
    @Test func theRealKernelStaysOnAnIllFormedSlot() throws {
        let pair = try pair()
        try pair.transmit.namespace.perform {
            var reader = try Reader(pair)
            var port = try RingTransmitPort(ringSettings(pair), templates: try templates())
            let length = port.ring.frame(1) - 42 + 4
            let original = length.load(as: UInt32.self)
            length.storeBytes(of: UInt32(1 << 20), as: UInt32.self)
            check(fill(&port, 3) == 3)
            let failure = port.kick()
            check(failure == ErrorNumber.messageSize, "\(failure)")
            let again = port.kick()
            let before = reader.read()
            check(again == 0 && before.count == 1, "\(again) \(before)")
            _ = port.reserve(0)
            let outstanding = port.outstandingFrames
            check(outstanding == 2, "\(outstanding)")
            check(port.withdraw() == 2)
            length.storeBytes(of: original, as: UInt32.self)
            check(send(&port, 3) == 3)
            let found = reader.read()
            check(found.count == 3, "\(found)")
            check(port.withdraw() == 0)
            let completed = port.completedFrames
            check(completed == 4)
        }
    }
}
