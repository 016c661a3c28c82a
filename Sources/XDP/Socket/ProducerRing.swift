import Memory
import Synchronization

/// The user's half of a ring that the kernel reads, fill or TX (af_xdp.rst, "Rings"), over memory that somebody else owns:
/// a mapped ring, or a heap block when tests play the kernel.
///
/// Entries are written first, then the producer index is stored with release order; the kernel loads it with acquire order
/// (`xskq_cons_get_entries`) and publishes in its consumer index how far it has read. Both count on for ever, modulo 2³².
///
/// Unsafe: `base` leads to a whole ring of that layout, which outlives this value; the indices are only ever touched as atomics.
@frozen
@safe
public struct ProducerRing<Entry: BitwiseCopyable>: ~Copyable {
    @usableFromInline let producer: UnsafePointer<Atomic<UInt32>>
    @usableFromInline let consumer: UnsafePointer<Atomic<UInt32>>
    @usableFromInline let entries: MemoryTable<Entry>
    @usableFromInline let mask: UInt32
    /// What the producer index holds.
    @usableFromInline var published: UInt32

    /// - Parameter base: where the ring begins, indices included; outlives this value.
    public init(base: UnsafeMutableRawPointer, _ layout: RingLayout) {
        unsafe producer = unsafe layout.index(base, layout.producerOffsetBytes)
        unsafe consumer = unsafe layout.index(base, layout.consumerOffsetBytes)
        let first = unsafe (base + layout.entriesOffsetBytes).bindMemory(to: Entry.self, capacity: layout.entryCount)
        entries = unsafe MemoryTable(start: first, count: layout.entryCount)
        mask = UInt32(layout.entryCount - 1)
        published = unsafe producer.pointee.load(ordering: .relaxed)
    }

    /// Writes the entry that stands `position` places behind the published ones. The caller knows that there is room.
    @inlinable
    public func put(_ entry: Entry, at position: Int) {
        entries[Int((published &+ UInt32(truncatingIfNeeded: position)) & mask)] = entry
    }

    /// Hands the next `count` entries over.
    @inlinable
    public mutating func publish(_ count: Int) {
        published = published &+ UInt32(truncatingIfNeeded: count)
        unsafe producer.pointee.store(published, ordering: .releasing)
    }

    /// The kernel's consumer index as it stands now.
    @inlinable public var consumed: UInt32 { unsafe consumer.pointee.load(ordering: .acquiring) }

    /// Entries handed over that the kernel has not said to have read.
    @inlinable public var unread: Int { Int(published &- consumed) }

    /// Changes the entries that the kernel has not said to have read; it must not run meanwhile.
    func rewriteUnread(_ entry: Entry) {
        let count = unread
        for position in 0..<count { put(entry, at: position - count) }
    }
}
