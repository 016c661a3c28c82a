import CLinux
import Frames
import Ports
import Testing
import Traffic

@testable import XDP

@Suite struct XDPRingTests {
    /// Also across 2³², where the indices start anew.
    @Test(arguments: [0, 5, UInt32.max - 2]) func whatIsProducedIsConsumed(_ start: UInt32) {
        let played = PlayedRing<UInt64>(entries: 8, start: start)
        var ring = ProducerRing<UInt64>(base: played.memory, played.layout)
        for round in 0..<10 as Range<UInt64> {
            for position in 0..<5 { ring.put(round * 10 + UInt64(position), at: position) }
            check(played.consume() == nil)
            ring.publish(5)
            check(ring.unread == 5)
            for position in 0..<5 as Range<UInt64> { check(played.consume() == round * 10 + position) }
            check(ring.unread == 0 && played.consume() == nil)
        }
    }

    @Test(arguments: [0, 5, UInt32.max - 2]) func whatIsReleasedHasRoomAgain(_ start: UInt32) {
        let played = PlayedRing<UInt64>(entries: 4, start: start)
        var ring = ConsumerRing<UInt64>(base: played.memory, played.layout)
        check(ring.available == 0 && ring.takeAll() == 0)
        for round in 0..<10 as Range<UInt64> {
            for position in 0..<4 as Range<UInt64> { check(played.produce(round * 10 + position)) }
            check(!played.produce(0))
            check(ring.available == 4)
            check(ring.entry(0) == round * 10 && ring.entry(3) == round * 10 + 3)
            ring.release(1)
            check(ring.available == 3 && ring.entry(0) == round * 10 + 1)
            check(ring.takeAll() == 3 && ring.available == 0)
        }
    }

    @Test func entryCountsArePowersOfTwo() {
        #expect([0, 1, 2, 3, 64, 65, 1000].map(RingLayout.entries(atLeast:)) == [2, 2, 2, 4, 64, 128, 1024])
    }

    @Test func slotsLieWithinTheirChunks() throws {
        for largest in [60, 64, 1514, 2048, 2049, 4096] {
            let chunks = try TransmitChunks(largestFrameBytes: largest, cycle: 12, minimumSlots: 250)
            #expect(chunks.slots == 252 && chunks.ringEntries == 256)
            for slot in 0..<chunks.slots {
                let descriptor = chunks.descriptor(slot: slot, frameBytes: largest)
                #expect(Int(descriptor.addr) / chunks.chunkBytes == slot)
                #expect(Int(descriptor.addr) % chunks.chunkBytes + largest <= chunks.chunkBytes)
            }
        }
        #expect(throws: XDPSocketError.frameTooLarge(bytes: 4097, maximumBytes: 4096)) {
            try TransmitChunks(largestFrameBytes: 4097, cycle: 1, minimumSlots: 1)
        }
    }
}

@Suite struct XDPTransmitRingTests {
    /// Slots in descriptors' order, reused only when completed.
    @Test func slotsGoRoundInOrder() {
        withRing(slots: 6) { ring, sent, done in
            var next: UInt64 = 0
            for _ in 0..<7 {
                check(ring.reserve(4) == 4)
                ring.submit(4)
                check(ring.reserve(4) == 2)
                for _ in 0..<4 {
                    let descriptor = sent.consume()
                    check(descriptor?.addr == next % 6 * 2048 && descriptor?.len == 60 + UInt32(next % 6))
                    check(done.produce(descriptor?.addr ?? 0))
                    next += 1
                }
            }
            check(ring.reserve(10) == 6 && ring.completedFrames == 28 && ring.outstandingFrames == 0)
            check(ring.completedBytes == (0..<28).reduce(0) { $0 + 60 + UInt64($1 % 6) } && ring.nextSlot == 4)
        }
    }

    @Test func progressIsSeenOnce() {
        withRing(slots: 6) { ring, sent, _ in
            check(ring.reserve(3) == 3 && !ring.hasMoved())
            ring.submit(3)
            _ = sent.consume()
            check(ring.hasMoved() && !ring.hasMoved())
        }
    }

    /// Five handed over: one completed, one in flight, three not read. The three are refused, and the next phase's frames
    /// are counted from where the book was closed.
    @Test func aWithdrawalClosesTheBook() {
        withRing(slots: 6) { ring, sent, done in
            check(ring.reserve(5) == 5)
            ring.submit(5)
            let first = sent.consume()
            check(done.produce(first?.addr ?? 0))
            _ = sent.consume()
            _ = ring.reserve(0)
            check(ring.invalidateUnread() == 3)
            ring.settle(refused: 3)
            check(ring.completedFrames == 2 && ring.outstandingFrames == 0)
            // One in flight, three that the kernel has yet to skip.
            check(ring.reserve(6) == 2)
            ring.submit(2)
            for _ in 0..<3 {
                let skipped = sent.consume()
                check(skipped?.addr == .max && skipped?.len == .max && skipped?.options == 0)
                // As Linux 6.18 does.
                check(done.produce(skipped?.addr ?? 0))
            }
            check(ring.reserve(6) == 3)
            check(done.produce(0))
            check(ring.reserve(6) == 4 && ring.completedFrames == 2 && ring.outstandingFrames == 2)
            for slot in [5, 0] as [UInt64] {
                let descriptor = sent.consume()
                check(descriptor?.addr == slot * 2048)
                check(done.produce(slot))
            }
            check(ring.reserve(6) == 6 && ring.completedFrames == 4 && ring.outstandingFrames == 0)
            // Slots 0 and 1 before, 5 and 0 behind.
            check(ring.completedBytes == 60 + 61 + 65 + 60)
        }
    }

    private func withRing(
        slots: Int, _ body: (inout XDPTransmitRing, PlayedRing<xdp_desc>, PlayedRing<UInt64>) -> Void
    ) {
        let sent = PlayedRing<xdp_desc>(entries: 8, start: .max - 3)
        let done = PlayedRing<UInt64>(entries: 8, start: .max - 10)
        let descriptors = (0..<slots).map { xdp_desc(addr: UInt64($0 * 2048), len: UInt32(60 + $0), options: 0) }
        let points = (0..<slots).map { StampPoint(signatureOffset: UInt16($0)) }
        let memory = UnsafeMutableRawPointer.allocate(byteCount: slots * 2048, alignment: 4096)
        let sums = UnsafeMutableRawPointer.allocate(byteCount: SlotLengths.tableBytes(slots: slots), alignment: 8)
        defer {
            memory.deallocate()
            sums.deallocate()
        }
        let lengths = SlotLengths(
            (0..<slots).map { FrameTemplate(bytes: [UInt8](repeating: 0, count: 60 + $0), stampPoint: points[$0]) }, slots: slots, in: sums)
        descriptors.withUnsafeBufferPointer { descriptors in
            points.withUnsafeBufferPointer { points in
                var ring = XDPTransmitRing(
                    descriptors: ProducerRing(base: sent.memory, sent.layout), completions: ConsumerRing(base: done.memory, done.layout),
                    frames: memory, slots: descriptors.baseAddress!, stampPoints: points.baseAddress!, lengths: lengths,
                    slotCount: slots)
                check(ring.stampPoint(1) == points[1] && ring.frame(1) == memory + 2048)
                body(&ring, sent, done)
            }
        }
    }
}

@Suite struct XDPReceiveRingTests {
    @Test func framesComeInOrderWithTheirTimes() {
        withRing { ring, played, frame in
            check(!ring.peek())
            for round in 0..<9 as Range<UInt64> {
                for number in 0..<3 as Range<UInt64> {
                    check(played.deliver(bytes: 60 + Int(number), stamp: number == 1 ? 0 : 1000 + round * 10 + number))
                }
                check(ring.peek())
                ring.setTime(offsetNanoseconds: 500, batchNanoseconds: 7_777)
                for number in 0..<3 as Range<UInt64> {
                    check(ring.read(&frame))
                    check(frame.capturedBytes == 60 + Int(number) && frame.wireBytes == 60 + Int(number))
                    check(frame.timestampNanoseconds == (number == 1 ? 7_777 : 1500 + round * 10 + number))
                    check(frame.bytes.load(as: UInt8.self) == UInt8(60 + number))
                }
                check(!ring.read(&frame))
                ring.release()
                check(!ring.peek() && ring.unstampedFrames == round + 1 && ring.arrivedFrames == 3 * (round + 1))
            }
            check(ring.malformedBatches == 0)
        }
    }

    /// Four chunks: the fifth frame finds none until a batch is given back. A batch has three frames at most.
    @Test func releasedChunksAreTheKernelsAgain() {
        withRing { ring, played, frame in
            for _ in 0..<4 { check(played.deliver(bytes: 60, stamp: 1)) }
            check(!played.deliver(bytes: 60, stamp: 1))
            check(ring.peek())
            while ring.read(&frame) {}
            check(!played.deliver(bytes: 60, stamp: 1))
            ring.release()
            for _ in 0..<3 { check(played.deliver(bytes: 60, stamp: 1)) }
            check(!played.deliver(bytes: 60, stamp: 1))
            check(ring.arrivedFrames == 7)
        }
    }

    @Test(arguments: [
        xdp_desc(addr: 4 * 4096, len: 60, options: 0), xdp_desc(addr: 4 * 4096 - 59, len: 60, options: 0),
        xdp_desc(addr: 0, len: 60, options: 0), xdp_desc(addr: 256, len: .max, options: 0), xdp_desc(addr: .max, len: 60, options: 0)
    ])
    func anAddressOutsideEndsTheBatchAndIsCounted(_ descriptor: xdp_desc) {
        withRing { ring, played, frame in
            check(played.received.produce(descriptor))
            check(ring.peek() && !ring.read(&frame) && ring.malformedBatches == 1)
            check(!ring.read(&frame) && ring.malformedBatches == 1)
        }
    }

    private func withRing(_ body: (inout XDPReceiveRing, PlayedReceiver, inout ReceivedFrame) -> Void) {
        let played = PlayedReceiver(chunks: 4)
        var frame = ReceivedFrame(placeholder: played.memory)
        var ring = XDPReceiveRing(
            received: ConsumerRing(base: played.received.memory, played.received.layout),
            fill: ProducerRing(base: played.fill.memory, played.fill.layout), frames: played.memory, chunkBytes: 4096, chunks: 4,
            batchFrames: 3)
        body(&ring, played, &frame)
    }
}

/// Plays `__xsk_rcv`.
private final class PlayedReceiver {
    let memory: UnsafeMutableRawPointer
    let received: PlayedRing<xdp_desc>
    let fill: PlayedRing<UInt64>
    private let byteCount: Int

    init(chunks: Int) {
        byteCount = chunks * 4096
        memory = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 4096)
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
        received = PlayedRing(entries: chunks, start: .max - 1)
        fill = PlayedRing(entries: chunks, start: .max - 4)
    }

    deinit { memory.deallocate() }

    /// - Parameter stamp: in front of the frame, or 0 for a program that writes none.
    func deliver(bytes: Int, stamp: UInt64) -> Bool {
        guard let chunk = fill.consume() else { return false }
        let address = chunk + 256
        if stamp != 0 { memory.storeBytes(of: stamp, toByteOffset: Int(address) - 8, as: UInt64.self) }
        memory.storeBytes(of: UInt8(bytes), toByteOffset: Int(address), as: UInt8.self)
        return received.produce(xdp_desc(addr: address, len: UInt32(bytes), options: 0))
    }
}
