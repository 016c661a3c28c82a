import CLinux
import Frames
import Synchronization

/// What a slot of a `SegmentRing` is cut into.
@frozen
public struct SegmentedSlot: Equatable, Sendable {
    /// Frames that a full slot becomes: 1 for one that can't be cut.
    public var segments: Int
    /// From one segment's payload to the next, and so the payload of each.
    public var strideBytes: Int
    /// Headers in front of the first payload; of a slot that can't be cut the whole frame.
    public var headerBytes: Int
    /// Signature and checksum, from each frame's (imagined) first byte.
    public var stampPoint: StampPoint
    /// Whether the kernel fills in lengths and checksums of each segment.
    public var isCut: Bool

    public init(segments: Int, strideBytes: Int, headerBytes: Int, stampPoint: StampPoint, isCut: Bool) {
        self.segments = segments
        self.strideBytes = strideBytes
        self.headerBytes = headerBytes
        self.stampPoint = stampPoint
        self.isCut = isCut
    }

    /// Makes a slot's data hold so many segments: `struct virtio_net_hdr` for them, where the slot can be cut.
    ///
    /// - Parameter header: where the slot's virtio-net header begins.
    /// - Returns: bytes behind that header.
    @inlinable
    func prepare(_ header: UnsafeMutableRawPointer, segments: Int) -> Int {
        guard isCut else { return headerBytes }
        let frameBytes = headerBytes &+ segments &* strideBytes
        let hasSeveral = segments > 1
        header.storeBytes(
            of: hasSeveral ? UInt8(CL_VIRTIO_NET_HDR_GSO_UDP_L4) : UInt8(VIRTIO_NET_HDR_GSO_NONE), toByteOffset: 1, as: UInt8.self)
        // All of it into the skb's linear area: what is cut from there needs no page of its own.
        header.storeBytes(of: UInt16(truncatingIfNeeded: frameBytes), toByteOffset: 2, as: UInt16.self)
        header.storeBytes(of: hasSeveral ? UInt16(truncatingIfNeeded: strideBytes) : 0, toByteOffset: 4, as: UInt16.self)
        return frameBytes
    }
}

/// The user's half of a PACKET_TX_RING whose slots the stack cuts into several frames each: generic segmentation by way of
/// the virtio-net header (`virtio_net_hdr_to_skb`, `__udp_gso_segment`).
///
/// A slot holds headers and payloads, each payload with a signature of its own. A frame's address is that which its first byte
/// would have if its payload stood behind headers of its own, so that a stamp point means the same for all of them. A slot that is only partly
/// filled is made shorter; with one payload it is sent as the plain frame that it is, for the kernel refuses to cut what has
/// one segment only.
@frozen
public struct SegmentRing: ~Copyable {
    @usableFromInline let base: UnsafeMutableRawPointer
    @usableFromInline let slotBytes: Int
    @usableFromInline let slotCount: Int
    /// From a slot's start to its virtio-net header.
    @usableFromInline let dataOffsetBytes: Int
    @usableFromInline let slots: UnsafePointer<SegmentedSlot>
    /// How many frames each slot holds while the kernel has it.
    @usableFromInline let filled: UnsafeMutablePointer<Int>
    /// Frames of the current reservation.
    @usableFromInline let frames: UnsafeMutablePointer<UnsafeMutableRawPointer>
    @usableFromInline let points: UnsafeMutablePointer<StampPoint>
    @usableFromInline let capacity: Int
    @usableFromInline var head = 0
    @usableFromInline var tail = 0
    @usableFromInline var busySlots = 0
    @usableFromInline var outstanding = 0
    @usableFromInline var completed: UInt64 = 0
    @usableFromInline var segmented: UInt64 = 0
    @usableFromInline var malformed: UInt64 = 0

    /// - Parameters:
    ///   - base: `slotCount` slots of `slotBytes`, zeroed but for their bytes.
    ///   - slots, filled: one for each slot; outlive the ring.
    ///   - frames, points: room for `capacity` frames of one reservation; outlive the ring.
    public init(
        base: UnsafeMutableRawPointer, slotBytes: Int, slotCount: Int, dataOffsetBytes: Int, slots: UnsafePointer<SegmentedSlot>,
        filled: UnsafeMutablePointer<Int>, frames: UnsafeMutablePointer<UnsafeMutableRawPointer>,
        points: UnsafeMutablePointer<StampPoint>, capacity: Int
    ) {
        self.base = base
        self.slotBytes = slotBytes
        self.slotCount = slotCount
        self.dataOffsetBytes = dataOffsetBytes
        self.slots = slots
        self.filled = filled
        self.frames = frames
        self.points = points
        self.capacity = capacity
    }

    @usableFromInline static var virtioBytes: Int { 10 }

    @inlinable public var completedFrames: UInt64 { completed }
    @inlinable public var outstandingFrames: Int { outstanding }
    /// Of the completed frames, those that the stack cut out of a slot with others.
    @inlinable public var segmentedFrames: UInt64 { segmented }

    @inlinable
    func status(_ slot: Int) -> UnsafePointer<Atomic<UInt32>> {
        UnsafePointer((base + slot &* slotBytes).assumingMemoryBound(to: Atomic<UInt32>.self))
    }

    @inlinable
    func next(_ slot: Int) -> Int { slot &+ 1 == slotCount ? 0 : slot &+ 1 }

    @inlinable
    public mutating func reserve(_ limit: Int) -> Int {
        while busySlots > 0 {
            let word = status(tail).pointee.load(ordering: .acquiring)
            if word == UInt32(TP_STATUS_AVAILABLE) {
                settle(sent: true)
            } else if word & UInt32(TP_STATUS_WRONG_FORMAT) != 0 {
                status(tail).pointee.store(UInt32(TP_STATUS_AVAILABLE), ordering: .releasing)
                settle(sent: false)
            } else {
                break
            }
        }
        let wanted = limit < capacity ? limit : capacity
        var slot = head
        var free = slotCount &- busySlots
        var count = 0
        while count < wanted && free > 0 {
            let shape = slots[slot]
            let room = wanted &- count
            let segments = shape.segments < room ? shape.segments : room
            var frame = base + (slot &* slotBytes &+ dataOffsetBytes &+ Self.virtioBytes)
            for _ in 0..<segments {
                frames[count] = frame
                points[count] = shape.stampPoint
                frame += shape.strideBytes
                count &+= 1
            }
            slot = next(slot)
            free &-= 1
        }
        return count
    }

    /// Takes the oldest busy slot back.
    @inlinable
    mutating func settle(sent: Bool) {
        let count = filled[tail]
        if sent {
            completed &+= UInt64(truncatingIfNeeded: count)
            if count > 1 { segmented &+= UInt64(truncatingIfNeeded: count) }
        } else {
            malformed &+= UInt64(truncatingIfNeeded: count)
        }
        outstanding &-= count
        busySlots &-= 1
        tail = next(tail)
    }

    @inlinable public func frame(_ position: Int) -> UnsafeMutableRawPointer { frames[position] }
    @inlinable public func stampPoint(_ position: Int) -> StampPoint { points[position] }

    @inlinable
    public mutating func submit(_ count: Int) {
        var rest = count
        while rest > 0 {
            let shape = slots[head]
            let segments = shape.segments < rest ? shape.segments : rest
            let slot = base + head &* slotBytes
            let frameBytes = shape.prepare(slot + dataOffsetBytes, segments: segments)
            // tp_len counts the virtio-net header too.
            slot.storeBytes(of: UInt32(truncatingIfNeeded: Self.virtioBytes &+ frameBytes), toByteOffset: 4, as: UInt32.self)
            filled[head] = segments
            status(head).pointee.store(UInt32(TP_STATUS_SEND_REQUEST), ordering: .releasing)
            head = next(head)
            busySlots &+= 1
            rest &-= segments
        }
        outstanding &+= count
    }

    /// Takes the slots that the kernel never sent back out of its hands.
    ///
    /// - Returns: frames refused for good.
    public mutating func withdraw() -> UInt64 {
        _ = reserve(0)
        while busySlots > 0 {
            let word = status(tail).pointee.load(ordering: .acquiring)
            let isRefused = word == UInt32(TP_STATUS_SEND_REQUEST) || word & UInt32(TP_STATUS_WRONG_FORMAT) != 0
            if isRefused { status(tail).pointee.store(UInt32(TP_STATUS_AVAILABLE), ordering: .releasing) }
            settle(sent: !isRefused)
        }
        defer { malformed = 0 }
        head = tail
        return malformed
    }
}
