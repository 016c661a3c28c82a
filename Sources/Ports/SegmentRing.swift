import CLinux
import Frames
import Memory
import Synchronization
import Traffic

/// The user's half of a PACKET_TX_RING whose slots the stack cuts into several frames each: generic segmentation by way of
/// the virtio-net header (`virtio_net_hdr_to_skb`, `__udp_gso_segment`).
///
/// A slot holds headers and payloads, each payload with a signature of its own. A frame's address is that which its first byte
/// would have if its payload stood behind headers of its own, so that a stamp point means the same for all of them. A slot that is only partly
/// filled is made shorter; with one payload it is sent as the plain frame that it is, for the kernel refuses to cut what has
/// one segment only.
///
/// A slot repeats one frame of the plan, so a plan of several sends them in runs: `runFrames` of the first, as many of the second, and so on,
/// whatever the batches. A run that a batch's end cuts off goes on in the next slot, so shares are those of the plan, by
/// frames. Slots are few and belong to no frame: whichever comes next is written into the next slot, which for frames with the same payload
/// means its headers.
///
/// Unsafe: `base` holds `slotCount` slots of `slotBytes` and outlives the ring, whose indices stay below `slotCount`; shapes were checked to fit
/// a slot, and positions are looked up in tables. Status words are only ever touched as atomics.
@frozen
@safe
public struct SegmentRing: ~Copyable {
    @usableFromInline let base: UnsafeMutableRawPointer
    @usableFromInline let slotBytes: Int
    @usableFromInline let slotCount: Int
    /// From a slot's start to its virtio-net header.
    @usableFromInline let dataOffsetBytes: Int
    /// The plan's frames in order, each as a slot of them.
    @usableFromInline let shapes: MemoryTable<SegmentedSlot>
    public let runFrames: Int
    /// By slot: which frame of the plan it holds.
    @usableFromInline let laid: MemoryTable<Int>
    /// How many frames each slot holds while the kernel has it.
    @usableFromInline let filled: MemoryTable<Int>
    /// Frames of the current reservation: where each begins, from the ring's first byte on.
    @usableFromInline let frames: MemoryTable<Int>
    @usableFromInline let points: MemoryTable<StampPoint>
    @usableFromInline var head = 0
    /// The oldest slot that the kernel has not given back.
    @usableFromInline var tail = 0
    /// Slots from `tail` to `head`.
    @usableFromInline var busySlots = 0
    /// After a withdrawal: the oldest busy slots, in flight and counted already.
    @usableFromInline var slotsAhead = 0
    /// What the next frame is made from, and how many frames of its run are handed over.
    @usableFromInline var shape = 0
    @usableFromInline var ofRun = 0
    @usableFromInline var outstanding = 0
    @usableFromInline var completed: UInt64 = 0
    @usableFromInline var bytes: UInt64 = 0
    @usableFromInline var segmented: UInt64 = 0

    /// - Parameters:
    ///   - base: `slotCount` slots of `slotBytes`, zeroed; outlive the ring.
    ///   - shapes: at least one, whose slots have room in `slotBytes`; outlive the ring.
    ///   - runFrames: how many frames of one shape leave before the next one's turn; `Int.max` where there is one only.
    ///   - laid, filled: one for each slot; outlive the ring.
    ///   - frames, points: room for all frames of one reservation; outlive the ring.
    public init(
        base: UnsafeMutableRawPointer, slotBytes: Int, slotCount: Int, dataOffsetBytes: Int, shapes: MemoryTable<SegmentedSlot>,
        runFrames: Int, laid: MemoryTable<Int>, filled: MemoryTable<Int>, frames: MemoryTable<Int>, points: MemoryTable<StampPoint>
    ) {
        precondition(shapes.count > 0 && laid.count == slotCount && filled.count == slotCount, "each slot has a shape")
        precondition(frames.count == points.count, "each frame of a reservation has a stamp point")
        for shape in 0..<shapes.count {
            precondition(dataOffsetBytes + shapes[shape].fullBytes <= slotBytes, "a slot holds its frames")
        }
        unsafe self.base = unsafe base
        self.slotBytes = slotBytes
        self.slotCount = slotCount
        self.dataOffsetBytes = dataOffsetBytes
        self.shapes = shapes
        self.runFrames = runFrames
        self.laid = laid
        self.filled = filled
        self.frames = frames
        self.points = points
        // As the first round will want them.
        for slot in 0..<slotCount {
            laid[slot] = slot % shapes.count
            filled[slot] = 0
            unsafe shapes[laid[slot]].lay(into: base + slot * slotBytes + dataOffsetBytes)
        }
    }

    @inlinable public var completedFrames: UInt64 { completed }
    /// Of the completed frames, without FCS.
    @inlinable public var completedBytes: UInt64 { bytes }
    @inlinable public var outstandingFrames: Int { outstanding }
    /// Of the completed frames, those that the stack cut out of a slot with others.
    @inlinable public var segmentedFrames: UInt64 { segmented }
    /// Which of the plan's frames is reserved next.
    @inlinable public var nextShape: Int { shape }

    @inlinable
    func status(_ slot: Int) -> UnsafePointer<Atomic<UInt32>> {
        unsafe UnsafePointer((base + slot &* slotBytes).assumingMemoryBound(to: Atomic<UInt32>.self))
    }

    @inlinable
    func next(_ slot: Int) -> Int { slot &+ 1 == slotCount ? 0 : slot &+ 1 }

    /// Whether there is no room, and nothing that would make some: the kernel has taken every slot, and given none back.
    @inlinable public var isInFlight: Bool {
        unsafe busySlots == slotCount && status(tail).pointee.load(ordering: .acquiring) == UInt32(TP_STATUS_SENDING)
    }

    @inlinable
    public mutating func reserve(_ limit: Int) -> Int {
        while unsafe busySlots > 0 && status(tail).pointee.load(ordering: .acquiring) == UInt32(TP_STATUS_AVAILABLE) {
            if slotsAhead == 0 {
                settle(tail)
            } else {
                slotsAhead &-= 1
            }
            busySlots &-= 1
            tail = next(tail)
        }
        let wanted = limit < frames.count ? limit : frames.count
        var cursor = (slot: head, shape: shape, ofRun: ofRun)
        var free = slotCount &- busySlots
        var count = 0
        while count < wanted && free > 0 {
            let shape = shapes[cursor.shape]
            if laid[cursor.slot] != cursor.shape { lay(cursor.shape, cursor.slot) }
            let segments = frames(of: shape, cursor.ofRun, atMost: wanted &- count)
            var frame = cursor.slot &* slotBytes &+ dataOffsetBytes &+ SegmentedSlot.virtioBytes
            for _ in 0..<segments {
                frames[count] = frame
                points[count] = shape.stampPoint
                frame &+= shape.strideBytes
                count &+= 1
            }
            advance(&cursor, segments)
            free &-= 1
        }
        return count
    }

    /// How many go into the next slot.
    @inlinable
    func frames(of shape: SegmentedSlot, _ ofRun: Int, atMost limit: Int) -> Int {
        let ofSlot = shape.segments < limit ? shape.segments : limit
        let untilRunEnds = runFrames &- ofRun
        return ofSlot < untilRunEnds ? ofSlot : untilRunEnds
    }

    @inlinable
    func advance(_ cursor: inout (slot: Int, shape: Int, ofRun: Int), _ count: Int) {
        cursor.slot = next(cursor.slot)
        cursor.ofRun &+= count
        if cursor.ofRun == runFrames {
            cursor.ofRun = 0
            cursor.shape = cursor.shape &+ 1 == shapes.count ? 0 : cursor.shape &+ 1
        }
    }

    /// Writes a frame of the plan into a slot that held another.
    @usableFromInline @inline(never)
    func lay(_ shape: Int, _ slot: Int) {
        let wanted = shapes[shape]
        unsafe wanted.lay(
            into: base + slot * slotBytes + dataOffsetBytes, headersOnly: wanted.differsInHeadersOnly(from: shapes[laid[slot]]))
        laid[slot] = shape
    }

    /// Counts what a slot held as sent.
    @inlinable
    mutating func settle(_ slot: Int) {
        let count = filled[slot]
        completed &+= UInt64(truncatingIfNeeded: count)
        bytes &+= UInt64(truncatingIfNeeded: count &* shapes[laid[slot]].frameBytes)
        if count > 1 { segmented &+= UInt64(truncatingIfNeeded: count) }
        outstanding &-= count
    }

    /// Where the `position`-th frame of the reservation begins.
    func frame(_ position: Int) -> UnsafeMutableRawPointer { unsafe base + frames[position] }

    func stampPoint(_ position: Int) -> StampPoint { points[position] }

    /// What a port's verb of that name does.
    @inlinable @inline(__always)
    public func stamp<Filler: FrameFiller & ~Copyable>(
        _ position: Int, with filler: inout Filler, stream: StreamIdentifier, sequence: UInt64, timestampNanoseconds: UInt64
    ) {
        let start = frames[position]
        // To the ring's end, for a frame's headers may stand in front of payloads that are others'.
        var frame = unsafe MutableRawSpan(_unsafeStart: base + start, byteCount: slotCount &* slotBytes &- start)
        filler.fill(&frame, points[position], stream: stream, sequence: sequence, timestampNanoseconds: timestampNanoseconds)
    }

    @inlinable
    public mutating func submit(_ count: Int) {
        var cursor = (slot: head, shape: shape, ofRun: ofRun)
        var rest = count
        while rest > 0 {
            let shape = shapes[cursor.shape]
            let segments = frames(of: shape, cursor.ofRun, atMost: rest)
            let slot = unsafe base + cursor.slot &* slotBytes
            let frameBytes = unsafe shape.prepare(slot + dataOffsetBytes, segments: segments)
            // tp_len counts the virtio-net header too.
            unsafe slot.storeBytes(
                of: UInt32(truncatingIfNeeded: SegmentedSlot.virtioBytes &+ frameBytes), toByteOffset: 4, as: UInt32.self)
            filled[cursor.slot] = segments
            unsafe status(cursor.slot).pointee.store(UInt32(TP_STATUS_SEND_REQUEST), ordering: .releasing)
            advance(&cursor, segments)
            busySlots &+= 1
            rest &-= segments
        }
        head = cursor.slot
        shape = cursor.shape
        ofRun = cursor.ofRun
        outstanding &+= count
    }

    /// Takes the slots that the kernel never sent back out of its hands, as `TransmitRing.withdraw` does, and begins with the plan's first
    /// frame again.
    ///
    /// - Returns: frames refused for good.
    public mutating func withdraw() -> UInt64 {
        _ = reserve(0)
        var slot = tail
        var taken = 0
        while taken < busySlots, !isWaiting(slot) {
            if taken >= slotsAhead { settle(slot) }
            taken += 1
            slot = next(slot)
        }
        // The kernel's own head, which stays where it is until that slot is sent.
        head = slot
        for _ in taken..<busySlots {
            unsafe status(slot).pointee.store(UInt32(TP_STATUS_AVAILABLE), ordering: .releasing)
            slot = next(slot)
        }
        let refused = outstanding
        outstanding = 0
        busySlots = taken
        slotsAhead = taken
        shape = 0
        ofRun = 0
        return UInt64(refused)
    }

    private func isWaiting(_ slot: Int) -> Bool {
        let word = unsafe status(slot).pointee.load(ordering: .acquiring)
        return word == UInt32(TP_STATUS_SEND_REQUEST) || word & UInt32(TP_STATUS_WRONG_FORMAT) != 0
    }
}
