import CLinux
import Ports

/// What a receiving AF_XDP socket's user keeps of its RX and fill rings, over memory that somebody else owns.
///
/// A chunk is always in one place: the fill ring, the RX ring, the kernel's hands, or the batch that is being read. The fill
/// ring has room for all of them, so giving a batch back needs no look at it.
///
/// Unsafe: `frames` holds `byteCount` bytes and outlives the ring; what the kernel says of a frame is checked against that.
@frozen
@safe
public struct XDPReceiveRing: ~Copyable {
    @usableFromInline var received: ConsumerRing<xdp_desc>
    @usableFromInline var fill: ProducerRing<UInt64>
    @usableFromInline let frames: UnsafeMutableRawPointer
    @usableFromInline let byteCount: UInt64
    @usableFromInline let chunkMask: UInt64
    @usableFromInline let batchFrames: Int
    @usableFromInline var batch = 0
    @usableFromInline var position = 0
    /// CLOCK_REALTIME minus the clock of the stamps in front of the frames.
    @usableFromInline var offsetNanoseconds: Int64 = 0
    /// For frames that nobody stamped.
    @usableFromInline var batchNanoseconds: UInt64 = 0
    @usableFromInline var released: UInt64 = 0
    @usableFromInline var unstamped: UInt64 = 0
    /// Batches with an address outside of the memory.
    public private(set) var malformedBatches: UInt64 = 0

    /// Bytes in front of a frame for the time of its arrival, 0 for none.
    static let stampBytes = 8

    /// Gives all chunks to the kernel.
    ///
    /// - Parameters:
    ///   - frames: `chunks` zeroed chunks of `chunkBytes`, a power of two.
    ///   - fill: empty, with entries for all chunks.
    init(
        received: consuming ConsumerRing<xdp_desc>, fill: consuming ProducerRing<UInt64>, frames: UnsafeMutableRawPointer,
        chunkBytes: Int, chunks: Int, batchFrames: Int
    ) {
        for chunk in 0..<chunks { fill.put(UInt64(chunk * chunkBytes), at: chunk) }
        fill.publish(chunks)
        self.received = received
        self.fill = fill
        unsafe self.frames = unsafe frames
        self.batchFrames = batchFrames
        byteCount = UInt64(chunkBytes * chunks)
        chunkMask = UInt64(chunkBytes - 1)
    }

    /// Frames given back so far, and those that wait.
    public var arrivedFrames: UInt64 { released &+ UInt64(received.available) }

    /// Frames read that had no stamp of their own.
    @inlinable public var unstampedFrames: UInt64 { unstamped }

    @inlinable
    public mutating func peek() -> Bool {
        let available = received.available
        batch = available < batchFrames ? available : batchFrames
        position = 0
        return batch > 0
    }

    /// What `read` makes of stamps, and of their absence, in the batch that was peeked at.
    @inlinable
    public mutating func setTime(offsetNanoseconds: Int64, batchNanoseconds: UInt64) {
        self.offsetNanoseconds = offsetNanoseconds
        self.batchNanoseconds = batchNanoseconds
    }

    /// When the first frame of the batch came, before any was read; 0 where its address is wrong.
    @inlinable
    public var firstNanoseconds: UInt64 {
        guard batch > 0 else { return 0 }
        let address = received.entry(0).addr
        guard address >= 8, address < byteCount else { return 0 }
        let stamp = unsafe (frames + Int(truncatingIfNeeded: address) - 8).loadUnaligned(as: UInt64.self)
        return stamp == 0 ? batchNanoseconds : stamp &+ UInt64(bitPattern: offsetNanoseconds)
    }

    @inlinable
    public mutating func read(_ frame: inout ReceivedFrame) -> Bool {
        guard position < batch else { return false }
        let descriptor = received.entry(position)
        let length = UInt64(descriptor.len)
        // Both from the kernel, and checked all the same before a byte is touched.
        guard descriptor.addr >= 8, descriptor.addr < byteCount, length <= byteCount &- descriptor.addr else { return fail() }
        position &+= 1
        let start = unsafe frames + Int(truncatingIfNeeded: descriptor.addr)
        let stamp = unsafe (start - 8).loadUnaligned(as: UInt64.self)
        // The chunk's next frame may come without one.
        unsafe (start - 8).storeBytes(of: 0, as: UInt64.self)
        unsafe frame.bytes = UnsafeRawPointer(start)
        frame.captured = Int(truncatingIfNeeded: length)
        frame.wireBytes = Int(truncatingIfNeeded: length)
        // XDP runs before `skb_vlan_untag`.
        frame.strippedTagBytes = 0
        if stamp != 0 {
            frame.timestampNanoseconds = stamp &+ UInt64(bitPattern: offsetNanoseconds)
        } else {
            frame.timestampNanoseconds = batchNanoseconds
            unstamped &+= 1
        }
        return true
    }

    /// Gives up the rest of the batch.
    @usableFromInline
    mutating func fail() -> Bool {
        malformedBatches &+= 1
        position = batch
        return false
    }

    /// Every chunk of the batch goes back to the kernel, which wants its beginning or any address in it
    /// (`xp_aligned_extract_addr`).
    @inlinable
    public mutating func release() {
        for position in 0..<batch { fill.put(received.entry(position).addr & ~chunkMask, at: position) }
        fill.publish(batch)
        received.release(batch)
        released &+= UInt64(truncatingIfNeeded: batch)
        batch = 0
        position = 0
    }
}
