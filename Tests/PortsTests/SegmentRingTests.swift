import CLinux
import Frames
import TestSupport
import Testing

@testable import Ports

/// A segment ring over heap memory, the test playing `tpacket_snd`.
private final class PlayedRing {
    let slotBytes = 2_048
    let slots: Int
    let memory: UnsafeMutableRawPointer
    let shapes: UnsafeMutablePointer<SegmentedSlot>
    let filled: UnsafeMutablePointer<Int>
    let frames: UnsafeMutablePointer<UnsafeMutableRawPointer>
    let points: UnsafeMutablePointer<StampPoint>

    init(_ shapes: [SegmentedSlot], capacity: Int) {
        slots = shapes.count
        memory = .allocate(byteCount: slots * slotBytes, alignment: 4_096)
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: slots * slotBytes)
        self.shapes = .allocate(capacity: slots)
        self.shapes.initialize(from: shapes, count: slots)
        filled = .allocate(capacity: slots)
        filled.initialize(repeating: 0, count: slots)
        frames = .allocate(capacity: capacity)
        points = .allocate(capacity: capacity)
    }

    deinit {
        memory.deallocate()
        shapes.deallocate()
        filled.deallocate()
        frames.deallocate()
        points.deallocate()
    }

    func ring(capacity: Int) -> SegmentRing {
        SegmentRing(
            base: memory, slotBytes: slotBytes, slotCount: slots, dataOffsetBytes: 32, slots: shapes, filled: filled, frames: frames,
            points: points, capacity: capacity)
    }

    func status(_ slot: Int) -> UInt32 { memory.load(fromByteOffset: slot * slotBytes, as: UInt32.self) }
    func set(_ slot: Int, _ status: UInt32) { memory.storeBytes(of: status, toByteOffset: slot * slotBytes, as: UInt32.self) }
    func length(_ slot: Int) -> Int { Int(memory.load(fromByteOffset: slot * slotBytes + 4, as: UInt32.self)) }
    /// gso_type, hdr_len, gso_size.
    func virtio(_ slot: Int) -> [Int] {
        let header = memory + slot * slotBytes + 32
        return [
            Int(header.load(fromByteOffset: 1, as: UInt8.self)), Int(header.load(fromByteOffset: 2, as: UInt16.self)),
            Int(header.load(fromByteOffset: 4, as: UInt16.self))
        ]
    }
}

@Suite struct SegmentRingTests {
    private let point = StampPoint(signatureOffset: 42)
    private var cut: SegmentedSlot { SegmentedSlot(segments: 4, strideBytes: 18, headerBytes: 42, stampPoint: point, isCut: true) }
    private var whole: SegmentedSlot { SegmentedSlot(segments: 1, strideBytes: 18, headerBytes: 60, stampPoint: point, isCut: false) }

    @Test func framesStandAPayloadApart() {
        let played = PlayedRing([cut, cut], capacity: 16)
        var ring = played.ring(capacity: 16)
        check(ring.reserve(100) == 8)
        check(ring.frame(0) == played.memory + 42)
        check(ring.frame(3) == played.memory + 42 + 54)
        check(ring.frame(4) == played.memory + 2_048 + 42)
        check(ring.stampPoint(7) == point)
        check(ring.reserve(3) == 3)
    }

    @Test func aFullSlotIsCutAndAPartOneIsShorter() {
        let played = PlayedRing([cut, cut, cut], capacity: 16)
        var ring = played.ring(capacity: 16)
        ring.submit(ring.reserve(6))
        check(played.status(0) == UInt32(TP_STATUS_SEND_REQUEST) && played.status(2) == 0)
        check(played.length(0) == 10 + 42 + 4 * 18)
        check(played.virtio(0) == [5, 42 + 4 * 18, 18])
        check(played.length(1) == 10 + 42 + 2 * 18)
        check(ring.outstandingFrames == 6)
        // The third slot alone is left.
        check(ring.reserve(100) == 4)
    }

    /// The kernel refuses to cut what has one segment.
    @Test func oneFrameAloneIsAPlainFrame() {
        let played = PlayedRing([cut, cut], capacity: 16)
        var ring = played.ring(capacity: 16)
        ring.submit(ring.reserve(1))
        check(played.length(0) == 10 + 60)
        check(played.virtio(0) == [0, 60, 0])
        played.set(0, UInt32(TP_STATUS_AVAILABLE))
        check(ring.reserve(1) == 1)
        check(ring.completedFrames == 1 && ring.segmentedFrames == 0)
    }

    @Test func whatCantBeCutKeepsItsHeader() {
        let played = PlayedRing([whole, cut], capacity: 16)
        var ring = played.ring(capacity: 16)
        ring.submit(ring.reserve(5))
        check(played.length(0) == 70 && played.virtio(0) == [0, 0, 0])
        played.set(0, UInt32(TP_STATUS_AVAILABLE))
        played.set(1, UInt32(TP_STATUS_AVAILABLE))
        check(ring.reserve(0) == 0)
        check(ring.completedFrames == 5 && ring.segmentedFrames == 4)
    }

    @Test func refusedSlotsAreCountedByTheirFrames() {
        let played = PlayedRing([cut, cut, cut], capacity: 16)
        var ring = played.ring(capacity: 16)
        ring.submit(ring.reserve(12))
        played.set(0, UInt32(TP_STATUS_AVAILABLE))
        played.set(1, UInt32(TP_STATUS_WRONG_FORMAT))
        check(ring.withdraw() == 8)
        check(ring.completedFrames == 4 && ring.outstandingFrames == 0)
        check(played.status(1) == 0 && played.status(2) == 0)
        check(ring.reserve(100) == 12)
    }

    /// Random batches over many rounds: nothing is lost, nothing is counted twice.
    @Test func booksCloseOverManyRounds() {
        var generator = SeededGenerator()
        let shapes = (0..<7).map { _ in Bool.random(using: &generator) ? cut : whole }
        let played = PlayedRing(shapes, capacity: 64)
        var ring = played.ring(capacity: 64)
        var submitted: UInt64 = 0
        for _ in 0..<5_000 {
            let count = ring.reserve(Int.random(in: 0...20, using: &generator))
            ring.submit(count)
            submitted += UInt64(count)
            for slot in 0..<7 where played.status(slot) == UInt32(TP_STATUS_SEND_REQUEST) && Bool.random(using: &generator) {
                played.set(slot, UInt32(TP_STATUS_AVAILABLE))
            }
        }
        for slot in 0..<7 { played.set(slot, UInt32(TP_STATUS_AVAILABLE)) }
        check(ring.withdraw() == 0)
        check(ring.completedFrames == submitted && ring.outstandingFrames == 0)
    }
}
