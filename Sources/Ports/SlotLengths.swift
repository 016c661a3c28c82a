import Kernel
import Memory
import Traffic

/// How long the frames of a run of slots are together, without looking at each.
///
/// Sums over all slots before each, so that a batch costs two loads whatever it holds.
@frozen
public struct SlotLengths {
    @usableFromInline let sums: MemoryTable<UInt64>
    @usableFromInline let slotCount: Int

    /// Of `count` slots from `first` on, going on at 0 behind the last.
    @inlinable
    public func bytes(from first: Int, count: Int) -> UInt64 {
        let end = first &+ count
        return end <= slotCount
            ? sums[end] &- sums[first] : sums[slotCount] &- sums[first] &+ sums[end &- slotCount]
    }

    /// What the sums of so many slots take.
    public static func tableBytes(slots: Int) -> Int { (slots + 1) * MemoryLayout<UInt64>.stride }

    /// Of slots that hold `templates` in turn.
    ///
    /// - Parameters:
    ///   - memory: outlives this value.
    ///   - offset: where `tableBytes` of it are for the sums.
    public init(_ templates: [FrameTemplate], slots: Int, in memory: borrowing MappedMemory, at offset: Int) {
        sums = memory.table(at: offset, repeating: 0, count: slots + 1)
        slotCount = slots
        for slot in 0..<slots { sums[slot + 1] = sums[slot] + UInt64(templates[slot % templates.count].bytes.count) }
    }
}
