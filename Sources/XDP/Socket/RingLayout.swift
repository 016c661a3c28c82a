import CLinux
import Synchronization

/// Where a ring's indices and entries stand in its mapping (`struct xdp_ring_offset`, which XDP_MMAP_OFFSETS tells).
public struct RingLayout: Equatable, Sendable {
    // Unsafe: an index is an aligned word of the ring, which the caller has whole.

    public var producerOffsetBytes: Int
    public var consumerOffsetBytes: Int
    public var entriesOffsetBytes: Int
    /// A power of two (`xsk_init_queue`).
    public var entryCount: Int

    public init(producerOffsetBytes: Int, consumerOffsetBytes: Int, entriesOffsetBytes: Int, entryCount: Int) {
        self.producerOffsetBytes = producerOffsetBytes
        self.consumerOffsetBytes = consumerOffsetBytes
        self.entriesOffsetBytes = entriesOffsetBytes
        self.entryCount = entryCount
    }

    init(_ offsets: xdp_ring_offset, entryCount: Int) {
        self.init(
            producerOffsetBytes: Int(offsets.producer), consumerOffsetBytes: Int(offsets.consumer),
            entriesOffsetBytes: Int(offsets.desc), entryCount: entryCount)
    }

    /// How much of the descriptor's area to map for entries of `entryBytes`.
    func byteCount(entryBytes: Int) -> Int { entriesOffsetBytes + entryCount * entryBytes }

    func index(_ base: UnsafeMutableRawPointer, _ offsetBytes: Int) -> UnsafePointer<Atomic<UInt32>> {
        unsafe UnsafePointer((base + offsetBytes).assumingMemoryBound(to: Atomic<UInt32>.self))
    }

    /// The least power of two that isn't below `count`.
    static func entries(atLeast count: Int) -> Int {
        var entries = 2
        while entries < count { entries *= 2 }
        return entries
    }
}
