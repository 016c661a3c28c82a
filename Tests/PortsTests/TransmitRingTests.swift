import CLinux
import Frames
import TestSupport
import Testing
import Traffic

@testable import Ports

/// Slot n holds a frame of 60 + n bytes behind a virtio-net header.
private func withRing(
    slots: Int, _ body: (inout TransmitRing, inout PlayedKernel) throws -> Void
) rethrows {
    let slotBytes = 128
    let memory = UnsafeMutableRawPointer.allocate(byteCount: slots * slotBytes, alignment: 4096)
    memory.initializeMemory(as: UInt8.self, repeating: 0, count: slots * slotBytes)
    for slot in 0..<slots { memory.storeBytes(of: UInt32(10 + 60 + slot), toByteOffset: slot * slotBytes + 4, as: UInt32.self) }
    let points = UnsafeMutablePointer<StampPoint>.allocate(capacity: slots)
    points.initialize(repeating: StampPoint(signatureOffset: 42), count: slots)
    defer {
        memory.deallocate()
        points.deallocate()
    }
    var ring = TransmitRing(
        base: memory, slotBytes: slotBytes, slotCount: slots, frameOffsetBytes: 42, virtioBytes: 10, stampPoints: points)
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
            kernel.send(dropAt: 2)
            check(ring.reserve(8) == 6)
            check(ring.completedFrames == 2)
            kernel.send()
            _ = ring.reserve(0)
            check(ring.completedFrames == 4)
            check(kernel.taken == [0, 1, 2, 3])
        }
    }

    /// The kernel stays on it: neither it nor what comes behind is sent until it is taken back, and filled again.
    @Test func anIllFormedSlotStopsTheRingUntilItIsWithdrawn() {
        withRing(slots: 4) { ring, kernel in
            ring.submit(ring.reserve(3))
            kernel.send(illFormedAt: 1)
            kernel.send()
            check(ring.reserve(4) == 2)
            check(ring.completedFrames == 1 && ring.outstandingFrames == 2)
            check(ring.withdraw() == 2)
            check(ring.reserve(4) == 4)
            check(ring.frame(0) == kernel.base + 1 * 128 + 42)
            ring.submit(2)
            kernel.send()
            _ = ring.reserve(0)
            check(ring.completedFrames == 3 && kernel.taken == [0, 1, 2])
        }
    }

    @Test func whatIsSentAfterAWithdrawalLeavesAtOnce() {
        withRing(slots: 8) { ring, kernel in
            ring.submit(ring.reserve(6))
            kernel.send(dropAt: 2)
            check(ring.withdraw() == 4)
            check(ring.completedFrames == 2 && ring.outstandingFrames == 0)
            for slot in 2..<6 { check(kernel.status(slot) == UInt32(TP_STATUS_AVAILABLE)) }
            check(ring.nextSlot == 2)
            ring.submit(ring.reserve(1))
            kernel.send()
            check(kernel.taken == [0, 1, 2])
            _ = ring.reserve(0)
            check(ring.completedFrames == 3)
            // A second withdrawal finds nothing, and moves nothing.
            check(ring.withdraw() == 0 && ring.nextSlot == 3)
        }
    }

    /// Frames in flight count as sent when the book is closed, and once; their slots are filled again only when they are back.
    @Test func framesInFlightAreCountedAheadAndTheirSlotsWaitedFor() {
        withRing(slots: 8) { ring, kernel in
            kernel.keepsInFlight = true
            ring.submit(ring.reserve(6))
            kernel.send(3)
            check(ring.withdraw() == 3)
            check(ring.completedFrames == 3 && ring.outstandingFrames == 0)
            check(ring.completedBytes == 60 + 61 + 62)
            check(ring.reserve(8) == 5)
            ring.submit(5)
            check(ring.outstandingFrames == 5)
            kernel.send()
            check(kernel.taken == Array(0..<8))
            check(ring.isInFlight && ring.reserve(8) == 0)
            kernel.free(3)
            check(!ring.isInFlight && ring.reserve(8) == 3)
            check(ring.completedFrames == 3 && ring.outstandingFrames == 5)
            kernel.free()
            check(ring.reserve(8) == 8)
            check(ring.completedFrames == 8 && ring.completedBytes == (0..<8).reduce(0) { $0 + 60 + UInt64($1) })
        }
    }

    /// A full ring says so only while nothing could be done about it.
    @Test func aFullRingIsInFlightOnlyWhenTheKernelHasAllOfIt() {
        withRing(slots: 4) { ring, kernel in
            ring.submit(ring.reserve(4))
            check(!ring.isInFlight)
            kernel.send()
            check(!ring.isInFlight && ring.reserve(4) == 4)
            kernel.keepsInFlight = true
            ring.submit(3)
            kernel.send()
            check(!ring.isInFlight)
            ring.submit(ring.reserve(1))
            kernel.send()
            check(ring.isInFlight)
        }
    }

    /// Random interleavings of sending, freeing, refusals and withdrawals against a count of frames and bytes in and out.
    @Test func everyFrameIsInExactlyOneState() {
        var generator = SeededGenerator()
        for slots in [1, 2, 3, 8, 33] {
            withRing(slots: slots) { ring, kernel in
                var submitted = 0
                var refused = 0
                for round in 0..<4000 {
                    kernel.keepsInFlight = round % 200 >= 100
                    if !kernel.keepsInFlight { kernel.free() }
                    let count = ring.reserve(Int(generator.next() % 7))
                    ring.submit(count)
                    submitted += count
                    let limit = Int(generator.next() % 5)
                    let isIllFormed = generator.next() % 50 == 0
                    kernel.send(limit, illFormedAt: isIllFormed ? kernel.taken.count + limit / 2 : nil)
                    kernel.free(Int(generator.next() % 3))
                    if isIllFormed || generator.next() % 40 == 0 {
                        refused += Int(ring.withdraw())
                        check(ring.outstandingFrames == 0 && Int(ring.completedFrames) == kernel.taken.count)
                        check(ring.nextSlot == kernel.head)
                    }
                    check(ring.outstandingFrames + Int(ring.completedFrames) + refused == submitted)
                    check(ring.outstandingFrames <= slots)
                }
                kernel.send()
                kernel.free()
                _ = ring.reserve(0)
                check(Int(ring.completedFrames) + refused == submitted)
                check(kernel.taken.count == Int(ring.completedFrames))
                check(Int(ring.completedBytes) == kernel.taken.reduce(0) { $0 + kernel.length($1) - 10 })
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
