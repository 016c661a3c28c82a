import Memory
import Synchronization

/// The user's half of a ring that the kernel writes, RX or completion (af_xdp.rst, "Rings"), over memory that somebody else
/// owns.
///
/// An acquire load of the producer index shows the entries that `xskq_prod_submit` released; a release store of the
/// consumer index gives their places back.
///
/// Unsafe: `base` leads to a whole ring of that layout, which outlives this value; the indices are only ever touched as atomics.
@frozen
@safe
public struct ConsumerRing<Entry: BitwiseCopyable>: ~Copyable {
    @usableFromInline let producer: UnsafePointer<Atomic<UInt32>>
    @usableFromInline let consumer: UnsafePointer<Atomic<UInt32>>
    @usableFromInline let entries: MemoryTable<Entry>
    @usableFromInline let mask: UInt32
    /// What the consumer index holds.
    @usableFromInline var released: UInt32

    /// - Parameter base: where the ring begins, indices included; outlives this value.
    public init(base: UnsafeMutableRawPointer, _ layout: RingLayout) {
        unsafe producer = unsafe layout.index(base, layout.producerOffsetBytes)
        unsafe consumer = unsafe layout.index(base, layout.consumerOffsetBytes)
        let first = unsafe (base + layout.entriesOffsetBytes).bindMemory(to: Entry.self, capacity: layout.entryCount)
        entries = unsafe MemoryTable(start: first, count: layout.entryCount)
        mask = UInt32(layout.entryCount - 1)
        released = unsafe consumer.pointee.load(ordering: .relaxed)
    }

    /// Entries that are there to be read.
    @inlinable public var available: Int { unsafe Int(producer.pointee.load(ordering: .acquiring) &- released) }

    /// The entry `position` places behind the released ones; below `available`.
    @inlinable
    public func entry(_ position: Int) -> Entry { entries[Int((released &+ UInt32(truncatingIfNeeded: position)) & mask)] }

    /// Gives the next `count` entries' places back.
    @inlinable
    public mutating func release(_ count: Int) {
        released = released &+ UInt32(truncatingIfNeeded: count)
        unsafe consumer.pointee.store(released, ordering: .releasing)
    }

    /// Reads over all entries that are there, and gives their places back.
    ///
    /// - Returns: how many they were.
    @inlinable
    public mutating func takeAll() -> Int {
        let count = available
        if count > 0 { release(count) }
        return count
    }
}
