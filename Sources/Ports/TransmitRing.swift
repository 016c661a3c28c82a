import CLinux
import Frames
import Memory
import Synchronization
import Traffic

/// The user's half of a PACKET_TX_RING of TPACKET_V2 slots, over memory that somebody else owns:
/// a mapped ring, or a heap block when tests play the kernel.
///
/// The status word of a slot is its lock. We own a slot while it reads AVAILABLE; a release store of
/// SEND_REQUEST gives it to `tpacket_snd`, which reads it with its own barrier, and an acquire load
/// of AVAILABLE takes it back after `tpacket_destruct_skb` is done with the bytes. The kernel works
/// through the ring in order, so one index for each side is enough.
///
/// The kernel's own index moves past a slot only when that slot's frame is on its way. On one that it refused (SEND_REQUEST again) or found
/// ill-formed (WRONG_FORMAT) it stays, and looks at no other until that slot reads SEND_REQUEST: what is withdrawn has to be
/// filled again from just there.
///
/// Unsafe: `base` holds `slotCount` slots of `slotBytes` and outlives the ring, whose indices stay below `slotCount`; what a position leads to is
/// checked. Status words are only ever touched as atomics.
@frozen
@safe
public struct TransmitRing: ~Copyable {
    @usableFromInline let base: UnsafeMutableRawPointer
    @usableFromInline let slotBytes: Int
    @usableFromInline let slotCount: Int
    @usableFromInline let frameOffsetBytes: Int
    @usableFromInline let virtioBytes: Int
    @usableFromInline let stampPoints: MemoryTable<StampPoint>
    /// The next slot to fill.
    @usableFromInline var head = 0
    /// The oldest slot that the kernel has not given back.
    @usableFromInline var tail = 0
    /// Slots from `tail` to `head`.
    @usableFromInline var busy = 0
    /// After a withdrawal: the oldest busy slots, in flight and counted already.
    @usableFromInline var ahead = 0
    @usableFromInline var completed: UInt64 = 0
    /// Sum of the completed slots' `tp_len`.
    @usableFromInline var lengths: UInt64 = 0

    /// - Parameters:
    ///   - base: `slotCount` slots of `slotBytes`, zeroed but for the frames' bytes and lengths; outlive the ring.
    ///   - frameOffsetBytes: from a slot's start to its frame's first byte.
    ///   - virtioBytes: in front of that byte, and counted in `tp_len`.
    ///   - stampPoints: one for each slot; outlives the ring.
    public init(
        base: UnsafeMutableRawPointer, slotBytes: Int, slotCount: Int, frameOffsetBytes: Int, virtioBytes: Int = 0,
        stampPoints: MemoryTable<StampPoint>
    ) {
        precondition(stampPoints.count == slotCount, "each slot has a stamp point")
        unsafe self.base = unsafe base
        self.slotBytes = slotBytes
        self.slotCount = slotCount
        self.frameOffsetBytes = frameOffsetBytes
        self.virtioBytes = virtioBytes
        self.stampPoints = stampPoints
    }

    /// The slot's `tp_status`, its first word.
    @inlinable
    func status(_ slot: Int) -> UnsafePointer<Atomic<UInt32>> {
        unsafe UnsafePointer((base + slot &* slotBytes).assumingMemoryBound(to: Atomic<UInt32>.self))
    }

    /// The slot's `tp_len`, its second word, which is ours alone.
    @inlinable
    func length(_ slot: Int) -> UInt64 { unsafe UInt64((base + slot &* slotBytes).load(fromByteOffset: 4, as: UInt32.self)) }

    @inlinable
    func slot(_ position: Int) -> Int {
        let slot = head &+ position
        return slot >= slotCount ? slot &- slotCount : slot
    }

    @inlinable
    func next(_ slot: Int) -> Int { slot &+ 1 == slotCount ? 0 : slot &+ 1 }

    @inlinable public var completedFrames: UInt64 { completed }

    /// Of the completed frames, without FCS.
    @inlinable public var completedBytes: UInt64 { lengths &- completed &* UInt64(truncatingIfNeeded: virtioBytes) }

    @inlinable public var outstandingFrames: Int { busy &- ahead }

    /// The slot that is reserved next.
    @inlinable public var nextSlot: Int { head }

    /// Whether there is no room, and nothing that would make some: the kernel has taken every slot, and given none back.
    @inlinable public var isInFlight: Bool {
        unsafe busy == slotCount && status(tail).pointee.load(ordering: .acquiring) == UInt32(TP_STATUS_SENDING)
    }

    @inlinable
    public mutating func reserve(_ limit: Int) -> Int {
        while unsafe busy > 0 && status(tail).pointee.load(ordering: .acquiring) == UInt32(TP_STATUS_AVAILABLE) {
            if ahead == 0 {
                settle(tail)
            } else {
                ahead &-= 1
            }
            busy &-= 1
            tail = next(tail)
        }
        let free = slotCount &- busy
        return free < limit ? free : limit
    }

    /// Counts a slot's frame as sent.
    @inlinable
    mutating func settle(_ slot: Int) {
        completed &+= 1
        lengths &+= length(slot)
    }

    /// Where the frame in the `position`-th reserved slot begins.
    func frame(_ position: Int) -> UnsafeMutableRawPointer { unsafe base + (slot(position) &* slotBytes &+ frameOffsetBytes) }

    func stampPoint(_ position: Int) -> StampPoint { stampPoints[slot(position)] }

    /// What a port's verb of that name does.
    @inlinable @inline(__always)
    public func stamp<Filler: FrameFiller & ~Copyable>(
        _ position: Int, with filler: inout Filler, stream: StreamIdentifier, sequence: UInt64, timestampNanoseconds: UInt64
    ) {
        let slot = slot(position)
        // Unsafe: head is a slot, and no more positions than slots are reserved.
        let point = unsafe stampPoints.element(unchecked: slot)
        var frame = unsafe MutableRawSpan(
            _unsafeStart: base + (slot &* slotBytes &+ frameOffsetBytes), byteCount: slotBytes &- frameOffsetBytes)
        filler.fill(&frame, point, stream: stream, sequence: sequence, timestampNanoseconds: timestampNanoseconds)
    }

    /// The same for a frame that was laid.
    @inlinable @inline(__always)
    public func stamp(_ position: Int, at point: StampPoint, stream: StreamIdentifier, sequence: UInt64, timestampNanoseconds: UInt64) {
        let slot = slot(position)
        precondition(UInt(bitPattern: slot) < UInt(bitPattern: slotCount), "no such slot")
        var frame = unsafe MutableRawSpan(
            _unsafeStart: base + (slot &* slotBytes &+ frameOffsetBytes), byteCount: slotBytes &- frameOffsetBytes)
        Signature.stamp(&frame, point, stream: stream, sequence: sequence, timestampNanoseconds: timestampNanoseconds)
    }

    /// Puts a frame into the `position`-th reserved slot: its bytes, `tp_len`, and the virtio header's `hdr_len` where there is one.
    @inlinable
    public func lay(_ position: Int, _ frame: RawSpan) {
        let byteCount = frame.byteCount
        let slot = slot(position)
        precondition(
            UInt(bitPattern: slot) < UInt(bitPattern: slotCount) && byteCount <= slotBytes &- frameOffsetBytes, "a slot holds its frame")
        let start = unsafe base + slot &* slotBytes
        unsafe start.storeBytes(of: UInt32(truncatingIfNeeded: virtioBytes &+ byteCount), toByteOffset: 4, as: UInt32.self)
        if virtioBytes > 0 {
            // Behind `flags` and `gso_type`; of the largest frames a few bytes stay in a fragment, for it has 16 bits.
            let linearBytes = UInt16(clamping: byteCount)
            unsafe start.storeBytes(of: linearBytes, toByteOffset: frameOffsetBytes &- virtioBytes &+ 2, as: UInt16.self)
        }
        unsafe copy(frame, to: start + frameOffsetBytes)
    }

    @inlinable
    public mutating func submit(_ count: Int) {
        var slot = head
        for _ in 0..<count {
            unsafe status(slot).pointee.store(UInt32(TP_STATUS_SEND_REQUEST), ordering: .releasing)
            slot = next(slot)
        }
        head = slot
        busy &+= count
    }

    /// Takes the slots that the kernel never sent back out of its hands, ill-formed ones included. The next frame goes into the first of
    /// them, on which the kernel waits.
    ///
    /// Slots that it is sending just now (TP_STATUS_SENDING) will complete: they count as sent, and are free when they have.
    ///
    /// - Returns: how many were refused.
    public mutating func withdraw() -> UInt64 {
        _ = reserve(0)
        var slot = tail
        var taken = 0
        while taken < busy, !isWaiting(slot) {
            if taken >= ahead { settle(slot) }
            taken += 1
            slot = next(slot)
        }
        head = slot
        let refused = busy - taken
        for _ in 0..<refused {
            unsafe status(slot).pointee.store(UInt32(TP_STATUS_AVAILABLE), ordering: .releasing)
            slot = next(slot)
        }
        busy = taken
        ahead = taken
        return UInt64(refused)
    }

    private func isWaiting(_ slot: Int) -> Bool {
        let word = unsafe status(slot).pointee.load(ordering: .acquiring)
        return word == UInt32(TP_STATUS_SEND_REQUEST) || word & UInt32(TP_STATUS_WRONG_FORMAT) != 0
    }
}
