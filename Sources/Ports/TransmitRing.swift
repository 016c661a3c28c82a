import CLinux
import Frames
import Synchronization

/// The user's half of a PACKET_TX_RING of TPACKET_V2 slots, over memory that somebody else owns:
/// a mapped ring, or a heap block when tests play the kernel.
///
/// The status word of a slot is its lock. We own a slot while it reads AVAILABLE; a release store of
/// SEND_REQUEST gives it to `tpacket_snd`, which reads it with its own barrier, and an acquire load
/// of AVAILABLE takes it back after `tpacket_destruct_skb` is done with the bytes. The kernel works
/// through the ring in order, so one index for each side is enough.
@frozen
public struct TransmitRing: ~Copyable {
    @usableFromInline let base: UnsafeMutableRawPointer
    @usableFromInline let slotBytes: Int
    @usableFromInline let slotCount: Int
    @usableFromInline let frameOffsetBytes: Int
    @usableFromInline let stampPoints: UnsafePointer<StampPoint>
    /// The next slot to fill.
    @usableFromInline var head = 0
    /// The oldest slot that the kernel has not given back.
    @usableFromInline var tail = 0
    @usableFromInline var outstanding = 0
    @usableFromInline var completed: UInt64 = 0
    /// Slots the kernel found ill-formed (TP_STATUS_WRONG_FORMAT): never sent.
    @usableFromInline var malformed: UInt64 = 0

    /// - Parameters:
    ///   - base: `slotCount` slots of `slotBytes`, zeroed but for the frames' bytes and lengths.
    ///   - frameOffsetBytes: from a slot's start to its frame's first byte.
    ///   - stampPoints: one for each slot; outlives the ring.
    public init(
        base: UnsafeMutableRawPointer, slotBytes: Int, slotCount: Int, frameOffsetBytes: Int,
        stampPoints: UnsafePointer<StampPoint>
    ) {
        self.base = base
        self.slotBytes = slotBytes
        self.slotCount = slotCount
        self.frameOffsetBytes = frameOffsetBytes
        self.stampPoints = stampPoints
    }

    /// The slot's `tp_status`, its first word.
    @inlinable
    func status(_ slot: Int) -> UnsafePointer<Atomic<UInt32>> {
        UnsafePointer((base + slot * slotBytes).assumingMemoryBound(to: Atomic<UInt32>.self))
    }

    @inlinable
    func slot(_ position: Int) -> Int {
        let slot = head + position
        return slot >= slotCount ? slot - slotCount : slot
    }

    @inlinable public var completedFrames: UInt64 { completed }

    @inlinable public var outstandingFrames: Int { outstanding }

    @inlinable public var malformedFrames: UInt64 { malformed }

    @inlinable
    public mutating func reserve(_ limit: Int) -> Int {
        while outstanding > 0 {
            let word = status(tail).pointee.load(ordering: .acquiring)
            if word == UInt32(TP_STATUS_AVAILABLE) {
                completed &+= 1
            } else if word & UInt32(TP_STATUS_WRONG_FORMAT) != 0 {
                malformed &+= 1
                status(tail).pointee.store(UInt32(TP_STATUS_AVAILABLE), ordering: .releasing)
            } else {
                break
            }
            outstanding &-= 1
            tail = tail &+ 1 == slotCount ? 0 : tail &+ 1
        }
        let free = slotCount &- outstanding
        return free < limit ? free : limit
    }

    @inlinable
    public func frame(_ position: Int) -> UnsafeMutableRawPointer {
        base + (slot(position) &* slotBytes &+ frameOffsetBytes)
    }

    @inlinable
    public func stampPoint(_ position: Int) -> StampPoint { stampPoints[slot(position)] }

    @inlinable
    public mutating func submit(_ count: Int) {
        var slot = head
        for _ in 0..<count {
            status(slot).pointee.store(UInt32(TP_STATUS_SEND_REQUEST), ordering: .releasing)
            slot = slot &+ 1 == slotCount ? 0 : slot &+ 1
        }
        head = slot
        outstanding &+= count
    }

    /// Takes the slots that the kernel never sent back out of its hands.
    ///
    /// Slots that it is sending just now (TP_STATUS_SENDING) will complete: they count as sent.
    public mutating func withdraw() -> UInt64 {
        _ = reserve(0)
        var refused = malformed
        while outstanding > 0 {
            switch status(tail).pointee.load(ordering: .acquiring) {
            case UInt32(TP_STATUS_SEND_REQUEST):
                status(tail).pointee.store(UInt32(TP_STATUS_AVAILABLE), ordering: .releasing)
                refused += 1
            case let word where word & UInt32(TP_STATUS_WRONG_FORMAT) != 0:
                status(tail).pointee.store(UInt32(TP_STATUS_AVAILABLE), ordering: .releasing)
                refused += 1
            default:
                completed += 1
            }
            outstanding -= 1
            tail = tail + 1 == slotCount ? 0 : tail + 1
        }
        malformed = 0
        head = tail
        return refused
    }
}
