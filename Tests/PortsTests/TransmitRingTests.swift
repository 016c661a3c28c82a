import CLinux
import Frames
import TestSupport
import Testing

@testable import Ports

/// Plays `tpacket_snd` over heap memory: takes slots in ring order while they read SEND_REQUEST.
private struct PlayedKernel {
    let base: UnsafeMutableRawPointer
    let slotBytes: Int
    let slots: Int
    var head = 0
    var taken: [Int] = []

    func status(_ slot: Int) -> UInt32 { base.load(fromByteOffset: slot * slotBytes, as: UInt32.self) }
    func set(_ slot: Int, _ status: UInt32) { base.storeBytes(of: status, toByteOffset: slot * slotBytes, as: UInt32.self) }

    /// Sends up to `limit` frames; every `dropEvery`-th try is dropped, and its slot goes back to
    /// SEND_REQUEST, as on Linux 6.6 and later.
    mutating func send(_ limit: Int = .max, dropAt: Set<Int> = []) {
        var sent = 0
        while sent < limit, status(head) == UInt32(TP_STATUS_SEND_REQUEST) {
            if dropAt.contains(taken.count) { return }
            set(head, UInt32(TP_STATUS_AVAILABLE))
            taken.append(head)
            head = (head + 1) % slots
            sent += 1
        }
    }
}

private func withRing(
    slots: Int, _ body: (inout TransmitRing, inout PlayedKernel) throws -> Void
) rethrows {
    let slotBytes = 128
    let memory = UnsafeMutableRawPointer.allocate(byteCount: slots * slotBytes, alignment: 4096)
    memory.initializeMemory(as: UInt8.self, repeating: 0, count: slots * slotBytes)
    let points = UnsafeMutablePointer<StampPoint>.allocate(capacity: slots)
    points.initialize(repeating: StampPoint(signatureOffset: 42), count: slots)
    defer {
        memory.deallocate()
        points.deallocate()
    }
    var ring = TransmitRing(
        base: memory, slotBytes: slotBytes, slotCount: slots, frameOffsetBytes: 42, stampPoints: points)
    var kernel = PlayedKernel(base: memory, slotBytes: slotBytes, slots: slots)
    try body(&ring, &kernel)
}

@Suite struct TransmitRingTests {
    @Test func emptyRingOffersAllSlotsAndNoMore() {
        withRing(slots: 8) { ring, _ in
            check(ring.reserve(5) == 5)
            check(ring.reserve(100) == 8)
            check(ring.outstandingFrames == 0)
        }
    }

    @Test func fullRingOffersNothingUntilTheKernelGivesBack() {
        withRing(slots: 8) { ring, kernel in
            ring.submit(ring.reserve(8))
            check(ring.reserve(1) == 0)
            kernel.send(3)
            check(ring.reserve(8) == 3)
            check(ring.completedFrames == 3)
            check(ring.outstandingFrames == 5)
        }
    }

    @Test func positionsWrapAroundTheEnd() {
        withRing(slots: 8) { ring, kernel in
            let base = ring.frame(0)
            ring.submit(ring.reserve(6))
            kernel.send()
            check(ring.reserve(4) == 4)
            check(ring.frame(0) == base + 6 * 128)
            check(ring.frame(1) == base + 7 * 128)
            check(ring.frame(2) == base)
        }
    }

    @Test func aDroppedFrameStaysInItsSlotAndIsSentByTheNextCall() {
        withRing(slots: 8) { ring, kernel in
            ring.submit(ring.reserve(4))
            kernel.send(dropAt: [2])
            check(ring.reserve(8) == 6)
            check(ring.completedFrames == 2)
            kernel.send()
            _ = ring.reserve(0)
            check(ring.completedFrames == 4)
            check(kernel.taken == [0, 1, 2, 3])
        }
    }

    @Test func anIllFormedSlotIsRefusedAndDoesNotBlockTheRing() {
        withRing(slots: 4) { ring, kernel in
            ring.submit(ring.reserve(2))
            kernel.set(0, UInt32(TP_STATUS_WRONG_FORMAT))
            kernel.head = 1
            kernel.send()
            check(ring.reserve(4) == 4)
            check(ring.completedFrames == 1)
            check(ring.malformedFrames == 1)
            check(ring.withdraw() == 1)
        }
    }

    @Test func withdrawTakesBackWhatWasNeverSent() {
        withRing(slots: 8) { ring, kernel in
            ring.submit(ring.reserve(6))
            kernel.send(2)
            kernel.set(2, UInt32(TP_STATUS_SENDING))
            check(ring.withdraw() == 3)
            // Two were sent, and the one on its way completes.
            check(ring.completedFrames == 3)
            check(ring.outstandingFrames == 0)
            for slot in 3..<6 { check(kernel.status(slot) == UInt32(TP_STATUS_AVAILABLE)) }
        }
    }

    /// Random interleavings against a count of frames in and out.
    @Test func everyFrameIsInExactlyOneState() {
        var generator = SeededGenerator()
        for slots in [1, 2, 3, 8, 33] {
            withRing(slots: slots) { ring, kernel in
                var submitted = 0
                for _ in 0..<2000 {
                    let count = ring.reserve(Int(generator.next() % 7))
                    ring.submit(count)
                    submitted += count
                    kernel.send(Int(generator.next() % 5))
                    check(ring.outstandingFrames + Int(ring.completedFrames) == submitted)
                    check(ring.outstandingFrames <= slots)
                }
                kernel.send()
                _ = ring.reserve(0)
                check(Int(ring.completedFrames) == submitted)
                check(kernel.taken.count == submitted)
            }
        }
    }
}

@Suite struct RingGeometryTests {
    @Test(arguments: [
        (60, 1, 256, true, 128, 256), (60, 1, 256, false, 128, 256), (60, 12, 256, true, 128, 288),
        (60, 7, 10, true, 128, 224), (1514, 1, 256, true, 2048, 256), (9014, 1, 100, true, 16384, 100),
        (60, 1000, 256, true, 128, 4000)
    ])
    func slotsHoldWholeCyclesAndWholeBlocks(
        _ frameBytes: Int, _ cycle: Int, _ minimum: Int, _ linear: Bool, _ slotBytes: Int, _ slots: Int
    ) {
        let geometry = RingGeometry(
            largestFrameBytes: frameBytes, cycle: cycle, minimumSlots: minimum, linear: linear)
        check(geometry.slotBytes == slotBytes)
        check(geometry.slots == slots)
        check(geometry.slots % cycle == 0)
        check(geometry.slots * geometry.slotBytes % geometry.blockBytes == 0)
        check(geometry.frameOffsetBytes + frameBytes <= geometry.slotBytes)
    }

    @Test func aLinearSlotTellsTheKernelToCopyTheWholeFrame() {
        let geometry = RingGeometry(largestFrameBytes: 60, cycle: 1, minimumSlots: 1, linear: true)
        let slot = UnsafeMutableRawPointer.allocate(byteCount: geometry.slotBytes, alignment: 16)
        defer { slot.deallocate() }
        slot.initializeMemory(as: UInt8.self, repeating: 0, count: geometry.slotBytes)
        let bytes = (0..<60).map { UInt8($0) }
        geometry.lay(FrameTemplate(bytes: bytes, stampPoint: StampPoint(signatureOffset: 42)), into: slot)
        // tp_len counts the virtio-net header; hdr_len is its third and fourth byte.
        check(slot.load(fromByteOffset: 4, as: UInt32.self) == 70)
        check(slot.load(fromByteOffset: 32 + 2, as: UInt16.self) == 60)
        check((0..<60).allSatisfy { slot.load(fromByteOffset: 42 + $0, as: UInt8.self) == bytes[$0] })
    }
}
