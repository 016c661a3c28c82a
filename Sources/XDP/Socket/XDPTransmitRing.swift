import CLinux
import Frames
import Memory
import Ports
import Traffic

/// What a transmitting AF_XDP socket's user keeps of its TX and completion rings, over memory that somebody else owns.
///
/// A frame's slot is free again when the kernel has completed as many frames as were handed over up to it. Which addresses
/// stand in the completion ring doesn't matter: `xsk_build_skb` has copied a frame's bytes when its descriptor is read, and
/// where it hangs the pages on the skb instead (IFF_TX_SKB_NO_LINEAR), a device's queue completes them in order. Every frame
/// whose descriptor was valid completes once, dropped or not: completing is what the skb's destructor does
/// (`xsk_destruct_skb`).
///
/// Unsafe: `slots` was made with addresses and lengths within `frames`, which outlives this value; positions are looked up in tables.
@frozen
@safe
public struct XDPTransmitRing: ~Copyable {
    @usableFromInline var descriptors: ProducerRing<xdp_desc>
    @usableFromInline var completions: ConsumerRing<UInt64>
    @usableFromInline let frames: UnsafeMutableRawPointer
    /// By slot: where its frame lies and how long it is.
    @usableFromInline let slots: MemoryTable<xdp_desc>
    @usableFromInline let stampPoints: MemoryTable<StampPoint>
    @usableFromInline let slotCount: Int
    /// The next slot to fill.
    @usableFromInline var head = 0
    /// The oldest slot that was not counted as completed.
    @usableFromInline var tail = 0
    @usableFromInline var outstanding = 0
    @usableFromInline var completed: UInt64 = 0
    @usableFromInline var bytes: UInt64 = 0
    @usableFromInline let lengths: SlotLengths
    /// What a slot has room for, where `lay` brings its frame; else 0.
    @usableFromInline let laidRoomBytes: Int
    /// The kernel's index into the TX ring when `hasMoved` looked last.
    @usableFromInline var seen: UInt32
    /// After `withdraw`: frames in flight that were counted ahead of their completion.
    @usableFromInline var ahead = 0
    /// After `withdraw`: descriptors made invalid that the kernel has yet to skip.
    @usableFromInline var invalidated = 0

    /// - Parameters:
    ///   - frames: where the addresses of `slots` count from.
    ///   - slots: descriptors of frames in that memory, at most as many as each ring's entries; outlive this value, as do `stampPoints` and
    ///     `lengths`.
    ///   - laidRoomBytes: of slots for `lay`, the longest frame; nil where `slots` hold their frames.
    init(
        descriptors: consuming ProducerRing<xdp_desc>, completions: consuming ConsumerRing<UInt64>, frames: UnsafeMutableRawPointer,
        slots: MemoryTable<xdp_desc>, stampPoints: MemoryTable<StampPoint>, lengths: SlotLengths, laidRoomBytes: Int? = nil
    ) {
        seen = descriptors.consumed
        self.descriptors = descriptors
        self.completions = completions
        unsafe self.frames = unsafe frames
        self.slots = slots
        self.stampPoints = stampPoints
        self.lengths = lengths
        self.laidRoomBytes = laidRoomBytes ?? 0
        slotCount = slots.count
    }

    @inlinable
    func slot(_ position: Int) -> Int {
        let slot = head &+ position
        return slot >= slotCount ? slot &- slotCount : slot
    }

    @inlinable public var completedFrames: UInt64 { completed }
    /// Of the completed frames, without FCS.
    @inlinable public var completedBytes: UInt64 { bytes }
    @inlinable public var outstandingFrames: Int { outstanding }
    /// The slot that is reserved next.
    @inlinable public var nextSlot: Int { head }

    /// Counts the oldest slots as completed.
    @inlinable
    mutating func count(_ slots: Int) {
        completed &+= UInt64(truncatingIfNeeded: slots)
        bytes &+= laidRoomBytes > 0 ? laidBytes(slots) : lengths.bytes(from: tail, count: slots)
        let next = tail &+ slots
        tail = next >= slotCount ? next &- slotCount : next
        outstanding &-= slots
    }

    @inlinable
    public mutating func reserve(_ limit: Int) -> Int {
        if ahead | invalidated != 0 { return reserveAfterWithdrawal(limit) }
        count(completions.takeAll())
        let free = slotCount &- outstanding
        return free < limit ? free : limit
    }

    /// What was withdrawn takes room in the rings until the kernel is past it. Linux 6.18 completes an invalid descriptor like
    /// any other, where others only skip it; its address tells it.
    @usableFromInline
    mutating func reserveAfterWithdrawal(_ limit: Int) -> Int {
        let available = completions.available
        let done = (0..<available).count { completions.entry($0) != Self.invalidAddress }
        completions.release(available)
        let counted = min(done, ahead)
        ahead -= counted
        count(done - counted)
        if descriptors.unread <= outstanding { invalidated = 0 }
        return max(0, min(slotCount - outstanding - ahead - invalidated, limit))
    }

    @usableFromInline static let invalidAddress = UInt64.max

    /// Whether the kernel has yet to skip what was withdrawn. It skips one descriptor a call (`xskq_cons_read_desc` since Linux 6.6).
    @inlinable public var mustSkip: Bool { invalidated != 0 && descriptors.unread > 0 }

    /// Where the frame in the `position`-th reserved slot begins.
    func frame(_ position: Int) -> UnsafeMutableRawPointer { unsafe frames + Int(slots[slot(position)].addr) }

    func stampPoint(_ position: Int) -> StampPoint { stampPoints[slot(position)] }

    /// What a port's verb of that name does.
    @inlinable @inline(__always)
    public func stamp<Filler: FrameFiller & ~Copyable>(
        _ position: Int, with filler: inout Filler, stream: StreamIdentifier, sequence: UInt64, timestampNanoseconds: UInt64
    ) {
        let slot = slot(position)
        let descriptor = slots[slot]
        var frame = unsafe MutableRawSpan(
            _unsafeStart: frames + Int(truncatingIfNeeded: descriptor.addr), byteCount: Int(truncatingIfNeeded: descriptor.len))
        filler.fill(&frame, stampPoints[slot], stream: stream, sequence: sequence, timestampNanoseconds: timestampNanoseconds)
    }

    /// Of the oldest slots.
    @usableFromInline
    func laidBytes(_ count: Int) -> UInt64 {
        (0..<count).reduce(0) { sum, position in
            let slot = tail &+ position
            return sum &+ UInt64(slots[slot >= slotCount ? slot &- slotCount : slot].len)
        }
    }

    /// Puts a frame into the `position`-th reserved slot, of a ring made for it.
    @inlinable
    public func lay(_ position: Int, _ frame: RawSpan) {
        precondition(frame.byteCount <= laidRoomBytes, "a slot holds its frame")
        let slot = slot(position)
        slots[slot].len = UInt32(truncatingIfNeeded: frame.byteCount)
        unsafe copy(frame, to: frames + Int(truncatingIfNeeded: slots[slot].addr))
    }

    /// As `stamp` with a filler, for a frame that was laid.
    @inlinable @inline(__always)
    public func stamp(_ position: Int, at point: StampPoint, stream: StreamIdentifier, sequence: UInt64, timestampNanoseconds: UInt64) {
        let descriptor = slots[slot(position)]
        var frame = unsafe MutableRawSpan(
            _unsafeStart: frames + Int(truncatingIfNeeded: descriptor.addr), byteCount: Int(truncatingIfNeeded: descriptor.len))
        Signature.stamp(&frame, point, stream: stream, sequence: sequence, timestampNanoseconds: timestampNanoseconds)
    }

    @inlinable
    public mutating func submit(_ count: Int) {
        for position in 0..<count { descriptors.put(slots[slot(position)], at: position) }
        descriptors.publish(count)
        head = slot(count)
        outstanding &+= count
    }

    /// Whether the kernel has read descriptors since the last time it was asked.
    @inlinable
    public mutating func hasMoved() -> Bool {
        let now = descriptors.consumed
        defer { seen = now }
        return now != seen
    }

    /// Makes the descriptors that the kernel has not read invalid, so that it skips them: it may have taken note of the
    /// producer index already (`cached_prod`), which therefore can't be turned back.
    ///
    /// - Returns: how many there are.
    mutating func invalidateUnread() -> Int {
        // Outside of the memory and longer than any chunk. No options: XDP_PKT_CONTD would take the next frame along.
        descriptors.rewriteUnread(xdp_desc(addr: Self.invalidAddress, len: .max, options: 0))
        invalidated = descriptors.unread
        return invalidated
    }

    /// Closes the book over all that was handed over: of the frames not seen as completed, `refused` never will be, and the
    /// others, which are in flight, count as completed now.
    mutating func settle(refused: Int) {
        _ = reserve(0)
        let inFlight = outstanding - min(refused, outstanding)
        ahead += inFlight
        count(inFlight)
        // What was refused is passed over: the kernel may have seen its descriptors.
        tail = head
        outstanding = 0
        invalidated = descriptors.unread
    }
}
