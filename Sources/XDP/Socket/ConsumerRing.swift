import Synchronization

/// The user's half of a ring that the kernel writes, RX or completion (af_xdp.rst, "Rings"), over memory that somebody else
/// owns.
///
/// An acquire load of the producer index shows the entries that `xskq_prod_submit` released; a release store of the
/// consumer index gives their places back.
@frozen
public struct ConsumerRing<Entry: BitwiseCopyable>: ~Copyable {
    @usableFromInline let producer: UnsafePointer<Atomic<UInt32>>
    @usableFromInline let consumer: UnsafePointer<Atomic<UInt32>>
    @usableFromInline let entries: UnsafeMutablePointer<Entry>
    @usableFromInline let mask: UInt32
    /// What the consumer index holds.
    @usableFromInline var released: UInt32

    /// - Parameter base: where the ring begins, indices included.
    public init(base: UnsafeMutableRawPointer, _ layout: RingLayout) {
        producer = layout.index(base, layout.producerOffsetBytes)
        consumer = layout.index(base, layout.consumerOffsetBytes)
        entries = (base + layout.entriesOffsetBytes).bindMemory(to: Entry.self, capacity: layout.entryCount)
        mask = UInt32(layout.entryCount - 1)
        released = consumer.pointee.load(ordering: .relaxed)
    }

    /// Entries that are there to be read.
    @inlinable public var available: Int { Int(producer.pointee.load(ordering: .acquiring) &- released) }

    /// The entry `position` places behind the released ones; below `available`.
    @inlinable
    public func entry(_ position: Int) -> Entry { entries[Int((released &+ UInt32(truncatingIfNeeded: position)) & mask)] }

    /// Gives the next `count` entries' places back.
    @inlinable
    public mutating func release(_ count: Int) {
        released = released &+ UInt32(truncatingIfNeeded: count)
        consumer.pointee.store(released, ordering: .releasing)
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
