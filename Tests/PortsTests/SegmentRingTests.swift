import CLinux
import Frames
import Memory
import TestSupport
import Testing
import Traffic

@testable import Ports

/// A segment ring over heap memory, and `tpacket_snd` over it: its head moves past a slot only when that slot's frames are on their way.
private final class PlayedRing {
    static let slotBytes = 2_048
    let slots: Int
    let memory: UnsafeMutableRawPointer
    private let shapes: UnsafeMutablePointer<SegmentedSlot>
    private let shapeCount: Int
    private let laid: UnsafeMutablePointer<Int>
    private let filled: UnsafeMutablePointer<Int>
    private let frames: UnsafeMutablePointer<Int>
    private let points: UnsafeMutablePointer<StampPoint>
    private let superframe: Superframe?
    /// What each frame of the plan consists of.
    private let contents: [[UInt8]]
    private let stored: UnsafeMutableRawPointer
    var head = 0
    /// The kind of each frame that left, in order.
    var left: [Int] = []

    /// - Parameter kinds: headers and payload of each frame of the plan; equal payloads are stored once.
    init(
        _ kinds: [(headerBytes: Int, payload: [UInt8], isCut: Bool)], segments: Int, slots: Int, capacity: Int,
        superframe: Superframe? = nil
    ) {
        self.slots = slots
        self.superframe = superframe
        memory = .allocate(byteCount: slots * Self.slotBytes, alignment: 4_096)
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: slots * Self.slotBytes)
        contents = kinds.enumerated().map { [UInt8](repeating: UInt8($0 + 1), count: $1.headerBytes) + $1.payload }
        stored = .allocate(byteCount: kinds.count * 512, alignment: 64)
        shapes = .allocate(capacity: kinds.count)
        shapeCount = kinds.count
        var known: [[UInt8]: UnsafeRawPointer] = [:]
        for (position, kind) in kinds.enumerated() {
            let place = stored + position * 512
            place.copyMemory(from: contents[position], byteCount: contents[position].count)
            let payload = known[kind.payload] ?? UnsafeRawPointer(place + kind.headerBytes)
            known[kind.payload] = payload
            (shapes + position).initialize(
                to: SegmentedSlot(
                    segments: kind.isCut ? segments : 1, headerBytes: kind.headerBytes, strideBytes: kind.payload.count,
                    stampPoint: StampPoint(signatureOffset: UInt16(kind.headerBytes)),
                    transport: kind.isCut ? SegmentedTransport(.udp, offset: 34, pseudoHeaderSum: 0) : nil,
                    superframe: superframe,
                    header: place,
                    payload: payload))
        }
        laid = .allocate(capacity: slots)
        filled = .allocate(capacity: slots)
        frames = .allocate(capacity: capacity)
        points = .allocate(capacity: capacity)
    }

    deinit {
        memory.deallocate()
        stored.deallocate()
        shapes.deallocate()
        laid.deallocate()
        filled.deallocate()
        frames.deallocate()
        points.deallocate()
    }

    func ring(capacity: Int, runFrames: Int = .max) -> SegmentRing {
        SegmentRing(
            base: memory, slotBytes: Self.slotBytes, slotCount: slots, dataOffsetBytes: 32,
            shapes: MemoryTable(start: shapes, count: shapeCount), runFrames: runFrames, laid: MemoryTable(start: laid, count: slots),
            filled: MemoryTable(start: filled, count: slots), frames: MemoryTable(start: frames, count: capacity),
            points: MemoryTable(start: points, count: capacity))
    }

    func status(_ slot: Int) -> UInt32 { memory.load(fromByteOffset: slot * Self.slotBytes, as: UInt32.self) }
    func set(_ slot: Int, _ status: UInt32) { memory.storeBytes(of: status, toByteOffset: slot * Self.slotBytes, as: UInt32.self) }
    func length(_ slot: Int) -> Int { Int(memory.load(fromByteOffset: slot * Self.slotBytes + 4, as: UInt32.self)) }
    /// gso_type, hdr_len, gso_size.
    func virtio(_ slot: Int) -> [Int] {
        let header = memory + slot * Self.slotBytes + 32
        return [
            Int(header.load(fromByteOffset: 1, as: UInt8.self)), Int(header.load(fromByteOffset: 2, as: UInt16.self)),
            Int(header.load(fromByteOffset: 4, as: UInt16.self))
        ]
    }

    /// Takes up to `limit` slots.
    func send(_ limit: Int = .max, keepingInFlight: Bool = false, illFormedAfter: Int? = nil) {
        for taken in 0..<limit where status(head) == UInt32(TP_STATUS_SEND_REQUEST) {
            if taken == illFormedAfter { return set(head, UInt32(TP_STATUS_WRONG_FORMAT)) }
            left += cut(head)
            set(head, UInt32(keepingInFlight ? TP_STATUS_SENDING : TP_STATUS_AVAILABLE))
            head = (head + 1) % slots
            if status(head) != UInt32(TP_STATUS_SEND_REQUEST) { return }
        }
    }

    func free() {
        for slot in 0..<slots where status(slot) == UInt32(TP_STATUS_SENDING) { set(slot, UInt32(TP_STATUS_AVAILABLE)) }
    }

    /// Cuts a slot as `__udp_gso_segment` does, every byte held against the plan's.
    private func cut(_ slot: Int) -> [Int] {
        let data = UnsafeRawBufferPointer(start: memory + slot * Self.slotBytes + 42, count: length(slot) - 10)
        let kind = Int(data[0]) - 1
        let frame = contents[kind]
        let headerBytes = shapes[kind].headerBytes
        check(data.prefix(headerBytes).elementsEqual(frame.prefix(headerBytes)))
        let payloads = data.dropFirst(headerBytes)
        let stride = shapes[kind].strideBytes
        check(!payloads.isEmpty && payloads.count % stride == 0)
        let virtio = virtio(slot)
        check(superframe != nil || !shapes[kind].isCut || virtio[1] == data.count && virtio[2] == (payloads.count > stride ? stride : 0))
        var kinds: [Int] = []
        var rest = payloads
        while !rest.isEmpty {
            check(rest.prefix(stride).elementsEqual(frame.dropFirst(headerBytes)))
            rest = rest.dropFirst(stride)
            kinds.append(kind)
        }
        return kinds
    }
}

private typealias Kind = (headerBytes: Int, payload: [UInt8], isCut: Bool)

@Suite struct SegmentRingTests {
    private let cut: Kind = (42, (0..<18).map { UInt8($0) }, true)
    private let whole: Kind = (42, (0..<18).map { UInt8($0) }, false)
    private let long: Kind = (42, (0..<200).map { UInt8(truncatingIfNeeded: $0) }, true)

    @Test func framesStandAPayloadApart() {
        let played = PlayedRing([cut], segments: 4, slots: 2, capacity: 16)
        var ring = played.ring(capacity: 16)
        check(ring.reserve(100) == 8)
        check(ring.frame(0) == played.memory + 42)
        check(ring.frame(3) == played.memory + 42 + 54)
        check(ring.frame(4) == played.memory + 2_048 + 42)
        check(ring.stampPoint(7) == StampPoint(signatureOffset: 42))
        check(ring.reserve(3) == 3)
    }

    @Test func aFullSlotIsCutAndAPartOneIsShorter() {
        let played = PlayedRing([cut], segments: 4, slots: 3, capacity: 16)
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
        let played = PlayedRing([cut], segments: 4, slots: 2, capacity: 16)
        var ring = played.ring(capacity: 16)
        ring.submit(ring.reserve(1))
        check(played.length(0) == 10 + 60)
        check(played.virtio(0) == [0, 60, 0])
        played.send()
        check(ring.reserve(1) == 1)
        check(ring.completedFrames == 1 && ring.completedBytes == 60 && ring.segmentedFrames == 0)
    }

    /// One frame, whose header says what a device may cut it into: nobody else does.
    @Test(arguments: [true, false]) func aSuperframeGoesWhole(_ isLinear: Bool) {
        let played = PlayedRing(
            [long], segments: 1, slots: 2, capacity: 16, superframe: Superframe(segmentBytes: 60, isLinear: isLinear))
        var ring = played.ring(capacity: 16)
        check(ring.reserve(100) == 2)
        check(ring.frame(1) == played.memory + 2_048 + 42)
        ring.submit(2)
        check(played.length(0) == 10 + 42 + 200)
        // In pages but for the headers and the signature behind them.
        check(played.virtio(0) == [5, isLinear ? 242 : 42 + 18, 60])
        played.send()
        check(played.left == [0, 0])
        check(ring.reserve(0) == 0)
        check(ring.completedFrames == 2 && ring.completedBytes == 2 * 242 && ring.segmentedFrames == 0)
    }

    @Test(arguments: [
        (0, 0, 1), (1_472, 0, 1), (1, 1_472, 1), (1_472, 1_472, 1), (1_473, 1_472, 2), (64_768, 1_472, 44), (64_769, 1_472, 45), (-4, 9, 1)
    ])
    func segmentsAreThoseThatADeviceWouldMake(_ payloadBytes: Int, _ segmentBytes: Int, _ segments: Int) {
        check(Superframe.segments(ofPayload: payloadBytes, segmentBytes: segmentBytes) == segments)
    }

    @Test func whatCantBeCutKeepsItsHeader() {
        let played = PlayedRing([whole], segments: 4, slots: 2, capacity: 16)
        var ring = played.ring(capacity: 16)
        check(ring.reserve(5) == 2)
        ring.submit(2)
        check(played.length(0) == 70 && played.virtio(0) == [0, 60, 0])
        played.send()
        check(ring.reserve(0) == 0)
        check(ring.completedFrames == 2 && ring.completedBytes == 120 && ring.segmentedFrames == 0)
    }

    @Test func whatIsSentAfterAWithdrawalLeavesAtOnce() {
        let played = PlayedRing([cut], segments: 4, slots: 3, capacity: 16)
        var ring = played.ring(capacity: 16)
        ring.submit(ring.reserve(12))
        played.send(illFormedAfter: 1)
        check(played.status(1) == UInt32(TP_STATUS_WRONG_FORMAT))
        // The kernel stays on it: nothing is given back, and nothing sent.
        check(ring.reserve(100) == 4 && ring.outstandingFrames == 8)
        check(ring.withdraw() == 8)
        check(ring.completedFrames == 4 && ring.outstandingFrames == 0)
        check(played.status(1) == 0 && played.status(2) == 0)
        check(ring.reserve(100) == 12)
        ring.submit(1)
        played.send()
        check(played.left.count == 5)
        check(ring.reserve(0) == 0 && ring.completedFrames == 5)
    }

    @Test func framesInFlightAreCountedAheadAndTheirSlotsWaitedFor() {
        let played = PlayedRing([cut], segments: 4, slots: 3, capacity: 16)
        var ring = played.ring(capacity: 16)
        ring.submit(ring.reserve(7))
        played.send(keepingInFlight: true)
        check(ring.withdraw() == 0 && ring.completedFrames == 7 && ring.outstandingFrames == 0)
        check(ring.reserve(100) == 4)
        ring.submit(4)
        played.send(keepingInFlight: true)
        check(ring.isInFlight && ring.reserve(100) == 0)
        played.free()
        check(!ring.isInFlight && ring.reserve(100) == 12)
        check(ring.completedFrames == 11 && ring.completedBytes == 11 * 60 && ring.outstandingFrames == 0)
    }

    /// Two sizes, runs of four, batches that end anywhere: the plan's order by runs, none of them shorter or longer.
    @Test func runsGoOnWhereABatchCutThemOff() {
        let played = PlayedRing([cut, long], segments: 4, slots: 5, capacity: 64)
        var ring = played.ring(capacity: 64, runFrames: 4)
        for limit in [1, 3, 5, 2, 7, 4, 1, 1, 12, 6, 9, 4, 1, 100] {
            let count = ring.reserve(limit)
            ring.submit(count)
            played.send()
        }
        check(played.left == played.left.indices.map { $0 / 4 % 2 })
        check(played.left.count > 50)
        _ = ring.reserve(0)
        let lengths = [60, 242]
        check(Int(ring.completedBytes) == played.left.reduce(0) { $0 + lengths[$1] })
    }

    /// More kinds than slots: each slot takes whatever comes next.
    @Test func slotsBelongToNoFrame() {
        let kinds = (0..<40).map { $0 % 7 == 3 ? long : cut }
        let played = PlayedRing(kinds, segments: 3, slots: 4, capacity: 64)
        var ring = played.ring(capacity: 64, runFrames: 3)
        var generator = SeededGenerator()
        while played.left.count < 1_000 {
            ring.submit(ring.reserve(Int.random(in: 0...11, using: &generator)))
            played.send(Int.random(in: 0...3, using: &generator))
        }
        check(played.left == played.left.indices.map { $0 / 3 % 40 })
    }

    /// Random batches, refusals and withdrawals over many rounds: nothing is lost, nothing is counted twice, and after each withdrawal the
    /// plan begins anew.
    @Test func booksCloseOverManyRounds() {
        var generator = SeededGenerator()
        let lengths = [60, 242, 60]
        let played = PlayedRing([cut, long, cut], segments: 4, slots: 7, capacity: 64)
        var ring = played.ring(capacity: 64, runFrames: 4)
        var submitted: UInt64 = 0
        var refused: UInt64 = 0
        var begun = 0
        for round in 0..<5_000 {
            let keeps = round % 300 > 200
            if !keeps { played.free() }
            let count = ring.reserve(Int.random(in: 0...20, using: &generator))
            ring.submit(count)
            submitted += UInt64(count)
            let isIllFormed = Int.random(in: 0..<60, using: &generator) == 0
            played.send(Int.random(in: 0...4, using: &generator), keepingInFlight: keeps, illFormedAfter: isIllFormed ? 1 : nil)
            if isIllFormed || round % 97 == 0 {
                refused += ring.withdraw()
                check(ring.nextShape == 0 && ring.outstandingFrames == 0)
                let phase = played.left[begun...]
                check(phase.elementsEqual(phase.indices.map { ($0 - begun) / 4 % 3 }))
                begun = played.left.count
            }
            check(UInt64(ring.outstandingFrames) + ring.completedFrames + refused == submitted)
        }
        refused += ring.withdraw()
        check(ring.completedFrames + refused == submitted && Int(ring.completedFrames) == played.left.count)
        check(Int(ring.completedBytes) == played.left.reduce(0) { $0 + lengths[$1] })
    }
}

@Suite struct SegmentTemplateTests {
    /// Of frames with other sizes each slot holds as many as the largest allows.
    @Test(arguments: [
        (64, 60, 42, 64), (64, 9_014, 42, 7), (64, 40_000, 42, 1), (2, 32_788, 42, 2), (2, 32_789, 42, 1), (64, 42, 42, 1), (64, 40, 42, 1)
    ])
    func asManyAsSixtyFourKiBHold(_ wanted: Int, _ frameBytes: Int, _ headerBytes: Int, _ segments: Int) {
        #expect(SegmentTemplate.segments(wanted, frameBytes: frameBytes, headerBytes: headerBytes) == segments)
    }

    /// Whatever the number of flows, a ring takes what its slots take.
    @Test func aRingTakesNoMoreForManyFlows() {
        #expect(GSOTransmitPort.ringBytes(slots: 16, segments: 64, frameBytes: 1_514, headerBytes: 42) == 16 * 65_536)
        #expect(GSOTransmitPort.ringBytes(slots: 16, segments: 16, frameBytes: 60, headerBytes: 42) == 16 * 512)
    }
}
